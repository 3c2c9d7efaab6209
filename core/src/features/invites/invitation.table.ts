import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'
import { INVITATION_STATUSES, type InvitationMetadata } from './invitation.ts'

/**
 * Codes that let people in. The application makes them; what becomes of them is written by
 * functions of the database alone (`0001_rules.sql`).
 */
export const invitation = gramkit.table(
  'invitation',
  {
    id: uuid().primaryKey(),
    code: text().notNull(),
    /** What codes are compared by, by equality. */
    codeKey: text().notNull().generatedAlwaysAs(sql`upper(code collate "C")`),
    /** In the platform a user's id; no foreign key, as any name may make invitations. */
    createdBy: text().notNull(),
    status: text({ enum: INVITATION_STATUSES }).notNull().default('active'),
    usageLimit: integer(),
    useCount: integer().notNull().default(0),
    expiresAt: instant(),
    metadata: jsonb().$type<InvitationMetadata>().notNull(),
    /** No foreign key: a code of a group that was removed stays, and opens nothing. */
    groupId: uuid(),
    makesFriends: boolean().notNull().default(false),
    recipient: text(),
    batchId: uuid(),
    revokedAt: instant(),
    revokedBy: text(),
    revocationReason: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('invitation_code_key_key').on(table.codeKey),
    index('invitation_created_by_index').on(table.createdBy, table.id),
    index('invitation_status_index').on(table.status, table.id),
    index('invitation_batch_id_index').on(table.batchId, table.id),
    index('invitation_expires_at_index').on(table.expiresAt).where(sql`${table.status} = 'active'`),
    check('invitation_code_check', sql`${table.code} ~ '^[A-Za-z0-9_-]{6,32}$'`),
    check(
      'invitation_status_check',
      sql`${table.status} in ('active', 'used', 'expired', 'revoked')`,
    ),
    check('invitation_usage_limit_check', sql`${table.usageLimit} >= 1`),
    check(
      'invitation_use_count_check',
      sql`${table.useCount} between 0 and coalesce(${table.usageLimit}, ${table.useCount})`,
    ),
    check(
      'invitation_used_check',
      sql`${table.status} <> 'used' or ${table.useCount} is not distinct from ${table.usageLimit}`,
    ),
    check(
      'invitation_revoked_check',
      sql`(${table.status} = 'revoked') = (${table.revokedAt} is not null)`,
    ),
    check('invitation_metadata_check', sql`length(${table.metadata}::text) <= 16384`),
  ],
)

/** Who used which invitation, and when. */
export const invitationUse = gramkit.table(
  'invitation_use',
  {
    id: uuid().primaryKey(),
    invitationId: uuid()
      .notNull()
      .references(() => invitation.id),
    /** In the platform a user's id; no foreign key, as for who made the invitation. */
    usedBy: text().notNull(),
    usedAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('invitation_use_used_by_key').on(table.usedBy, table.invitationId),
    index('invitation_use_invitation_id_index').on(table.invitationId, table.id),
  ],
)
