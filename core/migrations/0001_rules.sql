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
-- What the refusal of an account that would fall below its floor says, after the amount was taken.
CREATE FUNCTION gramkit.balance_short(account gramkit.balance_account, required numeric)
  RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('accountId', account.id, 'unit', account.unit,
    'required', required::text,
    'available', (account.balance - account.held - account.floor + required)::text)
$$;
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
  refused uuid;
  short jsonb;
BEGIN
  IF EXISTS (SELECT FROM posted WHERE reversal_of IS NOT NULL) THEN
    PERFORM 1 FROM gramkit.balance_transfer t
      WHERE t.id IN (SELECT p.reversal_of FROM posted p) ORDER BY t.id FOR NO KEY UPDATE;
    SELECT original.id INTO refused FROM gramkit.balance_transfer original
      JOIN posted p ON p.reversal_of = original.id
      WHERE original.reversal_of IS NOT NULL
        -- Of a guest who was merged the one who has their money now gives back in their place.
        OR p.source_account_id <> original.target_account_id AND NOT EXISTS (
          SELECT FROM gramkit.balance_account was
          JOIN gramkit.user_departure d ON d.user_id = was.user_id
          JOIN gramkit.balance_account heir ON heir.user_id = d.successor_id
            AND heir.unit = was.unit
          WHERE was.id = original.target_account_id AND heir.id = p.source_account_id)
        OR p.target_account_id <> original.source_account_id
        OR original.amount < (SELECT sum(r.amount) FROM gramkit.balance_transfer r
                              WHERE r.reversal_of = original.id)
      LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'A reversal takes back at most what its transfer moved, the other way round'
        USING ERRCODE = 'GK002', DETAIL = refused;
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

  SELECT gramkit.balance_short(a, taken.amount) INTO short
  FROM (SELECT source_account_id, sum(amount) AS amount FROM posted
        WHERE reversal_of IS NULL GROUP BY source_account_id) taken
  JOIN gramkit.balance_account a ON a.id = taken.source_account_id
  WHERE a.user_id IS NOT NULL
      AND a.balance - a.held < a.floor ORDER BY a.id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The account would fall below its floor'
      USING ERRCODE = 'GK001', DETAIL = short;
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
  account gramkit.balance_account;
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'pending' THEN
    UPDATE gramkit.balance_account a SET held = a.held + NEW.amount
      WHERE a.id = NEW.account_id AND a.user_id = NEW.user_id AND a.unit = NEW.unit
      RETURNING a.* INTO account;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'A hold is on an account of its user and unit' USING ERRCODE = 'GK003';
    ELSIF account.balance - account.held < account.floor THEN
      RAISE EXCEPTION 'The account would fall below its floor'
        USING ERRCODE = 'GK001', DETAIL = gramkit.balance_short(account, NEW.amount);
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
-- The only way to a floor: it writes down who did it in the same statement, and refuses a floor
-- above what the account has to spare. Waits for whoever moves the account.
CREATE FUNCTION gramkit.balance_set_floor(
  changed_id uuid, new_floor bigint, entry_id uuid, actor text, reason text, changed_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  account gramkit.balance_account;
BEGIN
  SELECT * INTO STRICT account FROM gramkit.balance_account a
    WHERE a.id = changed_id AND a.user_id IS NOT NULL FOR NO KEY UPDATE;
  IF account.floor = new_floor THEN RETURN; END IF;
  IF new_floor > account.balance - account.held THEN
    RAISE EXCEPTION 'The floor would be above what the account has'
      USING ERRCODE = 'GK004', DETAIL = (account.balance - account.held)::text;
  END IF;
  UPDATE gramkit.balance_account a SET floor = new_floor WHERE a.id = changed_id;
  INSERT INTO gramkit.audit_entry (id, actor, action, subject, facts, created_at)
  VALUES (entry_id, actor, 'balance.floor_changed', 'user:' || account.user_id,
    jsonb_build_object('unit', account.unit, 'floor', new_floor::text,
      'previous', account.floor::text, 'reason', reason), changed_at);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.balance_set_floor FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.balance_set_floor TO gramkit_app;
--> statement-breakpoint
-- Snapshots of system accounts, without keeping anybody from posting. Numbers are given before they
-- are committed, so a transfer may appear below a number that was seen already. Whoever was given
-- one up to the horizon holds ROW EXCLUSIVE on the table until its transaction ends: the horizon is
-- read first, its possible writers second, and the sums only in a statement that begins after all
-- of those have gone. While one is open the snapshot stays unfinished and the next call goes on.
CREATE FUNCTION gramkit.balance_take_snapshots(taken_at timestamptz, not_since timestamptz)
  RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  horizon bigint;
  waits_for text[];
  finished integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('gramkit.balance_snapshot'));
  SELECT s.number, s.writers INTO horizon, waits_for
    FROM gramkit.balance_snapshot s WHERE s.balance IS NULL LIMIT 1;
  IF NOT FOUND THEN
    IF EXISTS (SELECT FROM gramkit.balance_snapshot s WHERE s.created_at > not_since) THEN
      RETURN 0;
    END IF;
    horizon := pg_sequence_last_value(pg_get_serial_sequence('gramkit.balance_transfer', 'number'));
    SELECT coalesce(array_agg(l.virtualtransaction), '{}') INTO waits_for FROM pg_locks l
      WHERE l.relation = 'gramkit.balance_transfer'::regclass AND l.mode = 'RowExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    INSERT INTO gramkit.balance_snapshot (account_id, number, writers, created_at)
      SELECT a.id, horizon, waits_for, taken_at FROM gramkit.balance_account a
      WHERE a.user_id IS NULL AND horizon IS NOT NULL
      ON CONFLICT DO NOTHING;
  END IF;
  IF EXISTS (SELECT FROM pg_locks l WHERE l.virtualtransaction = ANY (waits_for)
             AND l.relation = 'gramkit.balance_transfer'::regclass) THEN
    RETURN 0;
  END IF;
  UPDATE gramkit.balance_snapshot s SET balance = coalesce(
      (SELECT b.balance FROM gramkit.balance_snapshot b WHERE b.account_id = s.account_id
         AND b.balance IS NOT NULL ORDER BY b.number DESC LIMIT 1), 0)
    + coalesce((SELECT sum(t.amount) FROM gramkit.balance_transfer t
         WHERE t.target_account_id = s.account_id AND t.number <= s.number AND t.number > since.number), 0)
    - coalesce((SELECT sum(t.amount) FROM gramkit.balance_transfer t
         WHERE t.source_account_id = s.account_id AND t.number <= s.number AND t.number > since.number), 0)
  FROM (
    SELECT u.account_id, coalesce(max(b.number), 0) AS number FROM gramkit.balance_snapshot u
    LEFT JOIN gramkit.balance_snapshot b ON b.account_id = u.account_id AND b.balance IS NOT NULL
    WHERE u.balance IS NULL GROUP BY u.account_id
  ) since
  WHERE s.balance IS NULL AND since.account_id = s.account_id;
  GET DIAGNOSTICS finished = ROW_COUNT;
  DELETE FROM gramkit.balance_snapshot s WHERE s.number < horizon
    AND EXISTS (SELECT FROM gramkit.balance_snapshot b WHERE b.account_id = s.account_id
                AND b.number = horizon AND b.balance IS NOT NULL);
  RETURN finished;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.balance_take_snapshots FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.balance_take_snapshots TO gramkit_app;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON gramkit.balance_snapshot FROM gramkit_app;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON gramkit.balance_verification, gramkit.balance_refill FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (every, period, updated_at) ON gramkit.balance_refill TO gramkit_app;
