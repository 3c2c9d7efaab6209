CREATE TABLE "gramkit"."user_account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"telegram_id" bigint,
	"device_key_hash" text,
	"username" text,
	"first_name" text,
	"last_name" text,
	"language_code" text,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"role" text DEFAULT 'user' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_account_telegram_id_key" UNIQUE("telegram_id"),
	CONSTRAINT "user_account_device_key_hash_key" UNIQUE("device_key_hash"),
	CONSTRAINT "user_account_kind_check" CHECK ("gramkit"."user_account"."kind" in ('guest', 'registered')),
	CONSTRAINT "user_account_role_check" CHECK ("gramkit"."user_account"."role" in ('user', 'admin', 'owner'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"surface" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_session_surface_check" CHECK ("gramkit"."user_session"."surface" in ('telegram', 'web'))
);
--> statement-breakpoint
ALTER TABLE "gramkit"."user_session" ADD CONSTRAINT "user_session_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "user_session_token_hash_key" ON "gramkit"."user_session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "user_session_user_id_index" ON "gramkit"."user_session" USING btree ("user_id");