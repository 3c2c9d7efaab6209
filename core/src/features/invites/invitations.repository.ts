import { and, asc, count, desc, eq, getTableColumns, gt, lt, type SQL, sql, sum } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import { builtOnce, type Executor, rows, type ValueOf } from '../../platform/database/index.ts'
import { invitation, invitationUse } from './invitation.table.ts'
import { INVITATION_STATUSES, type Invitation, type InvitationUse } from './invitation.ts'
import { codeKey } from './invitation-code.ts'
import type {
  InvitationFilter,
  InvitationStats,
  InvitationStorage,
  UseAttempt,
  UseDecision,
} from './invitation-storage.ts'

const { codeKey: _codeKey, ...columns } = getTableColumns(invitation)

const byCode = builtOnce((db, value: ValueOf<{ codeKey: string }>) =>
  db
    .select(columns)
    .from(invitation)
    .where(eq(invitation.codeKey, value('codeKey'))),
)

const instantText = z.string().transform((text) => new Date(text))

/** An invitation as `to_jsonb` gives its row. */
const invitationRow = z
  .object({
    id: z.uuid(),
    code: z.string(),
    created_by: z.string(),
    status: z.enum(INVITATION_STATUSES),
    usage_limit: z.int().nullable(),
    use_count: z.int(),
    expires_at: instantText.nullable(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    group_id: z.uuid().nullable(),
    makes_friends: z.boolean(),
    recipient: z.string().nullable(),
    batch_id: z.uuid().nullable(),
    revoked_at: instantText.nullable(),
    revoked_by: z.string().nullable(),
    revocation_reason: z.string().nullable(),
    created_at: instantText,
  })
  .transform(
    (row): Invitation => ({
      ...{ id: row.id, code: row.code, createdBy: row.created_by, status: row.status },
      ...{ usageLimit: row.usage_limit, useCount: row.use_count, expiresAt: row.expires_at },
      ...{ metadata: row.metadata, groupId: row.group_id, makesFriends: row.makes_friends },
      recipient: row.recipient,
      ...{ batchId: row.batch_id, createdAt: row.created_at, revokedAt: row.revoked_at },
      ...{ revokedBy: row.revoked_by, revocationReason: row.revocation_reason },
    }),
  )

const useRefusal = z.enum([
  'used',
  'expired',
  'revoked',
  'for_somebody_else',
  'already_used',
  'own_code',
])

const decisionRow = z.object({
  invitation: invitationRow,
  isExpiryNew: z.boolean(),
  outcomes: z.array(
    z.union([
      z
        .string()
        .regex(/^\d+$/)
        .transform((text) => ({ useCount: Number(text) })),
      useRefusal.transform((refusal) => ({ refusal })),
    ]),
  ),
})

/** Invitations in PostgreSQL. What becomes of them is decided and written by the database itself. */
export class InvitationsRepository implements InvitationStorage {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** In the order of their codes: two who write some of the same wait, and never deadlock. */
  async insert(invitations: readonly Invitation[]): Promise<string[]> {
    if (invitations.length === 0) return []
    const written = await rows(
      this.#db,
      sql`
        insert into gramkit.invitation (id, code, created_by, usage_limit, expires_at, metadata,
          group_id, makes_friends, recipient, batch_id, created_at)
        select * from jsonb_to_recordset(${JSON.stringify(invitations.map(toNewRow))}::jsonb)
          as new (id uuid, code text, created_by text, usage_limit integer, expires_at timestamptz,
            metadata jsonb, group_id uuid, makes_friends boolean, recipient text, batch_id uuid,
            created_at timestamptz)
        order by upper(new.code collate "C")
        on conflict (code_key) do nothing
        returning id`,
      z.object({ id: z.uuid() }),
    )
    return written.map(({ id }) => id)
  }

  async findById(id: string): Promise<Invitation | undefined> {
    const [row] = await this.#db.select(columns).from(invitation).where(eq(invitation.id, id))
    return row
  }

  async findByCode(code: string): Promise<Invitation | undefined> {
    const [row] = await byCode(this.#db, { codeKey: codeKey(code) })
    return row
  }

  async hasUsed(invitationId: string, usedBy: string): Promise<boolean> {
    const found = await this.#db
      .select({ id: invitationUse.id })
      .from(invitationUse)
      .where(and(eq(invitationUse.invitationId, invitationId), eq(invitationUse.usedBy, usedBy)))
    return found.length > 0
  }

  async list(filter: InvitationFilter, request: PageRequest): Promise<Page<Invitation>> {
    const limit = pageLimit(request)
    const { createdBy, status, batchId } = filter
    const found = await this.#db
      .select(columns)
      .from(invitation)
      .where(
        and(
          createdBy === undefined ? undefined : eq(invitation.createdBy, createdBy),
          status && eq(invitation.status, status),
          batchId === undefined ? undefined : eq(invitation.batchId, batchId),
          request.cursor ? lt(invitation.id, decodeCursor(request.cursor)) : undefined,
        ),
      )
      .orderBy(desc(invitation.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  async listUses(invitationId: string, request: PageRequest): Promise<Page<InvitationUse>> {
    const limit = pageLimit(request)
    const found = await this.#db
      .select()
      .from(invitationUse)
      .where(
        and(
          eq(invitationUse.invitationId, invitationId),
          request.cursor ? gt(invitationUse.id, decodeCursor(request.cursor)) : undefined,
        ),
      )
      .orderBy(asc(invitationUse.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  async count({ createdBy }: Pick<InvitationFilter, 'createdBy'>): Promise<InvitationStats> {
    const found = await this.#db
      .select({ status: invitation.status, count: count(), uses: sum(invitation.useCount) })
      .from(invitation)
      .where(createdBy === undefined ? undefined : eq(invitation.createdBy, createdBy))
      .groupBy(invitation.status)
    const stats = { active: 0, used: 0, expired: 0, revoked: 0, total: 0, uses: 0 }
    for (const row of found) {
      stats[row.status] = row.count
      stats.total += row.count
      stats.uses += Number(row.uses)
    }
    return stats
  }

  async use({ code, at, uses }: UseAttempt): Promise<UseDecision | undefined> {
    const [decision] = await rows(
      this.#db,
      sql`
        select invitation, is_expiry_new as "isExpiryNew", outcomes
        from gramkit.invitation_use_code(${codeKey(code)}, ${sql.param(uses.map(({ id }) => id))},
          ${sql.param(uses.map(({ usedBy }) => usedBy))}, ${at.toISOString()})`,
      decisionRow,
    )
    return decision
  }

  async revoke(
    id: string,
    { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string | null },
  ): Promise<boolean> {
    const [row] = await rows(
      this.#db,
      sql`select gramkit.invitation_revoke(${id}, ${by}, ${reason}, ${at.toISOString()}) as done`,
      z.object({ done: z.boolean() }),
    )
    return row?.done ?? false
  }

  async expireDue(at: Date, limit: number): Promise<Invitation[]> {
    const expired = await rows(
      this.#db,
      sql`select to_jsonb(expired) as invitation
          from gramkit.invitation_expire(${at.toISOString()}, ${limit}) expired`,
      z.object({ invitation: invitationRow }),
    )
    return expired.map((row) => row.invitation)
  }

  /** Makes a user's what a guest made, may use and has used. */
  async movePerson(guestId: string, userId: string): Promise<void> {
    await this.#db.execute(sql`select gramkit.invitation_move_person(${guestId}, ${userId})`)
  }

  /**
   * Takes what somebody wrote out of the invitations they made, and out of the events that told of
   * these and the jobs that deliver the events; those of the guests they were are among them.
   */
  async forgetPerson(userId: string): Promise<void> {
    await this.#db.execute(sql`select gramkit.invitation_forget_person(${userId})`)
    const told = sql`select event.id from gramkit.outbox_event event
      where event.name like 'invitation.%' and event.user_id in (
        select ${userId}::uuid union
        select user_id from gramkit.user_departure where successor_id = ${userId}::uuid)`
    await this.#db.execute(sql`
      update gramkit.outbox_event set payload = ${emptied(sql`payload`)}
      where id in (${told}) and payload->>'code' <> ''`)
    await this.#db.execute(sql`
      update gramkit.job
      set payload = jsonb_set(payload, '{payload}', ${emptied(sql`(payload->'payload')`)})
      where dedupe_key in (select id::text from (${told}) told)
        and payload->'payload'->>'code' <> ''`)
  }

  /** When the time of the next active invitation is over, or undefined. */
  async findNextExpiry(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: invitation.expiresAt })
      .from(invitation)
      // Not a parameter: a prepared plan could then not use the index of active rows.
      .where(sql`${invitation.status} = 'active' and ${invitation.expiresAt} is not null`)
      .orderBy(asc(invitation.expiresAt))
      .limit(1)
    return row?.at ?? undefined
  }
}

/** The payload of an event about an invitation without what its maker wrote. */
function emptied(payload: SQL): SQL {
  return sql`${payload} || '{"code": ""}'
    || case when ${payload} ? 'metadata' then '{"metadata": {}}'::jsonb else '{}' end
    || case when ${payload} ? 'reason' then '{"reason": null}'::jsonb else '{}' end`
}

function toNewRow(made: Invitation) {
  return {
    ...{ id: made.id, code: made.code, created_by: made.createdBy, usage_limit: made.usageLimit },
    ...{ expires_at: made.expiresAt, metadata: made.metadata, group_id: made.groupId },
    ...{
      makes_friends: made.makesFriends,
      recipient: made.recipient,
      batch_id: made.batchId,
      created_at: made.createdAt,
    },
  }
}
