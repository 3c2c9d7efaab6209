CREATE TABLE "gramkit"."http_idempotency" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"operation_id" uuid NOT NULL,
	"runner_id" uuid NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	"status" integer,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "http_idempotency_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."inbox_delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"key" text NOT NULL,
	"body" text NOT NULL,
	"sender" text,
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
CREATE TABLE "gramkit"."rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"free_at" timestamp (6) with time zone NOT NULL,
	"paused_until" timestamp (6) with time zone
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
CREATE TABLE "gramkit"."setting" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"value" jsonb NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "setting_pkey" PRIMARY KEY("name","version"),
	CONSTRAINT "setting_version_check" CHECK ("gramkit"."setting"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."webhook_sequence" (
	"stream" text PRIMARY KEY NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "webhook_sequence_last_check" CHECK ("gramkit"."webhook_sequence"."last" > 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."audit_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stream" text DEFAULT 'core' NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"facts" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."audit_seal" (
	"stream" text NOT NULL,
	"number" bigint NOT NULL,
	"entry_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_seal_pkey" PRIMARY KEY("stream","number")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."audit_unsealed" (
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."balance_account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"system_name" text,
	"unit" text NOT NULL,
	"balance" bigint DEFAULT 0 NOT NULL,
	"floor" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_account_id_unit_key" UNIQUE("id","unit"),
	CONSTRAINT "balance_account_owner_check" CHECK (("gramkit"."balance_account"."user_id" is null) <> ("gramkit"."balance_account"."system_name" is null)),
	CONSTRAINT "balance_account_system_check" CHECK ("gramkit"."balance_account"."system_name" is null or ("gramkit"."balance_account"."balance" = 0 and "gramkit"."balance_account"."floor" = 0 and "gramkit"."balance_account"."held" = 0)),
	CONSTRAINT "balance_account_held_check" CHECK ("gramkit"."balance_account"."held" >= 0)
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
CREATE TABLE "gramkit"."balance_hold" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"amount" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"reference" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_hold_amount_check" CHECK ("gramkit"."balance_hold"."amount" > 0),
	CONSTRAINT "balance_hold_status_check" CHECK ("gramkit"."balance_hold"."status" in ('pending', 'posted', 'voided', 'expired'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."balance_refill" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"every" text NOT NULL,
	"period" integer NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_refill_every_check" CHECK ("gramkit"."balance_refill"."every" in ('hour', 'day', 'week', 'month'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."balance_snapshot" (
	"account_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"writers" text[] NOT NULL,
	"balance" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "balance_snapshot_pkey" PRIMARY KEY("account_id","number")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."balance_verification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"accounts" integer NOT NULL,
	"transfers" integer NOT NULL,
	"differences" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_api_key" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"ending" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_on" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_api_key_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_api_key_hash_check" CHECK ("gramkit"."billing_api_key"."hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "billing_api_key_scopes_check" CHECK ("gramkit"."billing_api_key"."scopes" <@ array['api-keys:read', 'api-keys:write', 'audit:read', 'audit:write', 'coupons:read', 'coupons:write', 'credit-notes:read', 'credit-notes:write', 'customers:read', 'customers:write', 'exchange-rates:read', 'exchange-rates:write', 'invoices:read', 'invoices:write', 'payments:read', 'payments:write', 'plans:read', 'plans:write', 'revenue:read', 'revenue:write', 'runs:read', 'runs:write', 'subscriptions:read', 'subscriptions:write', 'taxes:read', 'taxes:write', 'tenant:read', 'tenant:write', 'usage:read', 'usage:write', 'webhooks:read', 'webhooks:write'] and cardinality("gramkit"."billing_api_key"."scopes") > 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_coupon" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"percent" numeric(38, 12),
	"amount" bigint,
	"currency" text,
	"duration" text NOT NULL,
	"invoices" integer,
	"redemption_max" integer,
	"redemption_count" integer DEFAULT 0 NOT NULL,
	"valid_from_on" date,
	"valid_until_on" date,
	"archived_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_coupon_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_coupon_currency_check" CHECK ("gramkit"."billing_coupon"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_coupon_duration_check" CHECK ("gramkit"."billing_coupon"."duration" in ('once', 'repeating', 'forever')),
	CONSTRAINT "billing_coupon_terms_check" CHECK (("gramkit"."billing_coupon"."percent" > 0 and "gramkit"."billing_coupon"."percent" <= 100 and "gramkit"."billing_coupon"."amount" is null and "gramkit"."billing_coupon"."currency" is null)
        or ("gramkit"."billing_coupon"."percent" is null and "gramkit"."billing_coupon"."amount" > 0 and "gramkit"."billing_coupon"."currency" is not null)),
	CONSTRAINT "billing_coupon_invoices_check" CHECK (("gramkit"."billing_coupon"."duration" = 'repeating') = ("gramkit"."billing_coupon"."invoices" is not null)),
	CONSTRAINT "billing_coupon_redemptions_check" CHECK ("gramkit"."billing_coupon"."redemption_count" >= 0 and "gramkit"."billing_coupon"."redemption_count" <= coalesce("gramkit"."billing_coupon"."redemption_max", 2147483647))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_coupon_plan" (
	"tenant_id" uuid NOT NULL,
	"coupon_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	CONSTRAINT "billing_coupon_plan_pkey" PRIMARY KEY("tenant_id","coupon_id","plan_id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_coupon_redemption" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"coupon_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"invoice_max" integer,
	"invoice_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_coupon_redemption_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_coupon_redemption_invoices_check" CHECK ("gramkit"."billing_coupon_redemption"."invoice_count" >= 0 and "gramkit"."billing_coupon_redemption"."invoice_count" <= coalesce("gramkit"."billing_coupon_redemption"."invoice_max", 2147483647))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_credit_note" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"number" text NOT NULL,
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"issued_on" date NOT NULL,
	"reason" text,
	"currency" text NOT NULL,
	"subtotal" bigint NOT NULL,
	"discount" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"total" bigint NOT NULL,
	"lowered" bigint NOT NULL,
	"released" bigint NOT NULL,
	"discounts" jsonb NOT NULL,
	"taxes" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_credit_note_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_credit_note_currency_check" CHECK ("gramkit"."billing_credit_note"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_credit_note_total_check" CHECK ("gramkit"."billing_credit_note"."total" > 0 and "gramkit"."billing_credit_note"."total" = "gramkit"."billing_credit_note"."subtotal" - "gramkit"."billing_credit_note"."discount" + "gramkit"."billing_credit_note"."tax"
        and "gramkit"."billing_credit_note"."lowered" >= 0 and "gramkit"."billing_credit_note"."released" >= 0
        and "gramkit"."billing_credit_note"."total" = "gramkit"."billing_credit_note"."lowered" + "gramkit"."billing_credit_note"."released")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_credit_note_line" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"credit_note_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"invoice_line_id" uuid NOT NULL,
	"title" text NOT NULL,
	"from_on" date,
	"until_on" date,
	"quantity" numeric(38, 12) NOT NULL,
	"unit_price" numeric(38, 12),
	"discount" bigint NOT NULL,
	"net" bigint NOT NULL,
	"tax_rate" numeric(38, 12),
	"tax" bigint NOT NULL,
	CONSTRAINT "billing_credit_note_line_pkey" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_credit_note_series" (
	"tenant_id" uuid NOT NULL,
	"series" text NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "billing_credit_note_series_pkey" PRIMARY KEY("tenant_id","series")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_credit_balance" (
	"tenant_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"amount" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_credit_balance_pkey" PRIMARY KEY("tenant_id","customer_id","currency"),
	CONSTRAINT "billing_credit_balance_currency_check" CHECK ("gramkit"."billing_credit_balance"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_credit_balance_amount_check" CHECK ("gramkit"."billing_credit_balance"."amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_credit_entry" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"reason" text NOT NULL,
	"amount" bigint NOT NULL,
	"invoice_id" uuid,
	"note" text,
	"source" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_credit_entry_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_credit_entry_currency_check" CHECK ("gramkit"."billing_credit_entry"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_credit_entry_reason_check" CHECK ("gramkit"."billing_credit_entry"."reason" in ('overpayment', 'credit_note', 'unused', 'grant', 'applied', 'returned', 'refunded')),
	CONSTRAINT "billing_credit_entry_amount_check" CHECK (case when "gramkit"."billing_credit_entry"."reason" in ('applied', 'refunded') then "gramkit"."billing_credit_entry"."amount" < 0
        else "gramkit"."billing_credit_entry"."amount" > 0 end),
	CONSTRAINT "billing_credit_entry_invoice_check" CHECK ("gramkit"."billing_credit_entry"."invoice_id" is not null or "gramkit"."billing_credit_entry"."reason" not in ('applied', 'returned'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_customer" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"company" text,
	"address" text[] NOT NULL,
	"country" text,
	"region" text,
	"tax_id" text,
	"tax_exemption" text,
	"currency" text NOT NULL,
	"time_zone" text NOT NULL,
	"payment_terms_days" integer,
	"auto_charge" boolean NOT NULL,
	"user_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_customer_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_customer_name_check" CHECK (char_length("gramkit"."billing_customer"."name") between 1 and 200),
	CONSTRAINT "billing_customer_currency_check" CHECK ("gramkit"."billing_customer"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_customer_terms_check" CHECK ("gramkit"."billing_customer"."payment_terms_days" between 0 and 365)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_dunning" (
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"state" text NOT NULL,
	"decline_class" text,
	"step" integer NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone,
	"ended" text,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_dunning_pkey" PRIMARY KEY("tenant_id","invoice_id"),
	CONSTRAINT "billing_dunning_state_check" CHECK ("gramkit"."billing_dunning"."state" in ('open', 'ended', 'recovered')),
	CONSTRAINT "billing_dunning_decline_check" CHECK ("gramkit"."billing_dunning"."decline_class" in ('temporary', 'final')),
	CONSTRAINT "billing_dunning_ended_check" CHECK ("gramkit"."billing_dunning"."ended" in ('cancel', 'pause', 'uncollectible', 'nothing')),
	CONSTRAINT "billing_dunning_step_check" CHECK ("gramkit"."billing_dunning"."step" >= 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_dunning_policy" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_dunning_step" (
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_dunning_step_pkey" PRIMARY KEY("tenant_id","invoice_id","number"),
	CONSTRAINT "billing_dunning_step_kind_check" CHECK ("gramkit"."billing_dunning_step"."kind" in ('retry', 'ask_method', 'remind', 'end'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_exchange_rate" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"from_currency" text NOT NULL,
	"to_currency" text NOT NULL,
	"rate" numeric(38, 12) NOT NULL,
	"quoted_on" date NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_exchange_rate_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_exchange_rate_currency_check" CHECK ("gramkit"."billing_exchange_rate"."from_currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD') and "gramkit"."billing_exchange_rate"."to_currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD') and "gramkit"."billing_exchange_rate"."from_currency" <> "gramkit"."billing_exchange_rate"."to_currency"),
	CONSTRAINT "billing_exchange_rate_rate_check" CHECK ("gramkit"."billing_exchange_rate"."rate" between 0.000001 and 1000000),
	CONSTRAINT "billing_exchange_rate_version_check" CHECK ("gramkit"."billing_exchange_rate"."version" = 1 or ("gramkit"."billing_exchange_rate"."version" > 1 and "gramkit"."billing_exchange_rate"."reason" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_invoice" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"subscription_id" uuid,
	"bill_number" integer,
	"run_id" uuid,
	"state" text NOT NULL,
	"number" text,
	"series" text,
	"sequence" bigint,
	"currency" text NOT NULL,
	"seller" jsonb NOT NULL,
	"buyer" jsonb NOT NULL,
	"from_on" date,
	"until_on" date,
	"issued_on" date,
	"due_on" date,
	"overdue_at" timestamp (3) with time zone,
	"payment_terms_days" integer NOT NULL,
	"grace_days" integer NOT NULL,
	"time_zone" text NOT NULL,
	"subtotal" bigint NOT NULL,
	"discount" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"total" bigint NOT NULL,
	"paid" bigint NOT NULL,
	"credited" bigint NOT NULL,
	"discounts" jsonb NOT NULL,
	"taxes" jsonb NOT NULL,
	"prices_include_tax" boolean NOT NULL,
	"reverse_charge" boolean NOT NULL,
	"purchase_order" text,
	"notes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finalized_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_invoice_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_invoice_currency_check" CHECK ("gramkit"."billing_invoice"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_invoice_state_check" CHECK ("gramkit"."billing_invoice"."state" in ('draft', 'finalized', 'partially_paid', 'paid', 'overdue', 'void', 'uncollectible')),
	CONSTRAINT "billing_invoice_number_check" CHECK (num_nonnulls("gramkit"."billing_invoice"."number", "gramkit"."billing_invoice"."series", "gramkit"."billing_invoice"."sequence", "gramkit"."billing_invoice"."issued_on",
        "gramkit"."billing_invoice"."due_on", "gramkit"."billing_invoice"."overdue_at", "gramkit"."billing_invoice"."finalized_at")
        = case when "gramkit"."billing_invoice"."state" = 'draft' then 0 else 7 end),
	CONSTRAINT "billing_invoice_total_check" CHECK ("gramkit"."billing_invoice"."total" >= 0 and "gramkit"."billing_invoice"."total" = "gramkit"."billing_invoice"."subtotal" - "gramkit"."billing_invoice"."discount" + "gramkit"."billing_invoice"."tax"),
	CONSTRAINT "billing_invoice_paid_check" CHECK ("gramkit"."billing_invoice"."paid" >= 0 and "gramkit"."billing_invoice"."credited" >= 0 and case "gramkit"."billing_invoice"."state"
        when 'draft' then "gramkit"."billing_invoice"."paid" + "gramkit"."billing_invoice"."credited" = 0
        when 'void' then "gramkit"."billing_invoice"."paid" + "gramkit"."billing_invoice"."credited" = 0
        when 'paid' then "gramkit"."billing_invoice"."paid" + "gramkit"."billing_invoice"."credited" = "gramkit"."billing_invoice"."total"
        when 'finalized' then "gramkit"."billing_invoice"."paid" = 0 and "gramkit"."billing_invoice"."credited" < "gramkit"."billing_invoice"."total"
        when 'partially_paid' then "gramkit"."billing_invoice"."paid" > 0 and "gramkit"."billing_invoice"."paid" + "gramkit"."billing_invoice"."credited" < "gramkit"."billing_invoice"."total"
        else "gramkit"."billing_invoice"."paid" + "gramkit"."billing_invoice"."credited" < "gramkit"."billing_invoice"."total" end)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_invoice_line" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"kind" text NOT NULL,
	"subscription_id" uuid,
	"bill_number" integer,
	"charge_key" text,
	"revision" integer,
	"title" text NOT NULL,
	"from_on" date,
	"until_on" date,
	"quantity" numeric(38, 12) NOT NULL,
	"unit_price" numeric(38, 12),
	"steps" jsonb NOT NULL,
	"discount" bigint NOT NULL,
	"net" bigint NOT NULL,
	"tax_rate" numeric(38, 12),
	"tax" bigint NOT NULL,
	CONSTRAINT "billing_invoice_line_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_invoice_line_kind_check" CHECK ("gramkit"."billing_invoice_line"."kind" in ('item', 'advance', 'arrears', 'late', 'change', 'credit', 'setup_fee', 'carry', 'carried')),
	CONSTRAINT "billing_invoice_line_days_check" CHECK ("gramkit"."billing_invoice_line"."from_on" < "gramkit"."billing_invoice_line"."until_on")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_invoice_series" (
	"tenant_id" uuid NOT NULL,
	"series" text NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "billing_invoice_series_pkey" PRIMARY KEY("tenant_id","series")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_closed_month" (
	"tenant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_closed_month_pkey" PRIMARY KEY("tenant_id","month"),
	CONSTRAINT "billing_closed_month_day_check" CHECK (extract(day from "gramkit"."billing_closed_month"."month") = 1)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_journal_entry" (
	"tenant_id" uuid NOT NULL,
	"number" bigint GENERATED BY DEFAULT AS IDENTITY (sequence name "gramkit"."billing_journal_entry_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"booking_id" uuid NOT NULL,
	"source" text NOT NULL,
	"source_id" text NOT NULL,
	"booked_on" date NOT NULL,
	"currency" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid,
	"receivable" bigint DEFAULT 0 NOT NULL,
	"unbilled" bigint DEFAULT 0 NOT NULL,
	"cash" bigint DEFAULT 0 NOT NULL,
	"customer_credit" bigint DEFAULT 0 NOT NULL,
	"carried" bigint DEFAULT 0 NOT NULL,
	"deferred" bigint DEFAULT 0 NOT NULL,
	"tax" bigint DEFAULT 0 NOT NULL,
	"revenue" bigint DEFAULT 0 NOT NULL,
	"concession" bigint DEFAULT 0 NOT NULL,
	"bad_debt" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_journal_entry_pkey" PRIMARY KEY("tenant_id","number"),
	CONSTRAINT "billing_journal_entry_currency_check" CHECK ("gramkit"."billing_journal_entry"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_journal_entry_source_check" CHECK ("gramkit"."billing_journal_entry"."source" in ('invoice', 'void', 'write_off', 'payment', 'take_back', 'credit_note', 'credit_applied', 'credit_granted', 'credit_paid_out', 'credit_unused', 'recognition')),
	CONSTRAINT "billing_journal_entry_balanced_check" CHECK ("gramkit"."billing_journal_entry"."receivable"::numeric + "gramkit"."billing_journal_entry"."unbilled" + "gramkit"."billing_journal_entry"."cash" + "gramkit"."billing_journal_entry"."customer_credit"
        + "gramkit"."billing_journal_entry"."carried" + "gramkit"."billing_journal_entry"."deferred" + "gramkit"."billing_journal_entry"."tax"
        + "gramkit"."billing_journal_entry"."revenue" + "gramkit"."billing_journal_entry"."concession" + "gramkit"."billing_journal_entry"."bad_debt" = 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_recognition" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date NOT NULL,
	"amount" bigint NOT NULL,
	"unbilled" bigint NOT NULL,
	"recognised" bigint NOT NULL,
	"through_on" date NOT NULL,
	"earlier" bigint NOT NULL,
	"due_at" timestamp (3) with time zone,
	CONSTRAINT "billing_recognition_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_recognition_days_check" CHECK ("gramkit"."billing_recognition"."from_on" < "gramkit"."billing_recognition"."until_on" and "gramkit"."billing_recognition"."through_on" between "gramkit"."billing_recognition"."from_on" and "gramkit"."billing_recognition"."until_on"),
	CONSTRAINT "billing_recognition_amount_check" CHECK ("gramkit"."billing_recognition"."recognised" between least(0, "gramkit"."billing_recognition"."amount") and greatest(0, "gramkit"."billing_recognition"."amount")
        and "gramkit"."billing_recognition"."unbilled" between least(0, "gramkit"."billing_recognition"."amount") and greatest(0, "gramkit"."billing_recognition"."amount")),
	CONSTRAINT "billing_recognition_over_check" CHECK (("gramkit"."billing_recognition"."due_at" is null) = ("gramkit"."billing_recognition"."recognised" = "gramkit"."billing_recognition"."amount"))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_late_fee" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"period" integer NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date NOT NULL,
	"owed" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"fee_invoice_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_late_fee_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_late_fee_amount_check" CHECK ("gramkit"."billing_late_fee"."owed" > 0 and "gramkit"."billing_late_fee"."amount" > 0 and "gramkit"."billing_late_fee"."from_on" < "gramkit"."billing_late_fee"."until_on")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_late_fee_policy" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_late_invoice" (
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"from_on" date NOT NULL,
	"periods" integer NOT NULL,
	"due_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_late_invoice_pkey" PRIMARY KEY("tenant_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_payment_method" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"gateway" text NOT NULL,
	"saved_method_id" text NOT NULL,
	"label" text NOT NULL,
	"is_default" boolean NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_payment_method_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_payment_method_removed_check" CHECK (not ("gramkit"."billing_payment_method"."is_default" and "gramkit"."billing_payment_method"."removed_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_invoice_payment" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"gateway" text,
	"attempt" integer,
	"currency" text NOT NULL,
	"amount" bigint NOT NULL,
	"state" text NOT NULL,
	"taken" bigint NOT NULL,
	"left" bigint NOT NULL,
	"returned" bigint NOT NULL,
	"taken_back" bigint NOT NULL,
	"reason" text,
	"decline_class" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_invoice_payment_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_invoice_payment_currency_check" CHECK ("gramkit"."billing_invoice_payment"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_invoice_payment_state_check" CHECK ("gramkit"."billing_invoice_payment"."state" in ('open', 'closed', 'received')),
	CONSTRAINT "billing_invoice_payment_decline_check" CHECK ("gramkit"."billing_invoice_payment"."decline_class" in ('temporary', 'final')),
	CONSTRAINT "billing_invoice_payment_amounts_check" CHECK ("gramkit"."billing_invoice_payment"."amount" > 0 and "gramkit"."billing_invoice_payment"."taken" >= 0 and "gramkit"."billing_invoice_payment"."left" >= 0
        and "gramkit"."billing_invoice_payment"."taken" + "gramkit"."billing_invoice_payment"."left" =
          case "gramkit"."billing_invoice_payment"."state" when 'received' then "gramkit"."billing_invoice_payment"."amount" else 0 end
        and "gramkit"."billing_invoice_payment"."returned" between 0 and "gramkit"."billing_invoice_payment"."taken" + "gramkit"."billing_invoice_payment"."left"
        and "gramkit"."billing_invoice_payment"."taken_back" between 0 and least("gramkit"."billing_invoice_payment"."taken", "gramkit"."billing_invoice_payment"."returned"))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_invoice_return" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"from_invoice" bigint NOT NULL,
	"from_credit" bigint NOT NULL,
	"lost" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_invoice_return_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_invoice_return_amounts_check" CHECK ("gramkit"."billing_invoice_return"."amount" > 0 and least("gramkit"."billing_invoice_return"."from_invoice", "gramkit"."billing_invoice_return"."from_credit", "gramkit"."billing_invoice_return"."lost") >= 0
        and "gramkit"."billing_invoice_return"."from_invoice" + "gramkit"."billing_invoice_return"."from_credit" + "gramkit"."billing_invoice_return"."lost" = "gramkit"."billing_invoice_return"."amount")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_plan" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_plan_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_plan_name_check" CHECK (char_length("gramkit"."billing_plan"."name") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_plan_version" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"currency" text NOT NULL,
	"cycle" text NOT NULL,
	"trial_days" integer NOT NULL,
	"setup_fee" bigint NOT NULL,
	"charges" jsonb NOT NULL,
	"published_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_plan_version_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_plan_version_currency_check" CHECK ("gramkit"."billing_plan_version"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_plan_version_cycle_check" CHECK ("gramkit"."billing_plan_version"."cycle" in ('weekly', 'monthly', 'quarterly', 'semi_annually', 'annually', 'one_time')),
	CONSTRAINT "billing_plan_version_terms_check" CHECK ("gramkit"."billing_plan_version"."number" > 0 and "gramkit"."billing_plan_version"."trial_days" between 0 and 730 and "gramkit"."billing_plan_version"."setup_fee" >= 0
        and jsonb_typeof("gramkit"."billing_plan_version"."charges") = 'array')
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_run" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"state" text NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"approval_threshold" bigint,
	"started_by" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_run_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_run_state_check" CHECK ("gramkit"."billing_run"."state" in ('waiting', 'billing', 'finalizing', 'completed', 'rejected')),
	CONSTRAINT "billing_run_completed_check" CHECK (("gramkit"."billing_run"."completed_at" is null) = ("gramkit"."billing_run"."state" <> 'completed')
        and ("gramkit"."billing_run"."decided_at" is null) = ("gramkit"."billing_run"."decided_by" is null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_subscription" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"start_on" date NOT NULL,
	"anchor_on" date NOT NULL,
	"cycle" text NOT NULL,
	"time_zone" text NOT NULL,
	"period_index" integer NOT NULL,
	"bill_count" integer NOT NULL,
	"charged_revision" integer,
	"carried" bigint NOT NULL,
	"next_billing_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"parked_at" timestamp (3) with time zone,
	"parked_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_subscription_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_subscription_currency_check" CHECK ("gramkit"."billing_subscription"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_subscription_cycle_check" CHECK ("gramkit"."billing_subscription"."cycle" in ('weekly', 'monthly', 'quarterly', 'semi_annually', 'annually', 'one_time')),
	CONSTRAINT "billing_subscription_status_check" CHECK ("gramkit"."billing_subscription"."status" in ('trial', 'active', 'past_due', 'paused', 'canceled', 'expired')),
	CONSTRAINT "billing_subscription_counts_check" CHECK ("gramkit"."billing_subscription"."period_index" >= 0 and "gramkit"."billing_subscription"."bill_count" >= 0 and "gramkit"."billing_subscription"."carried" >= 0),
	CONSTRAINT "billing_subscription_due_check" CHECK (("gramkit"."billing_subscription"."due_at" is null) = ("gramkit"."billing_subscription"."next_billing_at" is null)
        and ("gramkit"."billing_subscription"."parked_at" is null) = ("gramkit"."billing_subscription"."parked_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_subscription_revision" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"from_on" date NOT NULL,
	"proration" text NOT NULL,
	"plan_version_id" uuid NOT NULL,
	"quantity" numeric(38, 12) NOT NULL,
	"prices" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_subscription_revision_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_subscription_revision_kind_check" CHECK ("gramkit"."billing_subscription_revision"."kind" in ('start', 'change', 'pause', 'resume', 'cancel')),
	CONSTRAINT "billing_subscription_revision_terms_check" CHECK ("gramkit"."billing_subscription_revision"."number" > 0 and "gramkit"."billing_subscription_revision"."quantity" > 0 and "gramkit"."billing_subscription_revision"."proration" in ('time', 'none'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_tax_rate" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"country" text NOT NULL,
	"region" text,
	"category" text NOT NULL,
	"name" text NOT NULL,
	"rate" numeric(38, 12),
	"from_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_tax_rate_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_tax_rate_place_key" UNIQUE NULLS NOT DISTINCT("tenant_id","country","region","category","from_on"),
	CONSTRAINT "billing_tax_rate_rate_check" CHECK ("gramkit"."billing_tax_rate"."rate" between 0 and 100)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_tenant" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"company" text,
	"address" text[] NOT NULL,
	"country" text,
	"region" text,
	"tax_id" text,
	"currency" text NOT NULL,
	"time_zone" text NOT NULL,
	"language" text NOT NULL,
	"invoice_series" text NOT NULL,
	"credit_note_series" text NOT NULL,
	"payment_terms_days" integer NOT NULL,
	"grace_days" integer NOT NULL,
	"approval_threshold" bigint,
	"prices_include_tax" boolean NOT NULL,
	"tax_category" text NOT NULL,
	"tax_rounding" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_tenant_name_check" CHECK (char_length("gramkit"."billing_tenant"."name") between 1 and 200),
	CONSTRAINT "billing_tenant_currency_check" CHECK ("gramkit"."billing_tenant"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD')),
	CONSTRAINT "billing_tenant_language_check" CHECK ("gramkit"."billing_tenant"."language" in ('en', 'ru')),
	CONSTRAINT "billing_tenant_rounding_check" CHECK ("gramkit"."billing_tenant"."tax_rounding" in ('half_even', 'half_up', 'up', 'down')),
	CONSTRAINT "billing_tenant_threshold_check" CHECK ("gramkit"."billing_tenant"."approval_threshold" >= 0),
	CONSTRAINT "billing_tenant_days_check" CHECK ("gramkit"."billing_tenant"."payment_terms_days" between 0 and 365 and "gramkit"."billing_tenant"."grace_days" between 0 and 365)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_meter" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"unit" text NOT NULL,
	"aggregation" text NOT NULL,
	"value_property" text,
	"late" text NOT NULL,
	"accepted_days" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_meter_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_meter_aggregation_check" CHECK ("gramkit"."billing_meter"."aggregation" in ('sum', 'count', 'max', 'unique', 'last', 'weighted')),
	CONSTRAINT "billing_meter_late_check" CHECK ("gramkit"."billing_meter"."late" in ('next_invoice', 'refused')),
	CONSTRAINT "billing_meter_days_check" CHECK ("gramkit"."billing_meter"."accepted_days" between 1 and 400),
	CONSTRAINT "billing_meter_value_check" CHECK (("gramkit"."billing_meter"."value_property" is null) = ("gramkit"."billing_meter"."aggregation" = 'count'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_quota" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"meter_id" uuid NOT NULL,
	"quantity" numeric(38, 12) NOT NULL,
	"kind" text NOT NULL,
	"cycle" text NOT NULL,
	"anchor_on" date NOT NULL,
	"reached_until" timestamp (3) with time zone,
	"uses" bigint NOT NULL,
	"due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_quota_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_quota_quantity_check" CHECK ("gramkit"."billing_quota"."quantity" >= 0),
	CONSTRAINT "billing_quota_kind_check" CHECK ("gramkit"."billing_quota"."kind" in ('hard', 'allowance')),
	CONSTRAINT "billing_quota_cycle_check" CHECK ("gramkit"."billing_quota"."cycle" in ('weekly', 'monthly', 'quarterly', 'semi_annually', 'annually'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_reservation" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"quota_id" uuid NOT NULL,
	"quantity" numeric(38, 12) NOT NULL,
	"status" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_reservation_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_reservation_quantity_check" CHECK ("gramkit"."billing_reservation"."quantity" > 0),
	CONSTRAINT "billing_reservation_status_check" CHECK ("gramkit"."billing_reservation"."status" in ('held', 'committed', 'released'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_usage_event" (
	"tenant_id" uuid NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"meter_id" uuid NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"quantity" numeric(38, 12),
	"value" text,
	"properties" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_usage_event_pkey" PRIMARY KEY("tenant_id","source","event_id"),
	CONSTRAINT "billing_usage_event_quantity_check" CHECK ("gramkit"."billing_usage_event"."quantity" >= 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_usage_reading" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"meter_id" uuid NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"period_start_on" date NOT NULL,
	"period_end_on" date NOT NULL,
	"billed_at" timestamp (3) with time zone NOT NULL,
	"quantity" numeric(38, 12) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_usage_reading_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_usage_reading_period_check" CHECK ("gramkit"."billing_usage_reading"."starts_at" < "gramkit"."billing_usage_reading"."ends_at" and "gramkit"."billing_usage_reading"."ends_at" <= "gramkit"."billing_usage_reading"."billed_at"
        and "gramkit"."billing_usage_reading"."period_start_on" < "gramkit"."billing_usage_reading"."period_end_on")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_webhook_attempt" (
	"tenant_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"status" integer,
	"problem" text,
	CONSTRAINT "billing_webhook_attempt_pkey" PRIMARY KEY("tenant_id","delivery_id","number"),
	CONSTRAINT "billing_webhook_attempt_outcome_check" CHECK (("gramkit"."billing_webhook_attempt"."status" is null) <> ("gramkit"."billing_webhook_attempt"."problem" is null) and ("gramkit"."billing_webhook_attempt"."problem" is null
        or "gramkit"."billing_webhook_attempt"."problem" in ('unknown', 'no_answer', 'timeout', 'address_not_public')))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_webhook_delivery" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"event" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"attempts_max" integer NOT NULL,
	"due_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_webhook_delivery_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_webhook_delivery_state_check" CHECK ("gramkit"."billing_webhook_delivery"."state" in ('pending', 'delivered', 'failed')
        and ("gramkit"."billing_webhook_delivery"."state" = 'pending') = ("gramkit"."billing_webhook_delivery"."due_at" is not null)
        and ("gramkit"."billing_webhook_delivery"."state" = 'delivered') = ("gramkit"."billing_webhook_delivery"."delivered_at" is not null)),
	CONSTRAINT "billing_webhook_delivery_attempts_check" CHECK ("gramkit"."billing_webhook_delivery"."attempts" between 0 and "gramkit"."billing_webhook_delivery"."attempts_max")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."billing_webhook_endpoint" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"events" text[],
	"secret" text NOT NULL,
	"former_secret" text,
	"former_secret_until" timestamp (3) with time zone,
	"is_enabled" boolean NOT NULL,
	"disabled_reason" text,
	"failing_since" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_webhook_endpoint_pkey" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "billing_webhook_endpoint_url_check" CHECK ("gramkit"."billing_webhook_endpoint"."url" ~ '^https?://' and char_length("gramkit"."billing_webhook_endpoint"."url") <= 2000),
	CONSTRAINT "billing_webhook_endpoint_disabled_check" CHECK ("gramkit"."billing_webhook_endpoint"."is_enabled" = ("gramkit"."billing_webhook_endpoint"."disabled_reason" is null) and ("gramkit"."billing_webhook_endpoint"."disabled_reason" is null
        or "gramkit"."billing_webhook_endpoint"."disabled_reason" in ('asked', 'failing', 'gone')))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."friendship" (
	"low_id" uuid NOT NULL,
	"high_id" uuid NOT NULL,
	"status" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	CONSTRAINT "friendship_key" PRIMARY KEY("low_id","high_id"),
	CONSTRAINT "friendship_status_check" CHECK ("gramkit"."friendship"."status" in ('requested', 'accepted')),
	CONSTRAINT "friendship_pair_check" CHECK ("gramkit"."friendship"."low_id" < "gramkit"."friendship"."high_id"),
	CONSTRAINT "friendship_requested_by_check" CHECK ("gramkit"."friendship"."requested_by" in ("gramkit"."friendship"."low_id", "gramkit"."friendship"."high_id")),
	CONSTRAINT "friendship_accepted_at_check" CHECK (("gramkit"."friendship"."accepted_at" is not null) = ("gramkit"."friendship"."status" = 'accepted'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."friendship_block" (
	"blocker_id" uuid NOT NULL,
	"blocked_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "friendship_block_key" PRIMARY KEY("blocker_id","blocked_id"),
	CONSTRAINT "friendship_block_pair_check" CHECK ("gramkit"."friendship_block"."blocker_id" <> "gramkit"."friendship_block"."blocked_id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."group" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"created_by" uuid NOT NULL,
	"member_count" integer DEFAULT 0 NOT NULL,
	"member_max" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "group_title_check" CHECK (char_length("gramkit"."group"."title") between 1 and 128),
	CONSTRAINT "group_member_count_check" CHECK ("gramkit"."group"."member_count" between 0 and "gramkit"."group"."member_max")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."group_member" (
	"group_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"invitation_id" uuid,
	CONSTRAINT "group_member_key" PRIMARY KEY("group_id","user_id"),
	CONSTRAINT "group_member_role_check" CHECK ("gramkit"."group_member"."role" in ('owner', 'admin', 'member'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."invitation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"code_key" text GENERATED ALWAYS AS (upper(code collate "C")) STORED NOT NULL,
	"created_by" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"usage_limit" integer,
	"use_count" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"metadata" jsonb NOT NULL,
	"group_id" uuid,
	"makes_friends" boolean DEFAULT false NOT NULL,
	"recipient" text,
	"batch_id" uuid,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" text,
	"revocation_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invitation_code_check" CHECK ("gramkit"."invitation"."code" ~ '^[A-Za-z0-9_-]{6,32}$'),
	CONSTRAINT "invitation_status_check" CHECK ("gramkit"."invitation"."status" in ('active', 'used', 'expired', 'revoked')),
	CONSTRAINT "invitation_usage_limit_check" CHECK ("gramkit"."invitation"."usage_limit" >= 1),
	CONSTRAINT "invitation_use_count_check" CHECK ("gramkit"."invitation"."use_count" between 0 and coalesce("gramkit"."invitation"."usage_limit", "gramkit"."invitation"."use_count")),
	CONSTRAINT "invitation_used_check" CHECK ("gramkit"."invitation"."status" <> 'used' or "gramkit"."invitation"."use_count" is not distinct from "gramkit"."invitation"."usage_limit"),
	CONSTRAINT "invitation_revoked_check" CHECK (("gramkit"."invitation"."status" = 'revoked') = ("gramkit"."invitation"."revoked_at" is not null)),
	CONSTRAINT "invitation_metadata_check" CHECK (length("gramkit"."invitation"."metadata"::text) <= 16384)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."invitation_use" (
	"id" uuid PRIMARY KEY NOT NULL,
	"invitation_id" uuid NOT NULL,
	"used_by" text NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."broadcast" (
	"id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"texts" jsonb NOT NULL,
	"buttons" jsonb NOT NULL,
	"audience" jsonb NOT NULL,
	"paid_messages" integer NOT NULL,
	"paid_taken" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "broadcast_status_check" CHECK ("gramkit"."broadcast"."status" in ('draft', 'running', 'finished', 'canceled')),
	CONSTRAINT "broadcast_paid_check" CHECK ("gramkit"."broadcast"."paid_taken" between 0 and "gramkit"."broadcast"."paid_messages"),
	CONSTRAINT "broadcast_ended_check" CHECK (("gramkit"."broadcast"."status" in ('finished', 'canceled')) = ("gramkit"."broadcast"."ended_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."broadcast_recipient" (
	"broadcast_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"due_at" timestamp (3) with time zone NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"is_paid" boolean DEFAULT false NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "broadcast_recipient_pkey" PRIMARY KEY("broadcast_id","user_id"),
	CONSTRAINT "broadcast_recipient_status_check" CHECK ("gramkit"."broadcast_recipient"."status" in ('pending', 'sending', 'sent', 'skipped', 'failed', 'unknown')),
	CONSTRAINT "broadcast_recipient_claim_check" CHECK (("gramkit"."broadcast_recipient"."status" = 'sending') = ("gramkit"."broadcast_recipient"."claimed_until" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."notification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"template" text NOT NULL,
	"occasion" text NOT NULL,
	"facts" jsonb NOT NULL,
	"status" text NOT NULL,
	"channel" text,
	"reason" text,
	"rank" smallint NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "notification_status_check" CHECK ("gramkit"."notification"."status" in ('due', 'sending', 'sent', 'skipped', 'failed', 'unknown')),
	CONSTRAINT "notification_channel_check" CHECK ("gramkit"."notification"."channel" in ('telegram', 'email', 'webhook')),
	CONSTRAINT "notification_claim_check" CHECK (("gramkit"."notification"."status" = 'sending') = ("gramkit"."notification"."claimed_until" is not null)),
	CONSTRAINT "notification_sent_check" CHECK (("gramkit"."notification"."status" = 'sent') = ("gramkit"."notification"."sent_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."notification_preference" (
	"user_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"is_enabled" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "notification_preference_pkey" PRIMARY KEY("user_id","topic")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."notification_reach" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"blocked_at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."notification_setting" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"quiet_from" smallint,
	"quiet_until" smallint,
	"counted_day" date,
	"counted" smallint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "notification_setting_quiet_check" CHECK (("gramkit"."notification_setting"."quiet_from" is null) = ("gramkit"."notification_setting"."quiet_until" is null)
        and "gramkit"."notification_setting"."quiet_from" between 0 and 1439 and "gramkit"."notification_setting"."quiet_until" between 0 and 1439
        and "gramkit"."notification_setting"."quiet_from" <> "gramkit"."notification_setting"."quiet_until")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."notification_slot" (
	"slot" text NOT NULL,
	"time_zone" text NOT NULL,
	"day" date NOT NULL,
	"after" uuid,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "notification_slot_pkey" PRIMARY KEY("slot","time_zone","day")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_consent" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"session_id" uuid,
	"text_version" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"period" jsonb,
	"agreed_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "payment_consent_amount_check" CHECK ("gramkit"."payment_consent"."amount" > 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_dispute" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"amount" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_dispute_amount_check" CHECK ("gramkit"."payment_dispute"."amount" > 0),
	CONSTRAINT "payment_dispute_status_check" CHECK ("gramkit"."payment_dispute"."status" in ('open', 'won', 'lost'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"gateway" text NOT NULL,
	"surface" text NOT NULL,
	"product_id" text NOT NULL,
	"product" jsonb NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"refunded_amount" bigint DEFAULT 0 NOT NULL,
	"capture_amount" bigint,
	"status" text NOT NULL,
	"provider_payment_id" text,
	"confirmation_url" text,
	"return_url" text,
	"subscription_id" uuid,
	"original_payment_id" uuid,
	"saved_method_id" text,
	"provider_period_end" timestamp (3) with time zone,
	"failure_reason" text,
	"next_check_at" timestamp (3) with time zone,
	"in_books" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone,
	CONSTRAINT "payment_in_books_check" CHECK ("gramkit"."payment"."in_books" in ('same', 'different', 'missing')),
	CONSTRAINT "payment_amount_check" CHECK ("gramkit"."payment"."amount" > 0),
	CONSTRAINT "payment_refunded_amount_check" CHECK ("gramkit"."payment"."refunded_amount" between 0 and "gramkit"."payment"."amount"),
	CONSTRAINT "payment_capture_amount_check" CHECK ("gramkit"."payment"."capture_amount" between 1 and "gramkit"."payment"."amount"),
	CONSTRAINT "payment_status_check" CHECK ("gramkit"."payment"."status" in ('created', 'pending', 'waiting_for_capture', 'succeeded', 'partially_refunded', 'refunded', 'disputed', 'canceled', 'expired', 'failed', 'unknown')),
	CONSTRAINT "payment_currency_check" CHECK ("gramkit"."payment"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid,
	"gateway" text NOT NULL,
	"provider_payment_id" text NOT NULL,
	"reported_status" text NOT NULL,
	"outcome" text NOT NULL,
	"problem" text,
	"body" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_event_outcome_check" CHECK ("gramkit"."payment_event"."outcome" in ('applied', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_contact" (
	"payment_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"email" text,
	"phone" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_contact_kind_check" CHECK (("gramkit"."payment_contact"."email" is null) <> ("gramkit"."payment_contact"."phone" is null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_receipt" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"payment_id" uuid NOT NULL,
	"refund_id" uuid,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"provider_receipt_id" text,
	"fiscal_document_number" text,
	"fiscal_storage_number" text,
	"fiscal_attribute" text,
	"registered_at" timestamp (3) with time zone,
	"rejection" text,
	"overdue_at" timestamp (3) with time zone,
	"next_check_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_receipt_amount_check" CHECK ("gramkit"."payment_receipt"."amount" > 0),
	CONSTRAINT "payment_receipt_kind_check" CHECK ("gramkit"."payment_receipt"."kind" in ('sale', 'settlement', 'refund')),
	CONSTRAINT "payment_receipt_status_check" CHECK ("gramkit"."payment_receipt"."status" in ('pending', 'registered', 'rejected')),
	CONSTRAINT "payment_receipt_refund_check" CHECK (("gramkit"."payment_receipt"."kind" = 'refund') = ("gramkit"."payment_receipt"."refund_id" is not null)),
	CONSTRAINT "payment_receipt_currency_check" CHECK ("gramkit"."payment_receipt"."currency" in ('XTR', 'RUB', 'USD', 'EUR', 'KZT', 'GBP', 'JPY', 'KWD'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_reconciliation" (
	"gateway" text PRIMARY KEY NOT NULL,
	"cursor" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."payment_refund" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"status" text NOT NULL,
	"provider_refund_id" text,
	"actor" text NOT NULL,
	"failure_reason" text,
	"next_check_at" timestamp (3) with time zone,
	"in_books" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_refund_in_books_check" CHECK ("gramkit"."payment_refund"."in_books" in ('same', 'different', 'missing')),
	CONSTRAINT "payment_refund_amount_check" CHECK ("gramkit"."payment_refund"."amount" > 0),
	CONSTRAINT "payment_refund_status_check" CHECK ("gramkit"."payment_refund"."status" in ('requested', 'pending', 'succeeded', 'failed', 'unknown'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."quality_alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"metric" text NOT NULL,
	"severity" text NOT NULL,
	"value" double precision NOT NULL,
	"threshold" double precision NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"acknowledged_by" text,
	"resolved_at" timestamp (3) with time zone,
	"escalations" integer NOT NULL,
	"next_escalation_at" timestamp (3) with time zone,
	CONSTRAINT "quality_alert_metric_check" CHECK ("gramkit"."quality_alert"."metric" in ('trust', 'churn', 'fraud', 'engagement')),
	CONSTRAINT "quality_alert_severity_check" CHECK ("gramkit"."quality_alert"."severity" in ('warning', 'critical')),
	CONSTRAINT "quality_alert_escalations_check" CHECK ("gramkit"."quality_alert"."escalations" between 0 and 3),
	CONSTRAINT "quality_alert_acknowledged_check" CHECK (("gramkit"."quality_alert"."acknowledged_at" is null) = ("gramkit"."quality_alert"."acknowledged_by" is null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."quality_gate_change" (
	"version" integer PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"reasons" jsonb NOT NULL,
	"override_state" text,
	"override_until" timestamp (3) with time zone,
	"override_actor" text,
	"override_reason" text,
	"is_redeeming_allowed" boolean NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"snapshot_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "quality_gate_change_state_check" CHECK ("gramkit"."quality_gate_change"."state" in ('open', 'slowed', 'closed')),
	CONSTRAINT "quality_gate_change_override_check" CHECK ("gramkit"."quality_gate_change"."override_state" in ('open', 'closed') and num_nulls("gramkit"."quality_gate_change"."override_state",
        "gramkit"."quality_gate_change"."override_until", "gramkit"."quality_gate_change"."override_actor", "gramkit"."quality_gate_change"."override_reason") in (0, 4))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."quality_snapshot" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"actor" text NOT NULL,
	"churn_rate" double precision,
	"churn_sample" integer NOT NULL,
	"fraud_rate" double precision,
	"fraud_sample" integer NOT NULL,
	"engagement_rate" double precision,
	"engagement_sample" integer NOT NULL,
	"trust" double precision,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "quality_snapshot_source_check" CHECK ("gramkit"."quality_snapshot"."source" in ('measured', 'posted')),
	CONSTRAINT "quality_snapshot_rates_check" CHECK ("gramkit"."quality_snapshot"."churn_rate" between 0 and 1 and "gramkit"."quality_snapshot"."fraud_rate" between 0 and 1
        and "gramkit"."quality_snapshot"."engagement_rate" between 0 and 1 and "gramkit"."quality_snapshot"."trust" between 0 and 1),
	CONSTRAINT "quality_snapshot_samples_check" CHECK (least("gramkit"."quality_snapshot"."churn_sample", "gramkit"."quality_snapshot"."fraud_sample", "gramkit"."quality_snapshot"."engagement_sample") >= 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."referral" (
	"id" uuid PRIMARY KEY NOT NULL,
	"inviter_entry_id" uuid NOT NULL,
	"invitee_entry_id" uuid,
	"recipient_email" text,
	"invitation_id" uuid,
	"status" text NOT NULL,
	"flags" text[] NOT NULL,
	"qualified_by" text,
	"payment_id" uuid,
	"frozen_at" timestamp (3) with time zone,
	"signed_up_at" timestamp (3) with time zone,
	"qualified_at" timestamp (3) with time zone,
	"next_check_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "referral_status_check" CHECK ("gramkit"."referral"."status" in ('shared', 'joined', 'signed_up', 'qualified', 'lapsed', 'clawed_back')),
	CONSTRAINT "referral_self_check" CHECK ("gramkit"."referral"."inviter_entry_id" <> "gramkit"."referral"."invitee_entry_id"),
	CONSTRAINT "referral_shared_check" CHECK (("gramkit"."referral"."status" = 'shared') = ("gramkit"."referral"."invitee_entry_id" is null)
        and ("gramkit"."referral"."status" = 'shared') = ("gramkit"."referral"."recipient_email" is not null)),
	CONSTRAINT "referral_qualified_check" CHECK ("gramkit"."referral"."status" <> 'qualified' or ("gramkit"."referral"."qualified_at" is not null
        and "gramkit"."referral"."qualified_by" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."referral_code" (
	"entry_id" uuid NOT NULL,
	"invitation_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "referral_code_pkey" PRIMARY KEY("invitation_id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."referral_reward" (
	"id" uuid PRIMARY KEY NOT NULL,
	"entry_id" uuid NOT NULL,
	"tier" text NOT NULL,
	"threshold" integer NOT NULL,
	"codes" integer NOT NULL,
	"premium_months" integer NOT NULL,
	"premium_given_at" timestamp (3) with time zone,
	"clawed_back_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "referral_reward_codes_check" CHECK ("gramkit"."referral_reward"."codes" >= 0),
	CONSTRAINT "referral_reward_premium_months_check" CHECK ("gramkit"."referral_reward"."premium_months" >= 0),
	CONSTRAINT "referral_reward_something_check" CHECK ("gramkit"."referral_reward"."codes" + "gramkit"."referral_reward"."premium_months" > 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."subscription_gift" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"product_id" text NOT NULL,
	"periods" integer NOT NULL,
	"subscription_id" uuid,
	"added_ms" bigint NOT NULL,
	"actor" text NOT NULL,
	"note" text,
	"taken_back_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_gift_added_ms_check" CHECK ("gramkit"."subscription_gift"."added_ms" >= 0)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."subscription_trial" (
	"user_id" uuid NOT NULL,
	"plan_group" text NOT NULL,
	"product_id" text NOT NULL,
	"subscription_id" uuid NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_trial_key" PRIMARY KEY("user_id","plan_group")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."subscription" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"product_id" text NOT NULL,
	"title" text NOT NULL,
	"plan_group" text NOT NULL,
	"gateway" text,
	"status" text NOT NULL,
	"period" jsonb NOT NULL,
	"anchor_day" integer NOT NULL,
	"current_period_start" timestamp (3) with time zone NOT NULL,
	"current_period_end" timestamp (3) with time zone NOT NULL,
	"extra_ms" bigint DEFAULT 0 NOT NULL,
	"amount" bigint,
	"currency" text,
	"first_payment_id" uuid,
	"saved_method_id" text,
	"next_charge_at" timestamp (3) with time zone,
	"charge_attempts" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"notice_at" timestamp (3) with time zone,
	"noticed_end" timestamp (3) with time zone,
	"noticed_expiry" timestamp (3) with time zone,
	"next_product_id" text,
	"next_amount" bigint,
	"change_payment_id" uuid,
	"paused_at" timestamp (3) with time zone,
	"canceled_at" timestamp (3) with time zone,
	"cancel_reason" text,
	"cancel_feedback" text,
	"heard_at" timestamp (3) with time zone,
	"heir_id" uuid,
	"carried_ms" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_status_check" CHECK ("gramkit"."subscription"."status" in ('trialing', 'active', 'past_due', 'canceled', 'paused', 'expired')),
	CONSTRAINT "subscription_anchor_day_check" CHECK ("gramkit"."subscription"."anchor_day" between 1 and 31),
	CONSTRAINT "subscription_extra_ms_check" CHECK ("gramkit"."subscription"."extra_ms" >= 0),
	CONSTRAINT "subscription_carried_ms_check" CHECK ("gramkit"."subscription"."carried_ms" >= 0 and ("gramkit"."subscription"."carried_ms" = 0 or "gramkit"."subscription"."heir_id" is not null)),
	CONSTRAINT "subscription_expires_at_check" CHECK (("gramkit"."subscription"."expires_at" is null) = ("gramkit"."subscription"."status" in ('paused', 'expired'))),
	CONSTRAINT "subscription_paused_at_check" CHECK (("gramkit"."subscription"."paused_at" is not null) = ("gramkit"."subscription"."status" = 'paused'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_departure" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"successor_id" uuid,
	"departed_at" timestamp (3) with time zone NOT NULL,
	"rounds" integer NOT NULL,
	"next_round_at" timestamp (3) with time zone,
	CONSTRAINT "user_departure_successor_check" CHECK ("gramkit"."user_departure"."successor_id" <> "gramkit"."user_departure"."user_id"),
	CONSTRAINT "user_departure_rounds_check" CHECK ("gramkit"."user_departure"."rounds" >= 1)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_export" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_attribution" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"source" text,
	"invitation" text,
	"via" text NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_attribution_source_check" CHECK ("gramkit"."user_attribution"."source" ~ '^[A-Za-z0-9_.-]{1,64}$'),
	CONSTRAINT "user_attribution_invitation_check" CHECK ("gramkit"."user_attribution"."invitation" ~ '^[A-Za-z0-9_-]{1,64}$'),
	CONSTRAINT "user_attribution_via_check" CHECK ("gramkit"."user_attribution"."via" in ('start', 'startapp', 'web')),
	CONSTRAINT "user_attribution_known_check" CHECK (num_nonnulls("gramkit"."user_attribution"."source", "gramkit"."user_attribution"."invitation") >= 1)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_email" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"verified_at" timestamp (3) with time zone NOT NULL,
	"login_network" text,
	CONSTRAINT "user_email_email_key" UNIQUE("email"),
	CONSTRAINT "user_email_email_check" CHECK ("gramkit"."user_email"."email" = lower("gramkit"."user_email"."email"))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_email_code" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"user_id" uuid,
	"language" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_email_code_purpose_check" CHECK ("gramkit"."user_email_code"."purpose" in ('login', 'connect')),
	CONSTRAINT "user_email_code_language_check" CHECK ("gramkit"."user_email_code"."language" in ('en', 'ru')),
	CONSTRAINT "user_email_code_user_check" CHECK (("gramkit"."user_email_code"."purpose" = 'connect') = ("gramkit"."user_email_code"."user_id" is not null)),
	CONSTRAINT "user_email_code_attempts_check" CHECK ("gramkit"."user_email_code"."attempts" between 0 and 5)
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_login_link" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"token_hash" text NOT NULL,
	"poll_hash" text NOT NULL,
	"user_id" uuid,
	"session_id" uuid,
	"match_number" smallint NOT NULL,
	"browser" text,
	"status" text NOT NULL,
	"confirmed_by" uuid,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_login_link_token_hash_key" UNIQUE("token_hash"),
	CONSTRAINT "user_login_link_poll_hash_key" UNIQUE("poll_hash"),
	CONSTRAINT "user_login_link_purpose_check" CHECK ("gramkit"."user_login_link"."purpose" in ('login', 'connect')),
	CONSTRAINT "user_login_link_user_check" CHECK (("gramkit"."user_login_link"."purpose" = 'connect') = ("gramkit"."user_login_link"."user_id" is not null)),
	CONSTRAINT "user_login_link_session_check" CHECK (("gramkit"."user_login_link"."user_id" is null) = ("gramkit"."user_login_link"."session_id" is null)),
	CONSTRAINT "user_login_link_status_check" CHECK ("gramkit"."user_login_link"."status" in ('pending', 'confirmed', 'declined', 'consumed')),
	CONSTRAINT "user_login_link_confirmed_check" CHECK (("gramkit"."user_login_link"."status" in ('confirmed', 'consumed')) = ("gramkit"."user_login_link"."confirmed_by" is not null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_opened_init_data" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"repeat_hash" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_password" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"surface" text NOT NULL,
	"label" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_session_surface_check" CHECK ("gramkit"."user_session"."surface" in ('telegram', 'web'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_active_day" (
	"user_id" uuid NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "user_active_day_pkey" PRIMARY KEY("user_id","day")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."user_streak" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"current" integer NOT NULL,
	"best" integer NOT NULL,
	"total" integer NOT NULL,
	"day" date NOT NULL,
	"time_zone" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_streak_current_check" CHECK ("gramkit"."user_streak"."current" >= 1),
	CONSTRAINT "user_streak_best_check" CHECK ("gramkit"."user_streak"."best" >= "gramkit"."user_streak"."current"),
	CONSTRAINT "user_streak_total_check" CHECK ("gramkit"."user_streak"."total" >= "gramkit"."user_streak"."best")
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
	"language" text,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"role" text DEFAULT 'user' NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"departed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_account_telegram_id_key" UNIQUE("telegram_id"),
	CONSTRAINT "user_account_device_key_hash_key" UNIQUE("device_key_hash"),
	CONSTRAINT "user_account_departed_check" CHECK ("gramkit"."user_account"."departed_at" is null or coalesce("gramkit"."user_account"."telegram_id"::text, "gramkit"."user_account"."device_key_hash", "gramkit"."user_account"."username", "gramkit"."user_account"."first_name", "gramkit"."user_account"."last_name", "gramkit"."user_account"."language_code", "gramkit"."user_account"."language") is null),
	CONSTRAINT "user_account_kind_check" CHECK ("gramkit"."user_account"."kind" in ('guest', 'registered')),
	CONSTRAINT "user_account_language_check" CHECK ("gramkit"."user_account"."language" in ('en', 'ru')),
	CONSTRAINT "user_account_role_check" CHECK ("gramkit"."user_account"."role" in ('user', 'admin', 'owner')),
	CONSTRAINT "user_account_role_kind_check" CHECK ("gramkit"."user_account"."role" = 'user' or "gramkit"."user_account"."kind" = 'registered')
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_admission" (
	"id" uuid PRIMARY KEY NOT NULL,
	"entry_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"invitation_id" uuid NOT NULL,
	"inviter_entry_id" uuid,
	"network_hash" text,
	"admitted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "waitlist_admission_entry_id_key" UNIQUE("entry_id"),
	CONSTRAINT "waitlist_admission_user_id_key" UNIQUE("user_id")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_batch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"requested" integer NOT NULL,
	"generated" integer NOT NULL,
	"actor" text NOT NULL,
	"is_planned" boolean NOT NULL,
	"gate_state" text NOT NULL,
	"refusal" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "waitlist_batch_name_key" UNIQUE("name"),
	CONSTRAINT "waitlist_batch_generated_check" CHECK ("gramkit"."waitlist_batch"."generated" between 0 and "gramkit"."waitlist_batch"."requested"),
	CONSTRAINT "waitlist_batch_gate_state_check" CHECK ("gramkit"."waitlist_batch"."gate_state" in ('open', 'slowed', 'closed')),
	CONSTRAINT "waitlist_batch_refusal_check" CHECK (("gramkit"."waitlist_batch"."refusal" is not null) = ("gramkit"."waitlist_batch"."gate_state" = 'closed'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_invite" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"invitation_id" uuid NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"sends" smallint DEFAULT 1 NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"warned_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"outcome" text,
	CONSTRAINT "waitlist_invite_invitation_id_key" UNIQUE("invitation_id"),
	CONSTRAINT "waitlist_invite_outcome_check" CHECK ("gramkit"."waitlist_invite"."outcome" in ('admitted', 'expired', 'revoked', 'left')),
	CONSTRAINT "waitlist_invite_ended_check" CHECK (("gramkit"."waitlist_invite"."ended_at" is null) = ("gramkit"."waitlist_invite"."outcome" is null))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_bucket_count" (
	"class_id" integer NOT NULL,
	"bucket" integer NOT NULL,
	"stripe" smallint NOT NULL,
	"waiting" integer NOT NULL,
	CONSTRAINT "waitlist_bucket_count_key" PRIMARY KEY("class_id","bucket","stripe")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_class" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gramkit"."waitlist_class_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"persona" text NOT NULL,
	"is_detailed" boolean NOT NULL,
	"has_keyword" boolean NOT NULL,
	"referrals" smallint NOT NULL,
	"cohort" text NOT NULL,
	CONSTRAINT "waitlist_class_persona_check" CHECK ("gramkit"."waitlist_class"."persona" in ('solo_founder', 'small_team', 'agency', 'content_creator', 'other')),
	CONSTRAINT "waitlist_class_referrals_check" CHECK ("gramkit"."waitlist_class"."referrals" between 0 and 100),
	CONSTRAINT "waitlist_class_cohort_check" CHECK ("gramkit"."waitlist_class"."cohort" in ('control', 'trial'))
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_class_count" (
	"class_id" integer NOT NULL,
	"status" text NOT NULL,
	"stripe" smallint NOT NULL,
	"entries" integer NOT NULL,
	CONSTRAINT "waitlist_class_count_key" PRIMARY KEY("status","class_id","stripe")
);
--> statement-breakpoint
CREATE TABLE "gramkit"."waitlist_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "gramkit"."waitlist_entry_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"email" text,
	"user_id" uuid,
	"class_id" integer NOT NULL,
	"use_case" text NOT NULL,
	"language" text NOT NULL,
	"referral_code" text NOT NULL,
	"inviter_entry_id" uuid,
	"network_hash" text,
	"status" text NOT NULL,
	"qualified_referrals" integer DEFAULT 0 NOT NULL,
	"requeues" smallint DEFAULT 0 NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	CONSTRAINT "waitlist_entry_user_id_key" UNIQUE("user_id"),
	CONSTRAINT "waitlist_entry_referral_code_key" UNIQUE("referral_code"),
	CONSTRAINT "waitlist_entry_status_check" CHECK ("gramkit"."waitlist_entry"."status" in ('unconfirmed', 'waiting', 'invited', 'admitted', 'lapsed', 'left')),
	CONSTRAINT "waitlist_entry_email_check" CHECK ("gramkit"."waitlist_entry"."email" = lower("gramkit"."waitlist_entry"."email")),
	CONSTRAINT "waitlist_entry_language_check" CHECK ("gramkit"."waitlist_entry"."language" in ('en', 'ru')),
	CONSTRAINT "waitlist_entry_inviter_check" CHECK ("gramkit"."waitlist_entry"."inviter_entry_id" <> "gramkit"."waitlist_entry"."id"),
	CONSTRAINT "waitlist_entry_known_check" CHECK (coalesce("gramkit"."waitlist_entry"."email", "gramkit"."waitlist_entry"."user_id"::text) is not null or "gramkit"."waitlist_entry"."status" = 'left'),
	CONSTRAINT "waitlist_entry_confirmed_check" CHECK ("gramkit"."waitlist_entry"."confirmed_at" is not null or "gramkit"."waitlist_entry"."status" in ('unconfirmed', 'left')),
	CONSTRAINT "waitlist_entry_qualified_referrals_check" CHECK ("gramkit"."waitlist_entry"."qualified_referrals" >= 0)
);
--> statement-breakpoint
ALTER TABLE "gramkit"."audit_seal" ADD CONSTRAINT "audit_seal_entry_id_audit_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "gramkit"."audit_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_account" ADD CONSTRAINT "balance_account_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_reversal_of_balance_transfer_id_fk" FOREIGN KEY ("reversal_of") REFERENCES "gramkit"."balance_transfer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_source_fk" FOREIGN KEY ("source_account_id","unit") REFERENCES "gramkit"."balance_account"("id","unit") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_target_fk" FOREIGN KEY ("target_account_id","unit") REFERENCES "gramkit"."balance_account"("id","unit") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_hold" ADD CONSTRAINT "balance_hold_account_id_balance_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "gramkit"."balance_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_hold" ADD CONSTRAINT "balance_hold_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_refill" ADD CONSTRAINT "balance_refill_account_id_balance_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "gramkit"."balance_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."balance_snapshot" ADD CONSTRAINT "balance_snapshot_account_id_balance_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "gramkit"."balance_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_api_key" ADD CONSTRAINT "billing_api_key_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_coupon" ADD CONSTRAINT "billing_coupon_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_coupon_plan" ADD CONSTRAINT "billing_coupon_plan_coupon_fk" FOREIGN KEY ("tenant_id","coupon_id") REFERENCES "gramkit"."billing_coupon"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_coupon_plan" ADD CONSTRAINT "billing_coupon_plan_plan_fk" FOREIGN KEY ("tenant_id","plan_id") REFERENCES "gramkit"."billing_plan"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_coupon_redemption" ADD CONSTRAINT "billing_coupon_redemption_coupon_fk" FOREIGN KEY ("tenant_id","coupon_id") REFERENCES "gramkit"."billing_coupon"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_coupon_redemption" ADD CONSTRAINT "billing_coupon_redemption_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_note" ADD CONSTRAINT "billing_credit_note_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_note" ADD CONSTRAINT "billing_credit_note_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_note_line" ADD CONSTRAINT "billing_credit_note_line_note_fk" FOREIGN KEY ("tenant_id","credit_note_id") REFERENCES "gramkit"."billing_credit_note"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_note_line" ADD CONSTRAINT "billing_credit_note_line_line_fk" FOREIGN KEY ("tenant_id","invoice_line_id") REFERENCES "gramkit"."billing_invoice_line"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_note_series" ADD CONSTRAINT "billing_credit_note_series_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_balance" ADD CONSTRAINT "billing_credit_balance_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_entry" ADD CONSTRAINT "billing_credit_entry_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_credit_entry" ADD CONSTRAINT "billing_credit_entry_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_customer" ADD CONSTRAINT "billing_customer_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_customer" ADD CONSTRAINT "billing_customer_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_dunning" ADD CONSTRAINT "billing_dunning_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_dunning_policy" ADD CONSTRAINT "billing_dunning_policy_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_dunning_step" ADD CONSTRAINT "billing_dunning_step_dunning_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_dunning"("tenant_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_exchange_rate" ADD CONSTRAINT "billing_exchange_rate_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice" ADD CONSTRAINT "billing_invoice_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice" ADD CONSTRAINT "billing_invoice_subscription_fk" FOREIGN KEY ("tenant_id","subscription_id") REFERENCES "gramkit"."billing_subscription"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice" ADD CONSTRAINT "billing_invoice_run_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "gramkit"."billing_run"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_line" ADD CONSTRAINT "billing_invoice_line_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_line" ADD CONSTRAINT "billing_invoice_line_subscription_fk" FOREIGN KEY ("tenant_id","subscription_id") REFERENCES "gramkit"."billing_subscription"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_series" ADD CONSTRAINT "billing_invoice_series_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_closed_month" ADD CONSTRAINT "billing_closed_month_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_journal_entry" ADD CONSTRAINT "billing_journal_entry_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_journal_entry" ADD CONSTRAINT "billing_journal_entry_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_recognition" ADD CONSTRAINT "billing_recognition_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_late_fee" ADD CONSTRAINT "billing_late_fee_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_late_fee" ADD CONSTRAINT "billing_late_fee_fee_invoice_fk" FOREIGN KEY ("tenant_id","fee_invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_late_fee_policy" ADD CONSTRAINT "billing_late_fee_policy_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_late_invoice" ADD CONSTRAINT "billing_late_invoice_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_payment_method" ADD CONSTRAINT "billing_payment_method_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_payment" ADD CONSTRAINT "billing_invoice_payment_invoice_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "gramkit"."billing_invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_payment" ADD CONSTRAINT "billing_invoice_payment_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_invoice_return" ADD CONSTRAINT "billing_invoice_return_payment_fk" FOREIGN KEY ("tenant_id","payment_id") REFERENCES "gramkit"."billing_invoice_payment"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_plan" ADD CONSTRAINT "billing_plan_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_plan_version" ADD CONSTRAINT "billing_plan_version_plan_fk" FOREIGN KEY ("tenant_id","plan_id") REFERENCES "gramkit"."billing_plan"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_run" ADD CONSTRAINT "billing_run_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_subscription" ADD CONSTRAINT "billing_subscription_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_subscription_revision" ADD CONSTRAINT "billing_subscription_revision_subscription_fk" FOREIGN KEY ("tenant_id","subscription_id") REFERENCES "gramkit"."billing_subscription"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_subscription_revision" ADD CONSTRAINT "billing_subscription_revision_version_fk" FOREIGN KEY ("tenant_id","plan_version_id") REFERENCES "gramkit"."billing_plan_version"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_tax_rate" ADD CONSTRAINT "billing_tax_rate_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_meter" ADD CONSTRAINT "billing_meter_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_quota" ADD CONSTRAINT "billing_quota_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_quota" ADD CONSTRAINT "billing_quota_meter_fk" FOREIGN KEY ("tenant_id","meter_id") REFERENCES "gramkit"."billing_meter"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_reservation" ADD CONSTRAINT "billing_reservation_quota_fk" FOREIGN KEY ("tenant_id","quota_id") REFERENCES "gramkit"."billing_quota"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_usage_event" ADD CONSTRAINT "billing_usage_event_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_usage_reading" ADD CONSTRAINT "billing_usage_reading_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_usage_reading" ADD CONSTRAINT "billing_usage_reading_subscription_fk" FOREIGN KEY ("tenant_id","subscription_id") REFERENCES "gramkit"."billing_subscription"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_webhook_attempt" ADD CONSTRAINT "billing_webhook_attempt_delivery_fk" FOREIGN KEY ("tenant_id","delivery_id") REFERENCES "gramkit"."billing_webhook_delivery"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_webhook_delivery" ADD CONSTRAINT "billing_webhook_delivery_endpoint_fk" FOREIGN KEY ("tenant_id","endpoint_id") REFERENCES "gramkit"."billing_webhook_endpoint"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."billing_webhook_endpoint" ADD CONSTRAINT "billing_webhook_endpoint_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "gramkit"."billing_tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."friendship" ADD CONSTRAINT "friendship_low_id_user_account_id_fk" FOREIGN KEY ("low_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."friendship" ADD CONSTRAINT "friendship_high_id_user_account_id_fk" FOREIGN KEY ("high_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."friendship_block" ADD CONSTRAINT "friendship_block_blocker_id_user_account_id_fk" FOREIGN KEY ("blocker_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."friendship_block" ADD CONSTRAINT "friendship_block_blocked_id_user_account_id_fk" FOREIGN KEY ("blocked_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."group" ADD CONSTRAINT "group_created_by_user_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."group_member" ADD CONSTRAINT "group_member_group_id_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "gramkit"."group"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."group_member" ADD CONSTRAINT "group_member_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."invitation_use" ADD CONSTRAINT "invitation_use_invitation_id_invitation_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "gramkit"."invitation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."broadcast_recipient" ADD CONSTRAINT "broadcast_recipient_broadcast_id_broadcast_id_fk" FOREIGN KEY ("broadcast_id") REFERENCES "gramkit"."broadcast"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."broadcast_recipient" ADD CONSTRAINT "broadcast_recipient_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."notification" ADD CONSTRAINT "notification_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."notification_preference" ADD CONSTRAINT "notification_preference_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."notification_reach" ADD CONSTRAINT "notification_reach_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."notification_setting" ADD CONSTRAINT "notification_setting_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_consent" ADD CONSTRAINT "payment_consent_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_consent" ADD CONSTRAINT "payment_consent_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_dispute" ADD CONSTRAINT "payment_dispute_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment" ADD CONSTRAINT "payment_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment" ADD CONSTRAINT "payment_original_payment_id_payment_id_fk" FOREIGN KEY ("original_payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_event" ADD CONSTRAINT "payment_event_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_contact" ADD CONSTRAINT "payment_contact_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_contact" ADD CONSTRAINT "payment_contact_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_receipt" ADD CONSTRAINT "payment_receipt_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_receipt" ADD CONSTRAINT "payment_receipt_refund_id_payment_refund_id_fk" FOREIGN KEY ("refund_id") REFERENCES "gramkit"."payment_refund"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."payment_refund" ADD CONSTRAINT "payment_refund_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."quality_alert" ADD CONSTRAINT "quality_alert_snapshot_id_quality_snapshot_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "gramkit"."quality_snapshot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."quality_gate_change" ADD CONSTRAINT "quality_gate_change_snapshot_id_quality_snapshot_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "gramkit"."quality_snapshot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."referral" ADD CONSTRAINT "referral_inviter_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("inviter_entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."referral" ADD CONSTRAINT "referral_invitee_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("invitee_entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."referral_code" ADD CONSTRAINT "referral_code_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."referral_code" ADD CONSTRAINT "referral_code_invitation_id_invitation_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "gramkit"."invitation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."referral_reward" ADD CONSTRAINT "referral_reward_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription_gift" ADD CONSTRAINT "subscription_gift_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription_gift" ADD CONSTRAINT "subscription_gift_subscription_id_subscription_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "gramkit"."subscription"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription_trial" ADD CONSTRAINT "subscription_trial_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription" ADD CONSTRAINT "subscription_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription" ADD CONSTRAINT "subscription_first_payment_id_payment_id_fk" FOREIGN KEY ("first_payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription" ADD CONSTRAINT "subscription_change_payment_id_payment_id_fk" FOREIGN KEY ("change_payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."subscription" ADD CONSTRAINT "subscription_heir_id_subscription_id_fk" FOREIGN KEY ("heir_id") REFERENCES "gramkit"."subscription"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_departure" ADD CONSTRAINT "user_departure_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_departure" ADD CONSTRAINT "user_departure_successor_id_user_account_id_fk" FOREIGN KEY ("successor_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_export" ADD CONSTRAINT "user_export_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_attribution" ADD CONSTRAINT "user_attribution_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_email" ADD CONSTRAINT "user_email_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_email_code" ADD CONSTRAINT "user_email_code_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_login_link" ADD CONSTRAINT "user_login_link_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_login_link" ADD CONSTRAINT "user_login_link_session_id_user_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "gramkit"."user_session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_login_link" ADD CONSTRAINT "user_login_link_confirmed_by_user_account_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_password" ADD CONSTRAINT "user_password_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_session" ADD CONSTRAINT "user_session_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_active_day" ADD CONSTRAINT "user_active_day_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."user_streak" ADD CONSTRAINT "user_streak_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_admission" ADD CONSTRAINT "waitlist_admission_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_admission" ADD CONSTRAINT "waitlist_admission_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_admission" ADD CONSTRAINT "waitlist_admission_invitation_id_invitation_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "gramkit"."invitation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_admission" ADD CONSTRAINT "waitlist_admission_inviter_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("inviter_entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_invite" ADD CONSTRAINT "waitlist_invite_batch_id_waitlist_batch_id_fk" FOREIGN KEY ("batch_id") REFERENCES "gramkit"."waitlist_batch"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_invite" ADD CONSTRAINT "waitlist_invite_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_invite" ADD CONSTRAINT "waitlist_invite_invitation_id_invitation_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "gramkit"."invitation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_entry" ADD CONSTRAINT "waitlist_entry_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_entry" ADD CONSTRAINT "waitlist_entry_class_id_waitlist_class_id_fk" FOREIGN KEY ("class_id") REFERENCES "gramkit"."waitlist_class"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gramkit"."waitlist_entry" ADD CONSTRAINT "waitlist_entry_inviter_entry_id_waitlist_entry_id_fk" FOREIGN KEY ("inviter_entry_id") REFERENCES "gramkit"."waitlist_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "http_idempotency_created_at_index" ON "gramkit"."http_idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_delivery_provider_key_key" ON "gramkit"."inbox_delivery" USING btree ("provider","key");--> statement-breakpoint
CREATE INDEX "inbox_delivery_pending_index" ON "gramkit"."inbox_delivery" USING btree ("next_attempt_at") WHERE "gramkit"."inbox_delivery"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "inbox_delivery_done_index" ON "gramkit"."inbox_delivery" USING btree ("finished_at") WHERE "gramkit"."inbox_delivery"."status" = 'done';--> statement-breakpoint
CREATE INDEX "inbox_delivery_sender_index" ON "gramkit"."inbox_delivery" USING btree ("sender") WHERE "gramkit"."inbox_delivery"."sender" is not null;--> statement-breakpoint
CREATE INDEX "inbox_delivery_parked_index" ON "gramkit"."inbox_delivery" USING btree ("id") WHERE "gramkit"."inbox_delivery"."status" = 'parked';--> statement-breakpoint
CREATE UNIQUE INDEX "job_dedupe_key" ON "gramkit"."job" USING btree ("dedupe_key","name");--> statement-breakpoint
CREATE INDEX "job_pending_index" ON "gramkit"."job" USING btree ("run_at","seq") WHERE "gramkit"."job"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "job_handed_index" ON "gramkit"."job" USING btree ("handed_at") WHERE "gramkit"."job"."status" = 'pending' and "gramkit"."job"."handed_at" is not null;--> statement-breakpoint
CREATE INDEX "job_order_index" ON "gramkit"."job" USING btree ("order_key","seq") WHERE "gramkit"."job"."status" = 'pending' and "gramkit"."job"."order_key" is not null;--> statement-breakpoint
CREATE INDEX "job_done_index" ON "gramkit"."job" USING btree ("finished_at") WHERE "gramkit"."job"."status" = 'done';--> statement-breakpoint
CREATE INDEX "job_dead_index" ON "gramkit"."job" USING btree ("id") WHERE "gramkit"."job"."status" = 'dead';--> statement-breakpoint
CREATE INDEX "rate_limit_free_at_index" ON "gramkit"."rate_limit" USING btree ("free_at");--> statement-breakpoint
CREATE INDEX "outbox_event_unpublished_index" ON "gramkit"."outbox_event" USING btree ("seq") WHERE "gramkit"."outbox_event"."published_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_event_published_index" ON "gramkit"."outbox_event" USING btree ("published_at") WHERE "gramkit"."outbox_event"."published_at" is not null;--> statement-breakpoint
CREATE INDEX "outbox_event_user_id_index" ON "gramkit"."outbox_event" USING btree ("user_id") WHERE "gramkit"."outbox_event"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "audit_entry_subject_index" ON "gramkit"."audit_entry" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "audit_entry_stream_index" ON "gramkit"."audit_entry" USING btree ("stream","id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_seal_entry_id_key" ON "gramkit"."audit_seal" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "audit_unsealed_stream_index" ON "gramkit"."audit_unsealed" USING btree ("stream","created_at","entry_id");--> statement-breakpoint
CREATE UNIQUE INDEX "balance_account_user_id_unit_key" ON "gramkit"."balance_account" USING btree ("user_id","unit") WHERE "gramkit"."balance_account"."user_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "balance_account_system_name_unit_key" ON "gramkit"."balance_account" USING btree ("system_name","unit") WHERE "gramkit"."balance_account"."system_name" is not null;--> statement-breakpoint
CREATE INDEX "balance_transfer_source_index" ON "gramkit"."balance_transfer" USING btree ("source_account_id","number");--> statement-breakpoint
CREATE INDEX "balance_transfer_target_index" ON "gramkit"."balance_transfer" USING btree ("target_account_id","number");--> statement-breakpoint
CREATE INDEX "balance_transfer_reversal_of_index" ON "gramkit"."balance_transfer" USING btree ("reversal_of") WHERE "gramkit"."balance_transfer"."reversal_of" is not null;--> statement-breakpoint
CREATE INDEX "balance_hold_account_id_index" ON "gramkit"."balance_hold" USING btree ("account_id") WHERE "gramkit"."balance_hold"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "balance_hold_expires_at_index" ON "gramkit"."balance_hold" USING btree ("expires_at") WHERE "gramkit"."balance_hold"."status" = 'pending' and "gramkit"."balance_hold"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "balance_snapshot_unfinished_index" ON "gramkit"."balance_snapshot" USING btree ("number") WHERE "gramkit"."balance_snapshot"."balance" is null;--> statement-breakpoint
CREATE INDEX "balance_verification_created_at_index" ON "gramkit"."balance_verification" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "billing_api_key_hash_index" ON "gramkit"."billing_api_key" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_coupon_code_key" ON "gramkit"."billing_coupon" USING btree ("tenant_id","code");--> statement-breakpoint
CREATE INDEX "billing_coupon_plan_plan_index" ON "gramkit"."billing_coupon_plan" USING btree ("tenant_id","plan_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_coupon_redemption_customer_key" ON "gramkit"."billing_coupon_redemption" USING btree ("tenant_id","coupon_id","customer_id");--> statement-breakpoint
CREATE INDEX "billing_coupon_redemption_customer_index" ON "gramkit"."billing_coupon_redemption" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "billing_credit_note_invoice_index" ON "gramkit"."billing_credit_note" USING btree ("tenant_id","invoice_id","id");--> statement-breakpoint
CREATE INDEX "billing_credit_note_customer_index" ON "gramkit"."billing_credit_note" USING btree ("tenant_id","customer_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_credit_note_number_key" ON "gramkit"."billing_credit_note" USING btree ("tenant_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_credit_note_sequence_key" ON "gramkit"."billing_credit_note" USING btree ("tenant_id","series","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_credit_note_line_place_key" ON "gramkit"."billing_credit_note_line" USING btree ("tenant_id","credit_note_id","place");--> statement-breakpoint
CREATE INDEX "billing_credit_note_line_line_index" ON "gramkit"."billing_credit_note_line" USING btree ("tenant_id","invoice_line_id");--> statement-breakpoint
CREATE INDEX "billing_credit_entry_customer_index" ON "gramkit"."billing_credit_entry" USING btree ("tenant_id","customer_id","id");--> statement-breakpoint
CREATE INDEX "billing_credit_entry_invoice_index" ON "gramkit"."billing_credit_entry" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_credit_entry_source_key" ON "gramkit"."billing_credit_entry" USING btree ("tenant_id","reason","source");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_customer_code_key" ON "gramkit"."billing_customer" USING btree ("tenant_id","code");--> statement-breakpoint
CREATE INDEX "billing_customer_user_id_index" ON "gramkit"."billing_customer" USING btree ("user_id","tenant_id") WHERE "gramkit"."billing_customer"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "billing_dunning_due_index" ON "gramkit"."billing_dunning" USING btree ("due_at","tenant_id") WHERE "gramkit"."billing_dunning"."due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_exchange_rate_version_key" ON "gramkit"."billing_exchange_rate" USING btree ("tenant_id","from_currency","to_currency","quoted_on","version");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_bill_key" ON "gramkit"."billing_invoice" USING btree ("tenant_id","subscription_id","bill_number");--> statement-breakpoint
CREATE INDEX "billing_invoice_run_index" ON "gramkit"."billing_invoice" USING btree ("tenant_id","run_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_number_key" ON "gramkit"."billing_invoice" USING btree ("tenant_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_sequence_key" ON "gramkit"."billing_invoice" USING btree ("tenant_id","series","sequence");--> statement-breakpoint
CREATE INDEX "billing_invoice_customer_index" ON "gramkit"."billing_invoice" USING btree ("tenant_id","customer_id","id");--> statement-breakpoint
CREATE INDEX "billing_invoice_unpaid_index" ON "gramkit"."billing_invoice" USING btree ("tenant_id","customer_id") WHERE "gramkit"."billing_invoice"."state" in ('finalized', 'partially_paid', 'overdue');--> statement-breakpoint
CREATE INDEX "billing_invoice_overdue_index" ON "gramkit"."billing_invoice" USING btree ("overdue_at","tenant_id") WHERE "gramkit"."billing_invoice"."state" in ('finalized', 'partially_paid');--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_line_charge_key" ON "gramkit"."billing_invoice_line" USING btree ("tenant_id","subscription_id","charge_key","kind","from_on","revision");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_line_place_key" ON "gramkit"."billing_invoice_line" USING btree ("tenant_id","invoice_id","place");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_journal_entry_source_key" ON "gramkit"."billing_journal_entry" USING btree ("tenant_id","source","source_id");--> statement-breakpoint
CREATE INDEX "billing_journal_entry_customer_index" ON "gramkit"."billing_journal_entry" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "billing_journal_entry_invoice_index" ON "gramkit"."billing_journal_entry" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "billing_journal_entry_booking_index" ON "gramkit"."billing_journal_entry" USING btree ("tenant_id","booking_id");--> statement-breakpoint
CREATE INDEX "billing_journal_entry_day_index" ON "gramkit"."billing_journal_entry" USING btree ("tenant_id","booked_on");--> statement-breakpoint
CREATE INDEX "billing_recognition_invoice_index" ON "gramkit"."billing_recognition" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "billing_recognition_due_index" ON "gramkit"."billing_recognition" USING btree ("due_at","tenant_id") WHERE "gramkit"."billing_recognition"."due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_late_fee_period_key" ON "gramkit"."billing_late_fee" USING btree ("tenant_id","invoice_id","period");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_late_fee_invoice_key" ON "gramkit"."billing_late_fee" USING btree ("tenant_id","fee_invoice_id");--> statement-breakpoint
CREATE INDEX "billing_late_invoice_due_index" ON "gramkit"."billing_late_invoice" USING btree ("due_at","tenant_id") WHERE "gramkit"."billing_late_invoice"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "billing_payment_method_customer_index" ON "gramkit"."billing_payment_method" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_payment_method_saved_key" ON "gramkit"."billing_payment_method" USING btree ("tenant_id","customer_id","gateway","saved_method_id") WHERE "gramkit"."billing_payment_method"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_payment_method_default_key" ON "gramkit"."billing_payment_method" USING btree ("tenant_id","customer_id") WHERE "gramkit"."billing_payment_method"."is_default";--> statement-breakpoint
CREATE INDEX "billing_invoice_payment_invoice_index" ON "gramkit"."billing_invoice_payment" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "billing_invoice_payment_customer_index" ON "gramkit"."billing_invoice_payment" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "billing_invoice_payment_updated_index" ON "gramkit"."billing_invoice_payment" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_payment_attempt_key" ON "gramkit"."billing_invoice_payment" USING btree ("tenant_id","invoice_id","attempt") WHERE "gramkit"."billing_invoice_payment"."attempt" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_invoice_payment_charge_key" ON "gramkit"."billing_invoice_payment" USING btree ("tenant_id","invoice_id") WHERE "gramkit"."billing_invoice_payment"."attempt" is not null and "gramkit"."billing_invoice_payment"."state" = 'open';--> statement-breakpoint
CREATE INDEX "billing_invoice_return_payment_index" ON "gramkit"."billing_invoice_return" USING btree ("tenant_id","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_plan_code_key" ON "gramkit"."billing_plan" USING btree ("tenant_id","code");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_plan_version_number_key" ON "gramkit"."billing_plan_version" USING btree ("tenant_id","plan_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_plan_version_draft_key" ON "gramkit"."billing_plan_version" USING btree ("tenant_id","plan_id") WHERE "gramkit"."billing_plan_version"."published_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_run_open_key" ON "gramkit"."billing_run" USING btree ("tenant_id") WHERE "gramkit"."billing_run"."state" in ('waiting', 'billing', 'finalizing');--> statement-breakpoint
CREATE INDEX "billing_run_open_index" ON "gramkit"."billing_run" USING btree ("state","tenant_id") WHERE "gramkit"."billing_run"."state" in ('billing', 'finalizing');--> statement-breakpoint
CREATE INDEX "billing_subscription_customer_index" ON "gramkit"."billing_subscription" USING btree ("tenant_id","customer_id","id");--> statement-breakpoint
CREATE INDEX "billing_subscription_due_index" ON "gramkit"."billing_subscription" USING btree ("tenant_id","due_at") WHERE "gramkit"."billing_subscription"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "billing_subscription_due_tenant_index" ON "gramkit"."billing_subscription" USING btree ("due_at","tenant_id") WHERE "gramkit"."billing_subscription"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "billing_subscription_parked_index" ON "gramkit"."billing_subscription" USING btree ("tenant_id","id") WHERE "gramkit"."billing_subscription"."parked_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_subscription_revision_number_key" ON "gramkit"."billing_subscription_revision" USING btree ("tenant_id","subscription_id","number");--> statement-breakpoint
CREATE INDEX "billing_subscription_revision_version_index" ON "gramkit"."billing_subscription_revision" USING btree ("tenant_id","plan_version_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_tenant_code_key" ON "gramkit"."billing_tenant" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_meter_code_key" ON "gramkit"."billing_meter" USING btree ("tenant_id","code");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_quota_customer_key" ON "gramkit"."billing_quota" USING btree ("tenant_id","customer_id","meter_id");--> statement-breakpoint
CREATE INDEX "billing_quota_meter_index" ON "gramkit"."billing_quota" USING btree ("tenant_id","meter_id");--> statement-breakpoint
CREATE INDEX "billing_quota_due_index" ON "gramkit"."billing_quota" USING btree ("due_at") WHERE "gramkit"."billing_quota"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "billing_reservation_quota_index" ON "gramkit"."billing_reservation" USING btree ("tenant_id","quota_id","expires_at");--> statement-breakpoint
CREATE INDEX "billing_usage_event_time_index" ON "gramkit"."billing_usage_event" USING btree ("tenant_id","customer_id","meter_id","occurred_at");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_usage_reading_key" ON "gramkit"."billing_usage_reading" USING btree ("tenant_id","subscription_id","meter_id","starts_at","ends_at","billed_at");--> statement-breakpoint
CREATE INDEX "billing_usage_reading_customer_index" ON "gramkit"."billing_usage_reading" USING btree ("tenant_id","customer_id","meter_id","ends_at");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_webhook_delivery_event_key" ON "gramkit"."billing_webhook_delivery" USING btree ("tenant_id","endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "billing_webhook_delivery_due_index" ON "gramkit"."billing_webhook_delivery" USING btree ("tenant_id","endpoint_id","due_at") WHERE "gramkit"."billing_webhook_delivery"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "billing_webhook_delivery_next_index" ON "gramkit"."billing_webhook_delivery" USING btree ("due_at") WHERE "gramkit"."billing_webhook_delivery"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "billing_webhook_delivery_over_index" ON "gramkit"."billing_webhook_delivery" USING btree ("updated_at") WHERE "gramkit"."billing_webhook_delivery"."state" <> 'pending';--> statement-breakpoint
CREATE INDEX "friendship_high_id_index" ON "gramkit"."friendship" USING btree ("high_id");--> statement-breakpoint
CREATE INDEX "friendship_block_blocked_id_index" ON "gramkit"."friendship_block" USING btree ("blocked_id");--> statement-breakpoint
CREATE UNIQUE INDEX "group_member_owner_key" ON "gramkit"."group_member" USING btree ("group_id") WHERE "gramkit"."group_member"."role" = 'owner';--> statement-breakpoint
CREATE INDEX "group_member_user_id_index" ON "gramkit"."group_member" USING btree ("user_id","group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_code_key_key" ON "gramkit"."invitation" USING btree ("code_key");--> statement-breakpoint
CREATE INDEX "invitation_created_by_index" ON "gramkit"."invitation" USING btree ("created_by","id");--> statement-breakpoint
CREATE INDEX "invitation_status_index" ON "gramkit"."invitation" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "invitation_batch_id_index" ON "gramkit"."invitation" USING btree ("batch_id","id");--> statement-breakpoint
CREATE INDEX "invitation_expires_at_index" ON "gramkit"."invitation" USING btree ("expires_at") WHERE "gramkit"."invitation"."status" = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_use_used_by_key" ON "gramkit"."invitation_use" USING btree ("used_by","invitation_id");--> statement-breakpoint
CREATE INDEX "invitation_use_invitation_id_index" ON "gramkit"."invitation_use" USING btree ("invitation_id","id");--> statement-breakpoint
CREATE INDEX "broadcast_running_index" ON "gramkit"."broadcast" USING btree ("started_at","id") WHERE "gramkit"."broadcast"."status" = 'running';--> statement-breakpoint
CREATE INDEX "broadcast_created_at_index" ON "gramkit"."broadcast" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "broadcast_recipient_pending_index" ON "gramkit"."broadcast_recipient" USING btree ("broadcast_id","due_at","user_id") WHERE "gramkit"."broadcast_recipient"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "broadcast_recipient_sending_index" ON "gramkit"."broadcast_recipient" USING btree ("claimed_until") WHERE "gramkit"."broadcast_recipient"."status" = 'sending';--> statement-breakpoint
CREATE INDEX "broadcast_recipient_user_id_index" ON "gramkit"."broadcast_recipient" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "notification_occasion_key" ON "gramkit"."notification" USING btree ("user_id","template","occasion");--> statement-breakpoint
CREATE INDEX "notification_due_index" ON "gramkit"."notification" USING btree ("rank","due_at") WHERE "gramkit"."notification"."status" = 'due';--> statement-breakpoint
CREATE INDEX "notification_sending_index" ON "gramkit"."notification" USING btree ("claimed_until") WHERE "gramkit"."notification"."status" = 'sending';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_consent_payment_id_key" ON "gramkit"."payment_consent" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_consent_user_id_index" ON "gramkit"."payment_consent" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_dispute_reference_key" ON "gramkit"."payment_dispute" USING btree ("payment_id","reference");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_provider_payment_id_key" ON "gramkit"."payment" USING btree ("gateway","provider_payment_id") WHERE "gramkit"."payment"."provider_payment_id" is not null;--> statement-breakpoint
CREATE INDEX "payment_user_id_index" ON "gramkit"."payment" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "payment_reference_index" ON "gramkit"."payment" USING btree (upper(right("id"::text, 8)));--> statement-breakpoint
CREATE INDEX "payment_subscription_id_index" ON "gramkit"."payment" USING btree ("subscription_id") WHERE "gramkit"."payment"."subscription_id" is not null;--> statement-breakpoint
CREATE INDEX "payment_original_payment_id_index" ON "gramkit"."payment" USING btree ("original_payment_id") WHERE "gramkit"."payment"."original_payment_id" is not null;--> statement-breakpoint
CREATE INDEX "payment_next_check_at_index" ON "gramkit"."payment" USING btree ("next_check_at") WHERE "gramkit"."payment"."next_check_at" is not null;--> statement-breakpoint
CREATE INDEX "payment_not_in_books_index" ON "gramkit"."payment" USING btree ("gateway","paid_at") WHERE "gramkit"."payment"."paid_at" is not null and "gramkit"."payment"."in_books" is null;--> statement-breakpoint
CREATE INDEX "payment_differs_index" ON "gramkit"."payment" USING btree ("gateway","id") WHERE "gramkit"."payment"."in_books" in ('different', 'missing');--> statement-breakpoint
CREATE INDEX "payment_event_payment_id_index" ON "gramkit"."payment_event" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_contact_user_id_index" ON "gramkit"."payment_contact" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_receipt_sale_key" ON "gramkit"."payment_receipt" USING btree ("payment_id") WHERE "gramkit"."payment_receipt"."kind" = 'sale';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_receipt_settlement_key" ON "gramkit"."payment_receipt" USING btree ("payment_id") WHERE "gramkit"."payment_receipt"."kind" = 'settlement' and "gramkit"."payment_receipt"."status" <> 'rejected';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_receipt_refund_key" ON "gramkit"."payment_receipt" USING btree ("refund_id") WHERE "gramkit"."payment_receipt"."refund_id" is not null;--> statement-breakpoint
CREATE INDEX "payment_receipt_payment_id_index" ON "gramkit"."payment_receipt" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_receipt_next_check_at_index" ON "gramkit"."payment_receipt" USING btree ("next_check_at") WHERE "gramkit"."payment_receipt"."next_check_at" is not null;--> statement-breakpoint
CREATE INDEX "payment_receipt_trouble_index" ON "gramkit"."payment_receipt" USING btree ("id") WHERE "gramkit"."payment_receipt"."status" = 'rejected' or ("gramkit"."payment_receipt"."status" = 'pending' and "gramkit"."payment_receipt"."overdue_at" is not null);--> statement-breakpoint
CREATE UNIQUE INDEX "payment_refund_provider_refund_id_key" ON "gramkit"."payment_refund" USING btree ("payment_id","provider_refund_id") WHERE "gramkit"."payment_refund"."provider_refund_id" is not null;--> statement-breakpoint
CREATE INDEX "payment_refund_payment_id_index" ON "gramkit"."payment_refund" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_refund_next_check_at_index" ON "gramkit"."payment_refund" USING btree ("next_check_at") WHERE "gramkit"."payment_refund"."next_check_at" is not null;--> statement-breakpoint
CREATE INDEX "payment_refund_not_in_books_index" ON "gramkit"."payment_refund" USING btree ("updated_at") WHERE "gramkit"."payment_refund"."status" = 'succeeded' and "gramkit"."payment_refund"."in_books" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "quality_alert_open_key" ON "gramkit"."quality_alert" USING btree ("metric") WHERE "gramkit"."quality_alert"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "quality_alert_escalation_index" ON "gramkit"."quality_alert" USING btree ("next_escalation_at") WHERE "gramkit"."quality_alert"."next_escalation_at" is not null;--> statement-breakpoint
CREATE INDEX "quality_snapshot_created_at_index" ON "gramkit"."quality_snapshot" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "quality_snapshot_measured_index" ON "gramkit"."quality_snapshot" USING btree ("created_at") WHERE "gramkit"."quality_snapshot"."source" = 'measured';--> statement-breakpoint
CREATE UNIQUE INDEX "referral_invitee_entry_id_key" ON "gramkit"."referral" USING btree ("invitee_entry_id");--> statement-breakpoint
CREATE UNIQUE INDEX "referral_recipient_key" ON "gramkit"."referral" USING btree ("recipient_email","inviter_entry_id");--> statement-breakpoint
CREATE INDEX "referral_inviter_entry_id_index" ON "gramkit"."referral" USING btree ("inviter_entry_id","id");--> statement-breakpoint
CREATE INDEX "referral_next_check_at_index" ON "gramkit"."referral" USING btree ("next_check_at") WHERE "gramkit"."referral"."next_check_at" is not null;--> statement-breakpoint
CREATE INDEX "referral_payment_id_index" ON "gramkit"."referral" USING btree ("payment_id") WHERE "gramkit"."referral"."payment_id" is not null;--> statement-breakpoint
CREATE INDEX "referral_signed_up_at_index" ON "gramkit"."referral" USING btree ("signed_up_at");--> statement-breakpoint
CREATE INDEX "referral_code_entry_id_index" ON "gramkit"."referral_code" USING btree ("entry_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "referral_reward_key" ON "gramkit"."referral_reward" USING btree ("entry_id","tier") WHERE "gramkit"."referral_reward"."clawed_back_at" is null;--> statement-breakpoint
CREATE INDEX "referral_reward_entry_id_index" ON "gramkit"."referral_reward" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "subscription_gift_user_id_index" ON "gramkit"."subscription_gift" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_live_key" ON "gramkit"."subscription" USING btree ("user_id","plan_group") WHERE "gramkit"."subscription"."status" <> 'expired';--> statement-breakpoint
CREATE INDEX "subscription_user_id_index" ON "gramkit"."subscription" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "subscription_first_payment_id_index" ON "gramkit"."subscription" USING btree ("first_payment_id");--> statement-breakpoint
CREATE INDEX "subscription_next_charge_at_index" ON "gramkit"."subscription" USING btree ("next_charge_at") WHERE "gramkit"."subscription"."next_charge_at" is not null;--> statement-breakpoint
CREATE INDEX "subscription_expires_at_index" ON "gramkit"."subscription" USING btree ("expires_at") WHERE "gramkit"."subscription"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "subscription_notice_at_index" ON "gramkit"."subscription" USING btree ("notice_at") WHERE "gramkit"."subscription"."notice_at" is not null;--> statement-breakpoint
CREATE INDEX "user_departure_successor_id_index" ON "gramkit"."user_departure" USING btree ("successor_id") WHERE "gramkit"."user_departure"."successor_id" is not null;--> statement-breakpoint
CREATE INDEX "user_departure_next_round_at_index" ON "gramkit"."user_departure" USING btree ("next_round_at") WHERE "gramkit"."user_departure"."next_round_at" is not null;--> statement-breakpoint
CREATE INDEX "user_export_user_id_index" ON "gramkit"."user_export" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_attribution_source_index" ON "gramkit"."user_attribution" USING btree ("source");--> statement-breakpoint
CREATE INDEX "user_attribution_invitation_index" ON "gramkit"."user_attribution" USING btree (upper("invitation" collate "C"));--> statement-breakpoint
CREATE INDEX "user_email_code_expires_at_index" ON "gramkit"."user_email_code" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "user_email_code_user_id_index" ON "gramkit"."user_email_code" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_login_link_expires_at_index" ON "gramkit"."user_login_link" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "user_login_link_session_id_index" ON "gramkit"."user_login_link" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "user_opened_init_data_expires_at_index" ON "gramkit"."user_opened_init_data" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "user_session_token_hash_key" ON "gramkit"."user_session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "user_session_user_id_index" ON "gramkit"."user_session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_active_day_day_index" ON "gramkit"."user_active_day" USING btree ("day","user_id");--> statement-breakpoint
CREATE INDEX "user_account_time_zone_index" ON "gramkit"."user_account" USING btree ("time_zone","id");--> statement-breakpoint
CREATE INDEX "user_account_role_index" ON "gramkit"."user_account" USING btree ("role") WHERE "gramkit"."user_account"."role" <> 'user';--> statement-breakpoint
CREATE INDEX "waitlist_admission_invitation_id_index" ON "gramkit"."waitlist_admission" USING btree ("invitation_id");--> statement-breakpoint
CREATE INDEX "waitlist_admission_inviter_entry_id_index" ON "gramkit"."waitlist_admission" USING btree ("inviter_entry_id");--> statement-breakpoint
CREATE INDEX "waitlist_admission_admitted_at_index" ON "gramkit"."waitlist_admission" USING btree ("admitted_at");--> statement-breakpoint
CREATE INDEX "waitlist_batch_created_at_index" ON "gramkit"."waitlist_batch" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_invite_open_key" ON "gramkit"."waitlist_invite" USING btree ("entry_id") WHERE "gramkit"."waitlist_invite"."outcome" is null;--> statement-breakpoint
CREATE INDEX "waitlist_invite_entry_id_index" ON "gramkit"."waitlist_invite" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "waitlist_invite_batch_id_index" ON "gramkit"."waitlist_invite" USING btree ("batch_id","id");--> statement-breakpoint
CREATE INDEX "waitlist_invite_issued_at_index" ON "gramkit"."waitlist_invite" USING btree ("issued_at");--> statement-breakpoint
CREATE INDEX "waitlist_invite_expires_at_index" ON "gramkit"."waitlist_invite" USING btree ("expires_at") WHERE "gramkit"."waitlist_invite"."outcome" is null;--> statement-breakpoint
CREATE INDEX "waitlist_invite_unwarned_index" ON "gramkit"."waitlist_invite" USING btree ("expires_at") WHERE "gramkit"."waitlist_invite"."outcome" is null and "gramkit"."waitlist_invite"."warned_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_class_key" ON "gramkit"."waitlist_class" USING btree ("persona","is_detailed","has_keyword","referrals","cohort");--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_entry_email_key" ON "gramkit"."waitlist_entry" USING btree ("email" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "waitlist_entry_status_index" ON "gramkit"."waitlist_entry" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "waitlist_entry_leader_index" ON "gramkit"."waitlist_entry" USING btree ("qualified_referrals" DESC NULLS LAST,"seq") WHERE "gramkit"."waitlist_entry"."qualified_referrals" > 0 and "gramkit"."waitlist_entry"."status" <> 'left';--> statement-breakpoint
CREATE INDEX "waitlist_entry_waiting_index" ON "gramkit"."waitlist_entry" USING btree ("class_id","seq") WHERE "gramkit"."waitlist_entry"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX "waitlist_entry_unconfirmed_index" ON "gramkit"."waitlist_entry" USING btree ("joined_at") WHERE "gramkit"."waitlist_entry"."status" = 'unconfirmed';--> statement-breakpoint
CREATE INDEX "waitlist_entry_joined_at_index" ON "gramkit"."waitlist_entry" USING btree ("joined_at");--> statement-breakpoint
CREATE INDEX "waitlist_entry_inviter_entry_id_index" ON "gramkit"."waitlist_entry" USING btree ("inviter_entry_id") WHERE "gramkit"."waitlist_entry"."inviter_entry_id" is not null;