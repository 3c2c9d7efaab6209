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
--> statement-breakpoint

-- Ledger. The application inserts accounts (never with a balance) and transfers; nothing else.
REVOKE INSERT, UPDATE, DELETE ON gramkit.balance_account FROM gramkit_app;
--> statement-breakpoint
GRANT INSERT (id, user_id, system_name, unit, created_at) ON gramkit.balance_account TO gramkit_app;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON gramkit.balance_transfer FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER balance_transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.balance_transfer FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- Moves the balances of users' accounts for all transfers of one INSERT, so that a transfer without
-- its effect cannot exist. Runs as the owner: the application cannot write a balance by itself.
--
-- Locks: the original transfers of reversals, then users' accounts, both in id order. NO KEY UPDATE
-- stands beside the KEY SHARE that the foreign keys take, so two posters wait and never deadlock.
-- System accounts are not locked at all.
CREATE FUNCTION gramkit.balance_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  short record;
BEGIN
  IF EXISTS (SELECT FROM posted WHERE reversal_of IS NOT NULL) THEN
    PERFORM 1 FROM gramkit.balance_transfer t
      WHERE t.id IN (SELECT p.reversal_of FROM posted p) ORDER BY t.id FOR NO KEY UPDATE;
    IF EXISTS (
      SELECT FROM gramkit.balance_transfer original
      JOIN posted p ON p.reversal_of = original.id
      WHERE original.reversal_of IS NOT NULL
        OR p.source_account_id <> original.target_account_id
        OR p.target_account_id <> original.source_account_id
        OR original.amount < (SELECT sum(r.amount) FROM gramkit.balance_transfer r
                              WHERE r.reversal_of = original.id)
    ) THEN
      RAISE EXCEPTION 'A reversal takes back at most what its transfer moved, the other way round'
        USING ERRCODE = 'GK002';
    END IF;
  END IF;

  PERFORM 1 FROM gramkit.balance_account a
    WHERE a.user_id IS NOT NULL
      AND a.id IN (SELECT source_account_id FROM posted UNION SELECT target_account_id FROM posted)
    ORDER BY a.id FOR NO KEY UPDATE;

  UPDATE gramkit.balance_account a SET balance = a.balance + moved.amount
  FROM (
    SELECT account_id, sum(amount) AS amount FROM (
      SELECT target_account_id AS account_id, amount FROM posted
      UNION ALL SELECT source_account_id, -amount FROM posted
    ) leg GROUP BY account_id
  ) moved
  WHERE a.id = moved.account_id AND a.user_id IS NOT NULL;

  SELECT a.balance - a.held + p.amount - a.floor AS available INTO short
  FROM posted p JOIN gramkit.balance_account a ON a.id = p.source_account_id
  WHERE p.reversal_of IS NULL AND a.user_id IS NOT NULL
      AND a.balance - a.held < a.floor LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The account would fall below its floor'
      USING ERRCODE = 'GK001', DETAIL = short.available::text;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER balance_transfer_post AFTER INSERT ON gramkit.balance_transfer
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION gramkit.balance_post();
--> statement-breakpoint
-- Keeps what an account has held, and lets a hold end once. Runs as the owner, as above.
CREATE FUNCTION gramkit.balance_hold_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  account record;
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'pending' THEN
    UPDATE gramkit.balance_account a SET held = a.held + NEW.amount
      WHERE a.id = NEW.account_id AND a.user_id = NEW.user_id AND a.unit = NEW.unit
      RETURNING a.balance - a.held - a.floor AS spare INTO account;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'A hold is on an account of its user and unit' USING ERRCODE = 'GK003';
    ELSIF account.spare < 0 THEN
      RAISE EXCEPTION 'The account would fall below its floor'
        USING ERRCODE = 'GK001', DETAIL = (account.spare + NEW.amount)::text;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND OLD.status = 'pending' AND NEW.status <> 'pending' THEN
    UPDATE gramkit.balance_account a SET held = a.held - OLD.amount WHERE a.id = OLD.account_id;
  ELSE
    RAISE EXCEPTION 'A hold begins pending and ends once' USING ERRCODE = 'GK003';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER balance_hold_move AFTER INSERT OR UPDATE ON gramkit.balance_hold
  FOR EACH ROW EXECUTE FUNCTION gramkit.balance_hold_move();
--> statement-breakpoint
REVOKE UPDATE, DELETE ON gramkit.balance_hold FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (status, updated_at) ON gramkit.balance_hold TO gramkit_app;
--> statement-breakpoint
-- Wakes the relay when a transaction with events or jobs commits, and tells whose screen changes.
CREATE FUNCTION gramkit.wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gramkit_wake', '');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER outbox_event_wake AFTER INSERT ON gramkit.outbox_event
  FOR EACH STATEMENT EXECUTE FUNCTION gramkit.wake_relay();
--> statement-breakpoint
CREATE TRIGGER job_wake AFTER INSERT ON gramkit.job
  FOR EACH STATEMENT EXECUTE FUNCTION gramkit.wake_relay();
--> statement-breakpoint
CREATE FUNCTION gramkit.tell_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gramkit_user', NEW.user_id::text);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER outbox_event_tell_user AFTER INSERT ON gramkit.outbox_event
  FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION gramkit.tell_user();
--> statement-breakpoint

-- What happened stays as it was written.
REVOKE UPDATE, DELETE ON gramkit.payment_event, gramkit.audit_entry, gramkit.audit_seal FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.payment_event FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
REVOKE DELETE ON gramkit.payment, gramkit.payment_consent, gramkit.payment_refund, gramkit.subscription FROM gramkit_app;