--> statement-breakpoint
-- What happened stays as it was written.
REVOKE UPDATE, DELETE ON gramkit.payment_event, gramkit.audit_entry, gramkit.audit_seal,
  gramkit.setting FROM gramkit_app;
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
CREATE TRIGGER setting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.setting FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
REVOKE UPDATE, DELETE ON gramkit.quality_snapshot, gramkit.quality_gate_change FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER quality_snapshot_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.quality_snapshot FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER quality_gate_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.quality_gate_change FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
REVOKE DELETE ON gramkit.payment, gramkit.payment_consent, gramkit.payment_dispute,
  gramkit.payment_refund, gramkit.subscription, gramkit.subscription_gift,
  gramkit.subscription_trial FROM gramkit_app;
--> statement-breakpoint

-- Invitations. The application makes them; uses, the count and the state are written by these
-- functions alone, which run as the owner.
REVOKE INSERT, UPDATE, DELETE ON gramkit.invitation, gramkit.invitation_use FROM gramkit_app;
--> statement-breakpoint
GRANT INSERT (id, code, created_by, usage_limit, expires_at, metadata, group_id, makes_friends,
  recipient, batch_id, created_at) ON gramkit.invitation TO gramkit_app;
--> statement-breakpoint
-- Decides for one person after the other, in their order, and writes what was decided; nothing is
-- given back when no invitation has the code. An outcome is a refusal, or the number of the use.
-- Locks the invitation, so that those who use one code wait for each other. Finds it and earlier
-- uses by equality in unique indexes.
CREATE FUNCTION gramkit.invitation_use_code(wanted_key text, use_ids uuid[], people text[], at timestamptz)
  RETURNS TABLE (invitation jsonb, is_expiry_new boolean, outcomes text[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_one gramkit.invitation;
  person text;
BEGIN
  SELECT * INTO found_one FROM gramkit.invitation i WHERE i.code_key = wanted_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  is_expiry_new := found_one.status = 'active' AND coalesce(found_one.expires_at <= at, false);
  IF is_expiry_new THEN found_one.status := 'expired'; END IF;
  outcomes := '{}';
  FOR place IN 1 .. cardinality(people) LOOP
    person := people[place];
    IF found_one.recipient <> person THEN
      outcomes := outcomes || 'for_somebody_else'::text;
    ELSIF EXISTS (SELECT FROM gramkit.invitation_use u
                  WHERE u.used_by = person AND u.invitation_id = found_one.id) THEN
      outcomes := outcomes || 'already_used'::text;
    ELSIF found_one.status <> 'active' THEN
      outcomes := outcomes || found_one.status;
    ELSIF found_one.created_by = person THEN
      outcomes := outcomes || 'own_code'::text;
    ELSE
      INSERT INTO gramkit.invitation_use (id, invitation_id, used_by, used_at)
        VALUES (use_ids[place], found_one.id, person, at);
      found_one.use_count := found_one.use_count + 1;
      IF found_one.use_count = found_one.usage_limit THEN found_one.status := 'used'; END IF;
      outcomes := outcomes || found_one.use_count::text;
    END IF;
  END LOOP;
  UPDATE gramkit.invitation i SET status = found_one.status, use_count = found_one.use_count
    WHERE i.id = found_one.id
      AND (i.status, i.use_count) IS DISTINCT FROM (found_one.status, found_one.use_count);
  invitation := to_jsonb(found_one);
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Takes an active invitation back; false when it had ended already.
CREATE FUNCTION gramkit.invitation_revoke(revoked_id uuid, by_whom text, why text, at timestamptz)
  RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE gramkit.invitation i
    SET status = 'revoked', revoked_at = at, revoked_by = by_whom, revocation_reason = why
    WHERE i.id = revoked_id AND i.status = 'active';
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- Stores that the time of some is over and gives these. Leaves out what others hold, so that
-- sweepers do not wait for each other and each row is given to one of them.
CREATE FUNCTION gramkit.invitation_expire(at timestamptz, most integer)
  RETURNS SETOF gramkit.invitation LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH due AS MATERIALIZED (
    SELECT d.id FROM gramkit.invitation d WHERE d.status = 'active' AND d.expires_at <= at
    ORDER BY d.expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE gramkit.invitation i SET status = 'expired' FROM due WHERE i.id = due.id RETURNING i.*
$$;
--> statement-breakpoint
-- Makes the user's what a guest made, may use and has used. A use that the user has as well stays the
-- guest's. Locks the invitations in the order of their ids, so that nobody uses one meanwhile.
CREATE FUNCTION gramkit.invitation_move_person(guest text, person text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM gramkit.invitation i
    WHERE i.created_by = guest OR i.recipient = guest
      OR i.id IN (SELECT u.invitation_id FROM gramkit.invitation_use u WHERE u.used_by = guest)
    ORDER BY i.id FOR NO KEY UPDATE;
  UPDATE gramkit.invitation i SET created_by = person WHERE i.created_by = guest;
  UPDATE gramkit.invitation i SET recipient = person WHERE i.recipient = guest;
  UPDATE gramkit.invitation_use u SET used_by = person WHERE u.used_by = guest
    AND NOT EXISTS (SELECT FROM gramkit.invitation_use o
                    WHERE o.used_by = person AND o.invitation_id = u.invitation_id);
END $$;
--> statement-breakpoint
-- Takes what somebody wrote out of the invitations they made: the codes they chose as well, also
-- where it is told that others came by them.
CREATE FUNCTION gramkit.invitation_forget_person(person text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH written AS MATERIALIZED (
    SELECT i.id, i.code_key,
      'ERASED-' || left(replace(gen_random_uuid()::text, '-', ''), 25) AS new_code
    FROM gramkit.invitation i
    WHERE i.created_by = person
      AND (i.metadata <> '{}' OR i.recipient IS NOT NULL OR i.revocation_reason IS NOT NULL
           OR i.code !~ '^ERASED-[0-9a-f]{25}$')
    ORDER BY i.id FOR NO KEY UPDATE
  ), came AS (
    UPDATE gramkit.user_attribution a SET invitation = w.new_code FROM written w
      WHERE upper(a.invitation COLLATE "C") = w.code_key
  )
  UPDATE gramkit.invitation i
    SET metadata = '{}', recipient = NULL, revocation_reason = NULL, code = w.new_code
    FROM written w WHERE i.id = w.id
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.invitation_use_code, gramkit.invitation_revoke,
  gramkit.invitation_expire, gramkit.invitation_move_person, gramkit.invitation_forget_person
  FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.invitation_use_code, gramkit.invitation_revoke,
  gramkit.invitation_expire, gramkit.invitation_move_person, gramkit.invitation_forget_person
  TO gramkit_app;
--> statement-breakpoint

-- Groups. The application writes titles and roles; the database counts members and keeps owners.
REVOKE INSERT, UPDATE ON gramkit."group" FROM gramkit_app;
--> statement-breakpoint
GRANT INSERT (id, title, created_by, member_max, created_at, updated_at), UPDATE (title, created_by, updated_at)
  ON gramkit."group" TO gramkit_app;
--> statement-breakpoint
REVOKE UPDATE ON gramkit.group_member FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (role) ON gramkit.group_member TO gramkit_app;
--> statement-breakpoint
-- Counts who comes and goes in the same statement, so that group_member_count_check refuses whoever
-- is one too many. Locks the groups in id order; runs as the owner, as the application cannot.
CREATE FUNCTION gramkit.group_count_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM gramkit."group" g WHERE g.id IN (SELECT c.group_id FROM changed c)
    ORDER BY g.id FOR NO KEY UPDATE;
  UPDATE gramkit."group" g SET member_count = g.member_count
      + CASE TG_OP WHEN 'INSERT' THEN moved.members ELSE -moved.members END
    FROM (SELECT c.group_id, count(*) AS members FROM changed c GROUP BY c.group_id) moved
    WHERE g.id = moved.group_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER group_member_joined AFTER INSERT ON gramkit.group_member
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION gramkit.group_count_members();
--> statement-breakpoint
CREATE TRIGGER group_member_left AFTER DELETE ON gramkit.group_member
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION gramkit.group_count_members();
--> statement-breakpoint
-- At the end of a transaction every group that is there has an owner; that there are never two is
-- kept by group_member_owner_key.
CREATE FUNCTION gramkit.group_owned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  checked uuid;
BEGIN
  IF TG_TABLE_NAME = 'group' THEN checked := NEW.id; ELSE checked := OLD.group_id; END IF;
  IF EXISTS (SELECT FROM gramkit."group" g WHERE g.id = checked) AND NOT EXISTS
    (SELECT FROM gramkit.group_member m WHERE m.group_id = checked AND m.role = 'owner') THEN
    RAISE EXCEPTION 'A group has an owner' USING ERRCODE = 'GK010', DETAIL = checked;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER group_owned AFTER INSERT ON gramkit."group"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gramkit.group_owned();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER group_owned AFTER UPDATE OR DELETE ON gramkit.group_member
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner')
  EXECUTE FUNCTION gramkit.group_owned();
--> statement-breakpoint
-- accounts: who somebody turned out to be is never changed, as money follows it.
REVOKE UPDATE, DELETE ON gramkit.user_departure FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (rounds, next_round_at) ON gramkit.user_departure TO gramkit_app;
--> statement-breakpoint

-- Waitlist. Entries stay, also of those who left; classes are never changed; triggers alone count.
REVOKE DELETE ON gramkit.waitlist_entry, gramkit.waitlist_batch, gramkit.waitlist_invite
  FROM gramkit_app;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON gramkit.waitlist_admission FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (network_hash) ON gramkit.waitlist_admission TO gramkit_app;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON gramkit.waitlist_class FROM gramkit_app;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON gramkit.waitlist_class_count, gramkit.waitlist_bucket_count
  FROM gramkit_app;
--> statement-breakpoint
-- The score of each class by the weights of its cohort: what componentsOf and scoreOf of score.ts add
-- up to. The weights are taken out of their JSON once (OFFSET 0), not for each class.
CREATE FUNCTION gramkit.waitlist_scores(weights jsonb)
  RETURNS TABLE (class_id integer, score integer) LANGUAGE sql STABLE AS $$
  SELECT c.id, w.points + CASE WHEN c.is_detailed THEN w.detail ELSE 0 END
    + CASE WHEN c.has_keyword THEN w.keyword ELSE 0 END
    + least(c.referrals * w.referral, w.referral_max)
  FROM gramkit.waitlist_class c
  JOIN (
    SELECT cohort.key AS cohort, persona.key AS persona, persona.value::integer AS points,
      (cohort.value->>'detail')::integer AS detail, (cohort.value->>'keyword')::integer AS keyword,
      (cohort.value->>'referral')::integer AS referral,
      (cohort.value->>'referralMax')::integer AS referral_max
    FROM jsonb_each(weights) cohort, jsonb_each_text(cohort.value->'persona') persona OFFSET 0
  ) w ON w.cohort = c.cohort AND w.persona = c.persona
$$;
--> statement-breakpoint
-- Counts whoever comes, goes and changes in the same statement, so that positions are exact. Runs as
-- the owner, as the application cannot write counts.
--
-- Locks: rows of the backend's own stripe, in the order of their keys, so that joins at once seldom
-- wait for each other and those of one statement never deadlock.
CREATE FUNCTION gramkit.waitlist_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own smallint := pg_backend_pid() % 4;
  moved jsonb;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT jsonb_agg(m) INTO moved FROM (
      SELECT c.class_id, c.status, c.seq >> 12 AS bucket, count(*) AS entries
      FROM came c GROUP BY 1, 2, 3) m;
  ELSE
    SELECT jsonb_agg(m) INTO moved FROM (
      SELECT b.class_id, b.status, b.seq >> 12 AS bucket, sum(b.entries) AS entries
      FROM (SELECT class_id, status, seq, 1 AS entries FROM came
            UNION ALL SELECT class_id, status, seq, -1 FROM gone) b
      GROUP BY 1, 2, 3 HAVING sum(b.entries) <> 0) m;
  END IF;
  IF moved IS NULL THEN RETURN NULL; END IF;
  INSERT INTO gramkit.waitlist_class_count AS known (class_id, status, stripe, entries)
    SELECT m.class_id, m.status, own, sum(m.entries)
    FROM jsonb_to_recordset(moved) AS m (class_id integer, status text, entries integer)
    GROUP BY 1, 2 HAVING sum(m.entries) <> 0 ORDER BY 2, 1
    ON CONFLICT (status, class_id, stripe) DO UPDATE SET entries = known.entries + EXCLUDED.entries;
  INSERT INTO gramkit.waitlist_bucket_count AS known (class_id, bucket, stripe, waiting)
    SELECT m.class_id, m.bucket, own, m.entries
    FROM jsonb_to_recordset(moved) AS m (class_id integer, status text, bucket integer, entries integer)
    WHERE m.status = 'waiting' ORDER BY 1, 2
    ON CONFLICT (class_id, bucket, stripe) DO UPDATE SET waiting = known.waiting + EXCLUDED.waiting;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER waitlist_entry_joined AFTER INSERT ON gramkit.waitlist_entry
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION gramkit.waitlist_count();
--> statement-breakpoint
CREATE TRIGGER waitlist_entry_changed AFTER UPDATE ON gramkit.waitlist_entry
  REFERENCING NEW TABLE AS came OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION gramkit.waitlist_count();
--> statement-breakpoint

-- Billing. Every table of billing belongs to tenants: the application sees and writes the rows of the
-- tenant that its transaction has entered, and none outside of one. The owner, who migrates, copies
-- and restores, is not bound (no FORCE): the functions below run as the owner and look across tenants.
--
-- The setting is read once for a statement (the subquery), and is empty again after the transaction.
DO $$
DECLARE
  billing regclass;
BEGIN
  FOR billing IN
    SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'gramkit'::regnamespace
      AND c.relkind IN ('r', 'p') AND c.relname LIKE 'billing\_%'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', billing);
    EXECUTE format($policy$CREATE POLICY tenant ON %s TO gramkit_app
      USING (tenant_id = (SELECT nullif(current_setting('gramkit.tenant', true), '')::uuid))
      WITH CHECK (tenant_id = (SELECT nullif(current_setting('gramkit.tenant', true), '')::uuid))
      $policy$, billing);
  END LOOP;
END $$;
--> statement-breakpoint
-- Audit: what a stream of a tenant tells is seen and written inside the tenant alone; the sealer finds
-- what waits for it by audit_unsealed_streams, and enters one tenant after the other.
DO $$
DECLARE
  audited regclass;
BEGIN
  FOREACH audited IN ARRAY ARRAY['gramkit.audit_entry', 'gramkit.audit_seal', 'gramkit.audit_unsealed']::regclass[]
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', audited);
    EXECUTE format($policy$CREATE POLICY stream ON %s TO gramkit_app
      USING (stream NOT LIKE 'tenant:%%' OR split_part(stream, ':', 2) = (SELECT current_setting('gramkit.tenant', true)))
      WITH CHECK (stream NOT LIKE 'tenant:%%' OR split_part(stream, ':', 2) = (SELECT current_setting('gramkit.tenant', true)))
      $policy$, audited);
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON gramkit.audit_unsealed FROM gramkit_app;
--> statement-breakpoint
-- What is written waits for the sealer until its seal is written; both run as the owner.
CREATE FUNCTION gramkit.audit_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'audit_entry' THEN
    INSERT INTO gramkit.audit_unsealed (entry_id, stream, created_at)
      SELECT w.id, w.stream, w.created_at FROM written w;
  ELSE
    DELETE FROM gramkit.audit_unsealed u USING written w WHERE u.entry_id = w.entry_id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entry_waits AFTER INSERT ON gramkit.audit_entry
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION gramkit.audit_wait();
--> statement-breakpoint
CREATE TRIGGER audit_seal_ends_wait AFTER INSERT ON gramkit.audit_seal
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION gramkit.audit_wait();
--> statement-breakpoint
CREATE FUNCTION gramkit.audit_unsealed_streams(most integer)
  RETURNS TABLE (stream text, since timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.stream, min(u.created_at) FROM gramkit.audit_unsealed u GROUP BY 1 ORDER BY 2, 1 LIMIT most
$$;
--> statement-breakpoint
-- Each stream by one step in the index, not by its entries.
CREATE FUNCTION gramkit.audit_streams(after text, most integer) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE step AS (
    SELECT min(e.stream) AS stream FROM gramkit.audit_entry e WHERE e.stream > after
    UNION ALL
    SELECT (SELECT min(e.stream) FROM gramkit.audit_entry e WHERE e.stream > step.stream)
    FROM step WHERE step.stream IS NOT NULL
  )
  SELECT step.stream FROM step WHERE step.stream IS NOT NULL LIMIT most
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.audit_unsealed_streams, gramkit.audit_streams FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.audit_unsealed_streams, gramkit.audit_streams TO gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_api_key, gramkit.billing_coupon, gramkit.billing_coupon_plan,
  gramkit.billing_coupon_redemption, gramkit.billing_customer, gramkit.billing_payment_method,
  gramkit.billing_plan, gramkit.billing_plan_version, gramkit.billing_tenant FROM gramkit_app;
--> statement-breakpoint
-- A coupon is changed in nothing but when it ends; redemptions alone move its count.
REVOKE UPDATE ON gramkit.billing_coupon FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (archived_at, updated_at) ON gramkit.billing_coupon TO gramkit_app;
--> statement-breakpoint
REVOKE UPDATE ON gramkit.billing_coupon_plan, gramkit.billing_coupon_redemption FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (invoice_count) ON gramkit.billing_coupon_redemption TO gramkit_app;
--> statement-breakpoint
-- What was counted is never changed, nor what was billed of it.
REVOKE UPDATE, DELETE ON gramkit.billing_meter, gramkit.billing_usage_event,
  gramkit.billing_usage_reading FROM gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_quota, gramkit.billing_reservation FROM gramkit_app;
--> statement-breakpoint
-- What is told to webhooks is never changed, nor who tried when; only what became of it.
REVOKE UPDATE ON gramkit.billing_webhook_delivery, gramkit.billing_webhook_attempt FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (state, attempts, attempts_max, due_at, delivered_at, updated_at)
  ON gramkit.billing_webhook_delivery TO gramkit_app;
--> statement-breakpoint
GRANT UPDATE (status, problem) ON gramkit.billing_webhook_attempt TO gramkit_app;
--> statement-breakpoint
REVOKE UPDATE ON gramkit.billing_api_key FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (revoked_at, last_used_on) ON gramkit.billing_api_key TO gramkit_app;
--> statement-breakpoint
-- Counts redemptions in the same statement, so that billing_coupon_redemptions_check refuses whoever
-- is one too many. Locks the coupons in id order; runs as the owner, as the application cannot count.
CREATE FUNCTION gramkit.billing_coupon_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM gramkit.billing_coupon c
    WHERE (c.tenant_id, c.id) IN (SELECT r.tenant_id, r.coupon_id FROM redeemed r)
    ORDER BY c.tenant_id, c.id FOR NO KEY UPDATE;
  UPDATE gramkit.billing_coupon c SET redemption_count = c.redemption_count + counted.redemptions
    FROM (SELECT r.tenant_id, r.coupon_id, count(*) AS redemptions FROM redeemed r GROUP BY 1, 2) counted
    WHERE c.tenant_id = counted.tenant_id AND c.id = counted.coupon_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_coupon_redeemed AFTER INSERT ON gramkit.billing_coupon_redemption
  REFERENCING NEW TABLE AS redeemed FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_coupon_count();
--> statement-breakpoint
-- What is published is never changed, by nobody: whoever has a version keeps it.
CREATE FUNCTION gramkit.billing_plan_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A published version of a plan is never changed'
    USING ERRCODE = 'restrict_violation', DETAIL = OLD.id;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_plan_version_kept BEFORE UPDATE OR DELETE ON gramkit.billing_plan_version
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION gramkit.billing_plan_version_kept();
--> statement-breakpoint
-- What looks across tenants gives ids and nothing else.
CREATE FUNCTION gramkit.billing_tenants(after uuid, most integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id FROM gramkit.billing_tenant t WHERE after IS NULL OR t.tenant_id > after
  ORDER BY t.tenant_id LIMIT most
$$;
--> statement-breakpoint
-- Of which tenants somebody is a customer; finds them by billing_customer_user_id_index.
CREATE FUNCTION gramkit.billing_tenants_of_user(person uuid) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT c.tenant_id FROM gramkit.billing_customer c WHERE c.user_id = person ORDER BY 1
$$;
--> statement-breakpoint
-- Whose an API key is, by its hash; nothing for nobody's.
CREATE FUNCTION gramkit.billing_tenant_of_key(key_hash text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.tenant_id FROM gramkit.billing_api_key k WHERE k.hash = key_hash LIMIT 1
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.billing_tenants, gramkit.billing_tenants_of_user,
  gramkit.billing_tenant_of_key FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.billing_tenants, gramkit.billing_tenants_of_user,
  gramkit.billing_tenant_of_key TO gramkit_app;
GRANT EXECUTE ON FUNCTION gramkit.billing_tenants, gramkit.billing_tenants_of_user TO gramkit_app;
--> statement-breakpoint
-- A tax rate is added, or removed where it was wrong; an exchange rate is added alone.
REVOKE UPDATE ON gramkit.billing_tax_rate, gramkit.billing_exchange_rate FROM gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_exchange_rate FROM gramkit_app;
--> statement-breakpoint
-- Invoices. The application makes drafts and throws them away; these functions alone finalize an
-- invoice and move its state and what was paid. It may touch `updated_at`, which is how it locks.
REVOKE UPDATE ON gramkit.billing_invoice, gramkit.billing_invoice_line FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (updated_at) ON gramkit.billing_invoice TO gramkit_app;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON gramkit.billing_invoice_series FROM gramkit_app;
--> statement-breakpoint
-- Keeps what a finalized invoice says, from everybody, and its state on the ways there are.
CREATE FUNCTION gramkit.billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moving constant text[] := ARRAY['state', 'paid', 'credited', 'updated_at'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'An invoice begins as a draft' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'Invoice % stays', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state <> 'draft' AND to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
    RAISE EXCEPTION 'Invoice % is finalized: it is corrected by a credit note', OLD.number
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
    ('draft', 'finalized'), ('draft', 'partially_paid'), ('draft', 'paid'),
    ('finalized', 'partially_paid'), ('finalized', 'paid'), ('finalized', 'overdue'),
    ('finalized', 'void'), ('finalized', 'uncollectible'),
    ('partially_paid', 'paid'), ('partially_paid', 'finalized'), ('partially_paid', 'overdue'),
    ('partially_paid', 'uncollectible'),
    ('paid', 'partially_paid'), ('paid', 'finalized'),
    ('overdue', 'paid'), ('overdue', 'void'), ('overdue', 'uncollectible'),
    ('uncollectible', 'paid')
  ) THEN
    RAISE EXCEPTION 'An invoice that is % does not become %', OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_invoice_guarded BEFORE INSERT OR UPDATE OR DELETE ON gramkit.billing_invoice
  FOR EACH ROW EXECUTE FUNCTION gramkit.billing_guard_invoice();
--> statement-breakpoint
-- Lines come and go with drafts alone. The lock keeps an invoice from being finalized meanwhile.
CREATE FUNCTION gramkit.billing_guard_lines() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- By itself: a condition on the rows that are locked would be tested first, and lock no draft.
  PERFORM FROM gramkit.billing_invoice i
    WHERE (i.tenant_id, i.id) IN (SELECT t.tenant_id, t.invoice_id FROM touched t)
    ORDER BY i.tenant_id, i.id FOR SHARE;
  IF EXISTS (
    SELECT FROM gramkit.billing_invoice i
    WHERE (i.tenant_id, i.id) IN (SELECT t.tenant_id, t.invoice_id FROM touched t)
      AND i.state <> 'draft'
  ) THEN
    RAISE EXCEPTION 'The lines of a finalized invoice stay' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_invoice_line_added AFTER INSERT ON gramkit.billing_invoice_line
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_guard_lines();
--> statement-breakpoint
CREATE TRIGGER billing_invoice_line_changed AFTER UPDATE ON gramkit.billing_invoice_line
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_guard_lines();
--> statement-breakpoint
CREATE TRIGGER billing_invoice_line_removed AFTER DELETE ON gramkit.billing_invoice_line
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_guard_lines();
--> statement-breakpoint
CREATE TRIGGER billing_invoice_kept BEFORE TRUNCATE ON gramkit.billing_invoice
  FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_invoice_line_kept BEFORE TRUNCATE ON gramkit.billing_invoice_line
  FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- Credit of customers: entries are added alone, and a trigger counts them in the same statement, so
-- that billing_credit_balance_amount_check refuses who spends too much. `updated_at` is how a balance
-- is locked.
REVOKE UPDATE, DELETE ON gramkit.billing_credit_entry FROM gramkit_app;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON gramkit.billing_credit_balance FROM gramkit_app;
--> statement-breakpoint
GRANT UPDATE (updated_at) ON gramkit.billing_credit_balance TO gramkit_app;
--> statement-breakpoint
CREATE TRIGGER billing_credit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_credit_entry FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE FUNCTION gramkit.billing_count_credit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO gramkit.billing_credit_balance (tenant_id, customer_id, currency, amount, updated_at)
    SELECT a.tenant_id, a.customer_id, a.currency, 0, max(a.created_at) FROM added a
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;
  PERFORM FROM gramkit.billing_credit_balance b
    WHERE (b.tenant_id, b.customer_id, b.currency) IN (SELECT a.tenant_id, a.customer_id, a.currency FROM added a)
    ORDER BY b.tenant_id, b.customer_id, b.currency FOR UPDATE;
  UPDATE gramkit.billing_credit_balance b SET amount = b.amount + s.amount, updated_at = s.at
    FROM (
      SELECT a.tenant_id, a.customer_id, a.currency, sum(a.amount) AS amount, max(a.created_at) AS at
      FROM added a GROUP BY 1, 2, 3
    ) s
    WHERE (b.tenant_id, b.customer_id, b.currency) = (s.tenant_id, s.customer_id, s.currency);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_credit_counted AFTER INSERT ON gramkit.billing_credit_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_count_credit();
--> statement-breakpoint
-- What was done about what is owed, and what being late cost.
REVOKE UPDATE, DELETE ON gramkit.billing_dunning_step, gramkit.billing_late_fee FROM gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_dunning, gramkit.billing_dunning_policy,
  gramkit.billing_late_invoice, gramkit.billing_late_fee_policy FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER billing_dunning_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_dunning_step FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_late_fee_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_late_fee FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- Credit notes. The application writes none but by this function, and nobody changes one.
REVOKE INSERT, UPDATE, DELETE ON gramkit.billing_credit_note, gramkit.billing_credit_note_line,
  gramkit.billing_credit_note_series FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER billing_credit_note_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_credit_note FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_credit_note_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_credit_note_line FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- Issues a credit note for an invoice of the tenant that was entered. It lowers what the invoice asks
-- for; what is beyond that was paid, and is taken out of what was paid. billing_invoice_paid_check
-- refuses what is more than the invoice. Whoever is after another waits at the invoice and then at the
-- counter.
CREATE FUNCTION gramkit.billing_issue_credit_note(
  note jsonb, note_lines jsonb, in_series text, at timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant constant uuid := nullif(current_setting('gramkit.tenant', true), '')::uuid;
  n gramkit.billing_credit_note := jsonb_populate_record(NULL::gramkit.billing_credit_note, note);
  i gramkit.billing_invoice;
BEGIN
  SELECT * INTO i FROM gramkit.billing_invoice
    WHERE tenant_id = tenant AND id = n.invoice_id AND state NOT IN ('draft', 'void') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'No invoice % asks for anything', n.invoice_id USING ERRCODE = 'check_violation';
  END IF;
  n.tenant_id := tenant;
  n.customer_id := i.customer_id;
  n.currency := i.currency;
  n.created_at := at;
  n.lowered := least(n.total, i.total - i.paid - i.credited);
  n.released := n.total - n.lowered;
  n.series := in_series;
  UPDATE gramkit.billing_invoice SET
    credited = i.credited + n.total, paid = i.paid - n.released, updated_at = at,
    state = CASE WHEN i.paid + i.credited + n.lowered = i.total THEN 'paid' ELSE i.state END
    WHERE tenant_id = tenant AND id = i.id;
  INSERT INTO gramkit.billing_credit_note_series AS s (tenant_id, series, last)
    VALUES (tenant, in_series, 1)
    ON CONFLICT (tenant_id, series) DO UPDATE SET last = s.last + 1 RETURNING s.last INTO n.sequence;
  n.number := in_series || '-' || lpad(n.sequence::text, greatest(6, length(n.sequence::text)), '0');
  INSERT INTO gramkit.billing_credit_note SELECT n.*;
  INSERT INTO gramkit.billing_credit_note_line
    SELECT r.* FROM jsonb_populate_recordset(NULL::gramkit.billing_credit_note_line,
      (SELECT jsonb_agg(l || jsonb_build_object('tenant_id', tenant, 'credit_note_id', n.id))
       FROM jsonb_array_elements(note_lines) l)) r;
  IF NOT EXISTS (
    SELECT FROM gramkit.billing_credit_note_line l WHERE l.tenant_id = tenant AND l.credit_note_id = n.id
    HAVING (sum(l.net + l.discount), sum(l.discount), sum(l.tax))
      = (n.subtotal::numeric, n.discount::numeric, n.tax::numeric)
  ) THEN
    RAISE EXCEPTION 'The lines of credit note % do not add up to it', n.id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM gramkit.billing_credit_note_line l
      JOIN gramkit.billing_invoice_line o ON o.tenant_id = l.tenant_id AND o.id = l.invoice_line_id
    WHERE l.tenant_id = tenant AND l.invoice_line_id IN (
      SELECT c.invoice_line_id FROM gramkit.billing_credit_note_line c
      WHERE c.tenant_id = tenant AND c.credit_note_id = n.id)
    GROUP BY o.id, o.invoice_id, o.net, o.discount, o.tax
    HAVING o.invoice_id <> i.id
      OR NOT sum(l.net) BETWEEN least(o.net, 0) AND greatest(o.net, 0)
      OR NOT sum(l.discount) BETWEEN least(o.discount, 0) AND greatest(o.discount, 0)
      OR NOT sum(l.tax) BETWEEN least(o.tax, 0) AND greatest(o.tax, 0)
  ) THEN
    RAISE EXCEPTION 'A line of invoice % is taken back by more than it asked for', i.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN n.number;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.billing_issue_credit_note FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.billing_issue_credit_note TO gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_subscription, gramkit.billing_run FROM gramkit_app;
--> statement-breakpoint
-- What a subscription cost is never written anew.
REVOKE UPDATE, DELETE ON gramkit.billing_subscription_revision FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER billing_subscription_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_subscription_revision FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- Finalizes the drafts among some invoices of the tenant that was entered: numbers them in the order
-- of their ids, without a gap, as the counter's row is taken back with a transaction that fails.
-- Whoever is after another waits at the counter, so this is the last that a transaction does.
CREATE FUNCTION gramkit.billing_finalize_invoices(
  ids uuid[], dues date[], overdues timestamptz[], in_series text, issued date, at timestamptz
) RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant constant uuid := nullif(current_setting('gramkit.tenant', true), '')::uuid;
  wrong uuid;
BEGIN
  PERFORM FROM gramkit.billing_invoice i
    WHERE i.tenant_id = tenant AND i.id = ANY (ids) AND i.state = 'draft' ORDER BY i.id FOR UPDATE;
  SELECT i.id INTO wrong FROM gramkit.billing_invoice i
    LEFT JOIN LATERAL (
      SELECT sum(l.net + l.discount) AS subtotal, sum(l.discount) AS discount, sum(l.tax) AS tax
      FROM gramkit.billing_invoice_line l WHERE l.tenant_id = tenant AND l.invoice_id = i.id
    ) lines ON true
    WHERE i.tenant_id = tenant AND i.id = ANY (ids) AND i.state = 'draft'
      AND (lines.subtotal, lines.discount, lines.tax) IS DISTINCT FROM
          (i.subtotal::numeric, i.discount::numeric, i.tax::numeric) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The lines of invoice % do not add up to it', wrong
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
    WITH placed AS MATERIALIZED (
      SELECT i.id, row_number() OVER (ORDER BY i.id) AS place, count(*) OVER () AS size
      FROM gramkit.billing_invoice i
      WHERE i.tenant_id = tenant AND i.id = ANY (ids) AND i.state = 'draft'
    ), counter AS (
      INSERT INTO gramkit.billing_invoice_series AS s (tenant_id, series, last)
      SELECT tenant, in_series, count(*) FROM placed HAVING count(*) > 0
      ON CONFLICT (tenant_id, series) DO UPDATE SET last = s.last + excluded.last
      RETURNING s.last
    ), numbered AS (
      SELECT p.id, c.last - p.size + p.place AS sequence, g.due, g.overdue,
        -- The credit that was set aside for it.
        coalesce((SELECT -sum(e.amount) FROM gramkit.billing_credit_entry e
          WHERE e.tenant_id = tenant AND e.invoice_id = p.id AND e.reason = 'applied'), 0)::bigint AS paid
      FROM placed p JOIN unnest(ids, dues, overdues) AS g (id, due, overdue) USING (id), counter c
    )
    UPDATE gramkit.billing_invoice i SET
      paid = n.paid,
      state = CASE WHEN n.paid = i.total THEN 'paid' WHEN n.paid > 0 THEN 'partially_paid'
        ELSE 'finalized' END,
      series = in_series, sequence = n.sequence,
      number = in_series || '-' || lpad(n.sequence::text, greatest(6, length(n.sequence::text)), '0'),
      issued_on = issued, due_on = n.due, overdue_at = n.overdue, finalized_at = at, updated_at = at
    FROM numbered n WHERE i.tenant_id = tenant AND i.id = n.id
    RETURNING i.id;
END $$;
--> statement-breakpoint
-- Moves the state of invoices of the tenant that was entered, and what was paid of each.
CREATE FUNCTION gramkit.billing_move_invoices(
  ids uuid[], aim text, payment bigint, at timestamptz
) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE gramkit.billing_invoice i SET state = aim, paid = i.paid + payment, updated_at = at
  WHERE i.tenant_id = nullif(current_setting('gramkit.tenant', true), '')::uuid
    AND i.id = ANY (ids) AND i.state <> 'draft'
  RETURNING i.id
$$;
--> statement-breakpoint
-- Payments of invoices, and what went back of them, stay.
REVOKE DELETE ON gramkit.billing_invoice_payment, gramkit.billing_invoice_return FROM gramkit_app;
--> statement-breakpoint
-- Invoices that are to be charged for the first time, and when: of the tenant that was entered, or of
-- all. What was charged once is tried again by whoever sees to late invoices; a payment that somebody
-- is at is waited for. Whoever got money back is not charged for it again.
CREATE FUNCTION gramkit.billing_charges(entered boolean)
  RETURNS TABLE (tenant_id uuid, invoice_id uuid, at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.tenant_id, i.id, i.due_on::timestamp AT TIME ZONE i.time_zone
  FROM gramkit.billing_invoice i
    JOIN gramkit.billing_customer c ON (c.tenant_id, c.id) = (i.tenant_id, i.customer_id)
    JOIN gramkit.billing_payment_method m
      ON (m.tenant_id, m.customer_id) = (i.tenant_id, i.customer_id) AND m.is_default
  WHERE i.state IN ('finalized', 'partially_paid', 'overdue') AND c.auto_charge
    AND (NOT entered OR i.tenant_id = nullif(current_setting('gramkit.tenant', true), '')::uuid)
    AND NOT EXISTS (
      SELECT FROM gramkit.billing_invoice_payment p
      WHERE (p.tenant_id, p.invoice_id) = (i.tenant_id, i.id)
        AND (p.attempt IS NOT NULL OR p.state = 'open' OR p.taken_back > 0))
$$;
--> statement-breakpoint
-- Of which tenants work has fallen due; finds them by the index of each kind.
CREATE FUNCTION gramkit.billing_due_tenants(kind text, now timestamptz, most integer)
  RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT d.tenant_id FROM (
    SELECT i.tenant_id FROM gramkit.billing_invoice i
    WHERE kind = 'overdue' AND i.state IN ('finalized', 'partially_paid') AND i.overdue_at <= now
    UNION ALL
    SELECT c.tenant_id FROM gramkit.billing_recognition c
    WHERE kind = 'recognition' AND c.due_at <= now
    UNION ALL
    SELECT g.tenant_id FROM gramkit.billing_dunning g WHERE kind = 'dunning' AND g.due_at <= now
    UNION ALL
    SELECT l.tenant_id FROM gramkit.billing_late_invoice l WHERE kind = 'late_fee' AND l.due_at <= now
    UNION ALL
    SELECT r.tenant_id FROM gramkit.billing_run r
    WHERE kind = 'billing' AND r.state IN ('billing', 'finalizing')
    UNION ALL
    SELECT s.tenant_id FROM gramkit.billing_subscription s
    WHERE kind = 'billing' AND s.due_at <= now AND NOT EXISTS (
      SELECT FROM gramkit.billing_run r WHERE r.tenant_id = s.tenant_id
        AND (r.state = 'waiting' OR (r.state = 'rejected' AND r.decided_at > now - interval '1 day')))
    UNION ALL
    SELECT w.tenant_id FROM gramkit.billing_webhook_delivery w
    WHERE kind = 'webhooks' AND w.state = 'pending' AND w.due_at <= now
    UNION ALL
    SELECT w.tenant_id FROM gramkit.billing_webhook_delivery w
    WHERE kind = 'webhooks_over' AND w.state <> 'pending' AND w.updated_at < now
    UNION ALL
    SELECT c.tenant_id FROM gramkit.billing_charges(false) c WHERE kind = 'charge' AND c.at <= now
    UNION ALL
    SELECT q.tenant_id FROM gramkit.billing_quota q WHERE kind = 'quota' AND q.due_at <= now
  ) d ORDER BY 1 LIMIT most
$$;
--> statement-breakpoint
-- When the earliest work of a kind falls due.
CREATE FUNCTION gramkit.billing_next_due(kind text)
  RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE kind
    WHEN 'overdue' THEN (SELECT min(i.overdue_at) FROM gramkit.billing_invoice i
      WHERE i.state IN ('finalized', 'partially_paid'))
    WHEN 'recognition' THEN
      (SELECT min(c.due_at) FROM gramkit.billing_recognition c WHERE c.due_at IS NOT NULL)
    WHEN 'charge' THEN (SELECT min(c.at) FROM gramkit.billing_charges(false) c)
    WHEN 'dunning' THEN
      (SELECT min(g.due_at) FROM gramkit.billing_dunning g WHERE g.due_at IS NOT NULL)
    WHEN 'late_fee' THEN
      (SELECT min(l.due_at) FROM gramkit.billing_late_invoice l WHERE l.due_at IS NOT NULL)
    WHEN 'billing' THEN least(
      (SELECT min(s.due_at) FROM gramkit.billing_subscription s WHERE s.due_at IS NOT NULL),
      (SELECT min(r.created_at) FROM gramkit.billing_run r WHERE r.state IN ('billing', 'finalizing')))
    WHEN 'quota' THEN (SELECT min(q.due_at) FROM gramkit.billing_quota q WHERE q.due_at IS NOT NULL)
    WHEN 'webhooks' THEN (SELECT min(w.due_at) FROM gramkit.billing_webhook_delivery w
      WHERE w.state = 'pending')
    WHEN 'webhooks_over' THEN (SELECT min(w.updated_at) FROM gramkit.billing_webhook_delivery w
      WHERE w.state <> 'pending')
  END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.billing_finalize_invoices, gramkit.billing_move_invoices,
  gramkit.billing_due_tenants, gramkit.billing_next_due, gramkit.billing_charges FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.billing_finalize_invoices, gramkit.billing_move_invoices,
  gramkit.billing_due_tenants, gramkit.billing_next_due, gramkit.billing_charges TO gramkit_app;
--> statement-breakpoint
-- The journal. The application adds entries and changes nothing of them, nor does anybody else; the
-- database numbers them.
REVOKE UPDATE, DELETE ON gramkit.billing_journal_entry, gramkit.billing_closed_month FROM gramkit_app;
--> statement-breakpoint
REVOKE INSERT ON gramkit.billing_journal_entry FROM gramkit_app;
--> statement-breakpoint
GRANT INSERT (tenant_id, booking_id, source, source_id, booked_on, currency, customer_id, invoice_id,
  receivable, unbilled, cash, customer_credit, carried, deferred, tax, revenue, concession,
  bad_debt, created_at) ON gramkit.billing_journal_entry TO gramkit_app;
--> statement-breakpoint
REVOKE DELETE ON gramkit.billing_recognition FROM gramkit_app;
--> statement-breakpoint
CREATE TRIGGER billing_journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_journal_entry FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_closed_month_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON gramkit.billing_closed_month FOR EACH STATEMENT EXECUTE FUNCTION gramkit.refuse_change();
--> statement-breakpoint
-- The first day after the months that are closed. None is closed from here to the end of the
-- transaction, as closing locks the tenant.
CREATE FUNCTION gramkit.billing_open_from() RETURNS date
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant constant uuid := nullif(current_setting('gramkit.tenant', true), '')::uuid;
BEGIN
  PERFORM FROM gramkit.billing_tenant t WHERE t.tenant_id = tenant FOR KEY SHARE;
  RETURN (SELECT coalesce((max(c.month) + interval '1 month')::date, '0001-01-01') FROM
    gramkit.billing_closed_month c WHERE c.tenant_id = tenant);
END $$;
--> statement-breakpoint
-- A closed month takes no entry, however it is written.
CREATE FUNCTION gramkit.billing_journal_closed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM gramkit.billing_tenant t
    WHERE t.tenant_id IN (SELECT b.tenant_id FROM booked b) ORDER BY t.tenant_id FOR KEY SHARE;
  IF EXISTS (SELECT FROM (SELECT b.tenant_id, min(b.booked_on) AS earliest FROM booked b GROUP BY 1) e
    JOIN gramkit.billing_closed_month c ON c.tenant_id = e.tenant_id
      AND c.month > e.earliest - interval '1 month') THEN
    RAISE EXCEPTION 'The month is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_journal_entry_open AFTER INSERT ON gramkit.billing_journal_entry
  REFERENCING NEW TABLE AS booked FOR EACH STATEMENT EXECUTE FUNCTION gramkit.billing_journal_closed();
--> statement-breakpoint
-- What the entries that were booked in one go say, in one hash: the audit keeps it.
CREATE FUNCTION gramkit.billing_journal_digest(tenant uuid, booking uuid, OUT entries integer, OUT digest text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*)::integer, encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', e.number,
      e.source, e.source_id, to_char(e.booked_on, 'YYYY-MM-DD'), e.currency, e.customer_id,
      coalesce(e.invoice_id::text, '-'), e.receivable, e.unbilled, e.cash, e.customer_credit,
      e.carried, e.deferred, e.tax, e.revenue, e.concession, e.bad_debt,
      (extract(epoch FROM e.created_at) * 1000)::bigint), ' ' ORDER BY e.number), ''), 'UTF8')), 'hex')
  FROM gramkit.billing_journal_entry e WHERE e.tenant_id = tenant AND e.booking_id = booking
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION gramkit.billing_open_from, gramkit.billing_journal_digest FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION gramkit.billing_open_from, gramkit.billing_journal_digest TO gramkit_app;
