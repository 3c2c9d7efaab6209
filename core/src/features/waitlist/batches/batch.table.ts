import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { invitation } from '../../invites/index.ts'
import { waitlistEntry } from '../entry.table.ts'
import { INVITE_OUTCOMES } from './batch.ts'

const outcomes = sql.raw(INVITE_OUTCOMES.map((outcome) => `'${outcome}'`).join(', '))

/** People who were invited at once, and runs of the plan that the gate refused. */
export const waitlistBatch = gramkit.table(
  'waitlist_batch',
  {
    id: uuid().primaryKey(),
    name: text().notNull().unique('waitlist_batch_name_key'),
    requested: integer().notNull(),
    generated: integer().notNull(),
    actor: text().notNull(),
    isPlanned: boolean().notNull(),
    gateState: text({ enum: ['open', 'slowed', 'closed'] }).notNull(),
    refusal: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('waitlist_batch_created_at_index').on(table.createdAt),
    check(
      'waitlist_batch_generated_check',
      sql`${table.generated} between 0 and ${table.requested}`,
    ),
    check(
      'waitlist_batch_gate_state_check',
      sql`${table.gateState} in ('open', 'slowed', 'closed')`,
    ),
    check(
      'waitlist_batch_refusal_check',
      sql`(${table.refusal} is not null) = (${table.gateState} = 'closed')`,
    ),
  ],
)

/** The invitation that an entry got out of a batch. */
export const waitlistInvite = gramkit.table(
  'waitlist_invite',
  {
    id: uuid().primaryKey(),
    batchId: uuid()
      .notNull()
      .references(() => waitlistBatch.id),
    entryId: uuid()
      .notNull()
      .references(() => waitlistEntry.id),
    invitationId: uuid()
      .notNull()
      .unique('waitlist_invite_invitation_id_key')
      .references(() => invitation.id),
    issuedAt: instant().notNull(),
    sends: smallint().notNull().default(1),
    deliveredAt: instant(),
    expiresAt: instant().notNull(),
    warnedAt: instant(),
    endedAt: instant(),
    outcome: text({ enum: INVITE_OUTCOMES }),
  },
  (table) => [
    // Nobody is invited twice at a time, however many batches go out.
    uniqueIndex('waitlist_invite_open_key').on(table.entryId).where(sql`${table.outcome} is null`),
    index('waitlist_invite_entry_id_index').on(table.entryId),
    index('waitlist_invite_batch_id_index').on(table.batchId, table.id),
    index('waitlist_invite_issued_at_index').on(table.issuedAt),
    index('waitlist_invite_expires_at_index')
      .on(table.expiresAt)
      .where(sql`${table.outcome} is null`),
    index('waitlist_invite_unwarned_index')
      .on(table.expiresAt)
      .where(sql`${table.outcome} is null and ${table.warnedAt} is null`),
    check('waitlist_invite_outcome_check', sql`${table.outcome} in (${outcomes})`),
    check(
      'waitlist_invite_ended_check',
      sql`(${table.endedAt} is null) = (${table.outcome} is null)`,
    ),
  ],
)
