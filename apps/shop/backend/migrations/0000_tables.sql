CREATE TABLE "shop"."order" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"product_id" text NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "order_payment_id_key" UNIQUE("payment_id"),
	CONSTRAINT "order_status_check" CHECK ("shop"."order"."status" in ('paid', 'refunded'))
);
--> statement-breakpoint
ALTER TABLE "shop"."order" ADD CONSTRAINT "order_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "gramkit"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shop"."order" ADD CONSTRAINT "order_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "gramkit"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_user_id_index" ON "shop"."order" USING btree ("user_id","id");