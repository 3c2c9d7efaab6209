/** Invitations in SQLite: what an adapter of your own looks like. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import {
  codeKey,
  INVITATION_STATUSES,
  type Invitation,
  type InvitationFilter,
  type InvitationStats,
  type InvitationStorage,
  type InvitationUse,
  refusalOf,
  type UseAttempt,
  type UseDecision,
  type UseOutcome,
  useOnce,
} from '@gramkit/core/invites'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '@gramkit/core/kernel'
import { z } from 'zod'

const TABLES = `
  create table if not exists invitation (
    id text primary key, code_key text not null unique, created_by text not null,
    status text not null, batch_id text, use_count integer not null, expires_at integer,
    facts text not null
  ) strict;
  create index if not exists invitation_due on invitation (expires_at) where status = 'active';
  create index if not exists invitation_created_by on invitation (created_by, id);
  create table if not exists invitation_use (
    id text primary key, invitation_id text not null references invitation,
    used_by text not null, used_at integer not null, unique (invitation_id, used_by)
  ) strict;`

const instant = z.coerce.date().nullable()
const row = z.object({
  facts: z.string().transform((text) =>
    z
      .object({
        ...{ id: z.string(), code: z.string(), createdBy: z.string() },
        status: z.enum(INVITATION_STATUSES),
        ...{ usageLimit: z.int().nullable(), useCount: z.int(), expiresAt: instant },
        metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
        ...{ groupId: z.string().nullable(), makesFriends: z.boolean() },
        ...{ recipient: z.string().nullable(), batchId: z.string().nullable() },
        ...{ revokedAt: instant, revokedBy: z.string().nullable() },
        ...{ revocationReason: z.string().nullable(), createdAt: z.coerce.date() },
      })
      .parse(JSON.parse(text)),
  ),
})
const useRow = z
  .object({ id: z.string(), invitation_id: z.string(), used_by: z.string(), used_at: z.number() })
  .transform(
    (found): InvitationUse => ({
      ...{ id: found.id, invitationId: found.invitation_id, usedBy: found.used_by },
      usedAt: new Date(found.used_at),
    }),
  )

/** Keeps invitations in a file. SQLite has one writer at a time: `begin immediate` is the lock. */
export class SqliteInvitations implements InvitationStorage {
  readonly #db: DatabaseSync

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { timeout: 5_000 })
    this.#db.exec(`pragma journal_mode = wal; ${TABLES}`)
  }

  close(): void {
    this.#db.close()
  }

  async insert(invitations: readonly Invitation[]): Promise<string[]> {
    return this.#alone(() =>
      invitations.flatMap((made) => {
        const { changes } = this.#run(
          `insert into invitation (id, code_key, created_by, status, batch_id, use_count,
             expires_at, facts) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (code_key) do nothing`,
          ...[made.id, codeKey(made.code), made.createdBy, made.status, made.batchId],
          ...[made.useCount, made.expiresAt?.getTime() ?? null, JSON.stringify(made)],
        )
        return changes === 1 ? [made.id] : []
      }),
    )
  }

  async findById(id: string): Promise<Invitation | undefined> {
    return this.#select('where id = ?', id)[0]
  }

  async findByCode(code: string): Promise<Invitation | undefined> {
    return this.#select('where code_key = ?', codeKey(code))[0]
  }

  async hasUsed(invitationId: string, usedBy: string): Promise<boolean> {
    return this.#hasUsed(invitationId, usedBy)
  }

  async list(filter: InvitationFilter, request: PageRequest): Promise<Page<Invitation>> {
    const limit = pageLimit(request)
    const { createdBy = null, status = null, batchId = null } = filter
    const before = request.cursor === undefined ? null : decodeCursor(request.cursor)
    const found = this.#select(
      `where created_by = coalesce(?, created_by) and status = coalesce(?, status)
         and (? is null or batch_id = ?) and id < coalesce(?, '~') order by id desc limit ?`,
      ...[createdBy, status, batchId, batchId, before, limit + 1],
    )
    return toPage(found, limit, ({ id }) => id)
  }

  async listUses(invitationId: string, request: PageRequest): Promise<Page<InvitationUse>> {
    const limit = pageLimit(request)
    const after = request.cursor === undefined ? '' : decodeCursor(request.cursor)
    const found = this.#db
      .prepare(
        'select * from invitation_use where invitation_id = ? and id > ? order by id limit ?',
      )
      .all(invitationId, after, limit + 1)
      .map((use) => useRow.parse(use))
    return toPage(found, limit, ({ id }) => id)
  }

  async count(filter: Pick<InvitationFilter, 'createdBy'>): Promise<InvitationStats> {
    const counted = z.object({
      status: z.enum(INVITATION_STATUSES),
      count: z.number(),
      uses: z.number(),
    })
    const stats = { active: 0, used: 0, expired: 0, revoked: 0, total: 0, uses: 0 }
    const found = this.#db
      .prepare(
        `select status, count(*) as count, sum(use_count) as uses from invitation
         where created_by = coalesce(?, created_by) group by status`,
      )
      .all(filter.createdBy ?? null)
    for (const { status, count, uses } of found.map((one) => counted.parse(one))) {
      stats[status] = count
      stats.total += count
      stats.uses += uses
    }
    return stats
  }

  async use({ code, at, uses }: UseAttempt): Promise<UseDecision | undefined> {
    return this.#alone(() => {
      const [found] = this.#select('where code_key = ?', codeKey(code))
      if (!found) return undefined
      const isOver = found.expiresAt !== null && found.expiresAt <= at
      const isExpiryNew = found.status === 'active' && isOver
      let invitation: Invitation = isExpiryNew ? { ...found, status: 'expired' } : found
      const outcomes = uses.map(({ id, usedBy }): UseOutcome => {
        const hasUsed = this.#hasUsed(found.id, usedBy)
        const refusal = refusalOf(invitation, { usedBy, hasUsed, at })
        if (refusal) return { refusal }
        invitation = useOnce(invitation)
        this.#run(
          'insert into invitation_use values (?, ?, ?, ?)',
          ...[id, found.id, usedBy, at.getTime()],
        )
        return { useCount: invitation.useCount }
      })
      this.#update(invitation)
      return { invitation, isExpiryNew, outcomes }
    })
  }

  async revoke(
    id: string,
    { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string | null },
  ): Promise<boolean> {
    return this.#alone(() => {
      const [found] = this.#select(`where id = ? and status = 'active'`, id)
      if (!found) return false
      const revocation = { revokedAt: at, revokedBy: by, revocationReason: reason }
      this.#update({ ...found, ...revocation, status: 'revoked' })
      return true
    })
  }

  async expireDue(at: Date, limit: number): Promise<Invitation[]> {
    return this.#alone(() => {
      const due = this.#select(
        `where status = 'active' and expires_at <= ? order by expires_at limit ?`,
        ...[at.getTime(), limit],
      ).map((found): Invitation => ({ ...found, status: 'expired' }))
      for (const expired of due) this.#update(expired)
      return due
    })
  }

  /** Runs work while nobody else writes, all of it or nothing. */
  #alone<T>(work: () => T): T {
    this.#db.exec('begin immediate')
    try {
      const result = work()
      this.#db.exec('commit')
      return result
    } catch (error) {
      this.#db.exec('rollback')
      throw error
    }
  }

  #select(where: string, ...values: SQLInputValue[]): Invitation[] {
    const found = this.#db.prepare(`select facts from invitation ${where}`).all(...values)
    return found.map((one) => row.parse(one).facts)
  }

  #hasUsed(invitationId: string, usedBy: string): boolean {
    const question = 'select 1 from invitation_use where invitation_id = ? and used_by = ?'
    return this.#db.prepare(question).get(invitationId, usedBy) !== undefined
  }

  #update(invitation: Invitation): void {
    this.#run(
      'update invitation set status = ?, use_count = ?, facts = ? where id = ?',
      ...[invitation.status, invitation.useCount, JSON.stringify(invitation), invitation.id],
    )
  }

  #run(statement: string, ...values: SQLInputValue[]) {
    return this.#db.prepare(statement).run(...values)
  }
}
