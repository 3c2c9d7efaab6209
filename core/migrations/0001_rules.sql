-- Rules that tables alone cannot express: who may do what, and what nobody may do.

-- The application's login is a member of gramkit_app; it owns nothing and cannot truncate.
GRANT USAGE ON SCHEMA gramkit TO gramkit_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA gramkit TO gramkit_app;
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA gramkit TO gramkit_app;
--> statement-breakpoint
REVOKE ALL ON gramkit.migration FROM gramkit_app;
--> statement-breakpoint
CREATE FUNCTION gramkit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is refused: its rows are append-only',
    TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
