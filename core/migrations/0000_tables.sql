CREATE TABLE "gramkit"."inbox_delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"key" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"last_error" text,
	"received_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "inbox_delivery_status_check" CHECK ("gramkit"."inbox_delivery"."status" in ('pending', 'done', 'parked'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"run_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"attempts_max" integer NOT NULL,
	"last_error" text,
	"order_key" text,
	"dedupe_key" text,
	"handed_at" timestamp with time zone,
	"handovers" integer DEFAULT 0 NOT NULL,
	"lease_id" uuid,
	"lease_until" timestamp with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "job_status_check" CHECK ("gramkit"."job"."status" in ('pending', 'done', 'dead'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."job_leader" (
	"chore" text PRIMARY KEY NOT NULL,
	"holder_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."outbox_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"subject_id" text NOT NULL,
	"user_id" uuid,
	"payload" jsonb NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
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
CREATE TABLE "gramkit"."balance_account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"system_name" text,
	"unit" text NOT NULL,
	"balance" bigint DEFAULT 0 NOT NULL,
	"floor" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_account_id_unit_key" UNIQUE("id","unit"),
	CONSTRAINT "balance_account_owner_check" CHECK (("gramkit"."balance_account"."user_id" is null) <> ("gramkit"."balance_account"."system_name" is null)),
	CONSTRAINT "balance_account_system_check" CHECK ("gramkit"."balance_account"."system_name" is null or ("gramkit"."balance_account"."balance" = 0 and "gramkit"."balance_account"."floor" = 0))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."balance_transfer" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "gramkit"."balance_transfer_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source_account_id" uuid NOT NULL,
	"target_account_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"amount" bigint NOT NULL,
	"reason" text NOT NULL,
	"reference" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"reversal_of" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_transfer_amount_check" CHECK ("gramkit"."balance_transfer"."amount" > 0),
	CONSTRAINT "balance_transfer_accounts_check" CHECK ("gramkit"."balance_transfer"."source_account_id" <> "gramkit"."balance_transfer"."target_account_id")
);
--> statement-breakpoint
ALTER TABLE "gramkit"."user_session" ADD CONSTRAINT "user_session_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_account" ADD CONSTRAINT "balance_account_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_reversal_of_balance_transfer_id_fk" FOREIGN KEY ("reversal_of") REFERENCES "gramkit"."balance_transfer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_source_fk" FOREIGN KEY ("source_account_id","unit") REFERENCES "gramkit"."balance_account"("id","unit") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_target_fk" FOREIGN KEY ("target_account_id","unit") REFERENCES "gramkit"."balance_account"("id","unit") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_delivery_provider_key_key" ON "gramkit"."inbox_delivery" USING btree ("provider","key");--> statement-breakpoint
CREATE INDEX "inbox_delivery_pending_index" ON "gramkit"."inbox_delivery" USING btree ("next_attempt_at") WHERE "gramkit"."inbox_delivery"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "inbox_delivery_parked_index" ON "gramkit"."inbox_delivery" USING btree ("id") WHERE "gramkit"."inbox_delivery"."status" = 'parked';--> statement-breakpoint
CREATE UNIQUE INDEX "job_dedupe_key" ON "gramkit"."job" USING btree ("name","dedupe_key");--> statement-breakpoint
CREATE INDEX "job_pending_index" ON "gramkit"."job" USING btree ("run_at","seq") WHERE "gramkit"."job"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "job_order_index" ON "gramkit"."job" USING btree ("order_key","seq") WHERE "gramkit"."job"."status" = 'pending' and "gramkit"."job"."order_key" is not null;--> statement-breakpoint
CREATE INDEX "job_dead_index" ON "gramkit"."job" USING btree ("id") WHERE "gramkit"."job"."status" = 'dead';--> statement-breakpoint
CREATE INDEX "outbox_event_unpublished_index" ON "gramkit"."outbox_event" USING btree ("seq") WHERE "gramkit"."outbox_event"."published_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "user_session_token_hash_key" ON "gramkit"."user_session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "user_session_user_id_index" ON "gramkit"."user_session" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "balance_account_user_id_unit_key" ON "gramkit"."balance_account" USING btree ("user_id","unit") WHERE "gramkit"."balance_account"."user_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "balance_account_system_name_unit_key" ON "gramkit"."balance_account" USING btree ("system_name","unit") WHERE "gramkit"."balance_account"."system_name" is not null;--> statement-breakpoint
CREATE INDEX "balance_transfer_source_index" ON "gramkit"."balance_transfer" USING btree ("source_account_id","number");--> statement-breakpoint
CREATE INDEX "balance_transfer_target_index" ON "gramkit"."balance_transfer" USING btree ("target_account_id","number");--> statement-breakpoint
CREATE INDEX "balance_transfer_reversal_of_index" ON "gramkit"."balance_transfer" USING btree ("reversal_of") WHERE "gramkit"."balance_transfer"."reversal_of" is not null;