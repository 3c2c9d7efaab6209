#!/bin/sh
# Runs once, when the database is made: who migrates, who works, and what the latter is a member of.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$POSTGRES_PASSWORD" --set app_password="$POSTGRES_PASSWORD" <<'SQL'
create role gramkit_app nologin;
create role launchpad_owner login password :'owner_password';
create role launchpad_app login password :'app_password' in role gramkit_app;
create database launchpad owner launchpad_owner;
SQL
