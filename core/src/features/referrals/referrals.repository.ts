import { and, asc, eq, isNull, lte, min, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Page, PageRequest } from '../../kernel/index.ts'
import { BaseRepository, type Executor, rows } from '../../platform/database/index.ts'
import { referral } from './referral.table.ts'
import type { Referral } from './referral.ts'
import type { SignUp } from './referral-quality.ts'

/** One line of the leaderboard. */
export interface Leader {
  readonly rank: number
  readonly entryId: string
  readonly qualified: number
}

/** How somebody stands in the tree of who brought whom. */
export interface Branch {
  readonly entryId: string
  readonly brought: number
  readonly qualified: number
}

/** Counts, whatever else the state says. */
const counts = sql`${referral.status} = 'qualified' and ${referral.frozenAt} is null`
const instant = z.coerce.date()

/** Who brought whom. */
export class ReferralsRepository extends BaseRepository<typeof referral> {
  constructor(db: Executor) {
    super(db, referral)
  }

  /**
   * Lets one at a time connect people: of two who would bring each other at the same moment the
   * second sees the first.
   */
  async lockTree(): Promise<void> {
    await this.db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.referral_tree'))`)
  }

  /** Lets one at a time count what an inviter has earned and give it, until the transaction ends. */
  async lockInviter(entryId: string): Promise<void> {
    await this.db.execute(
      sql`select pg_advisory_xact_lock(hashtext('gramkit.referral_inviter'), hashtext(${entryId}))`,
    )
  }

  /** Finds by whom somebody was brought, and locks it. */
  async findByInviteeWithLock(inviteeEntryId: string): Promise<Referral | undefined> {
    const [row] = await this.db
      .select()
      .from(referral)
      .where(eq(referral.inviteeEntryId, inviteeEntryId))
      .for('update')
    return row
  }

  /** Finds the referral that a payment has qualified. */
  async findByPayment(paymentId: string): Promise<Referral | undefined> {
    const [row] = await this.db.select().from(referral).where(eq(referral.paymentId, paymentId))
    return row
  }

  /** Finds who was the first to name an address. */
  async findFirstShare(recipientEmail: string): Promise<Referral | undefined> {
    const [row] = await this.db
      .select()
      .from(referral)
      .where(eq(referral.recipientEmail, recipientEmail))
      .orderBy(asc(referral.id))
      .limit(1)
    return row
  }

  /** Writes that an inviter named an address; one that they have named already is that one again. */
  async insertShare(values: typeof referral.$inferInsert): Promise<Referral | undefined> {
    const [row] = await this.db.insert(referral).values(values).onConflictDoNothing().returning()
    return row
  }

  /** Finds what an inviter has named already. */
  async findShare(inviterEntryId: string, recipientEmail: string): Promise<Referral | undefined> {
    const [row] = await this.db
      .select()
      .from(referral)
      .where(
        and(
          eq(referral.inviterEntryId, inviterEntryId),
          eq(referral.recipientEmail, recipientEmail),
        ),
      )
    return row
  }

  /** Forgets who else named an address. */
  async removeShares(recipientEmail: string): Promise<void> {
    await this.db.delete(referral).where(eq(referral.recipientEmail, recipientEmail))
  }

  /** Forgets whom an inviter named. */
  async removeSharesOf(inviterEntryId: string): Promise<void> {
    await this.db
      .delete(referral)
      .where(and(eq(referral.inviterEntryId, inviterEntryId), eq(referral.status, 'shared')))
  }

  /** Tells whether somebody stands above an inviter, or is the inviter. */
  async isAbove(entryId: string, inviterEntryId: string): Promise<boolean> {
    const [found] = await rows(
      this.db,
      sql`
        with recursive above (entry_id) as (
          select ${inviterEntryId}::uuid
          union
          select r.inviter_entry_id from above join gramkit.referral r
            on r.invitee_entry_id = above.entry_id
        )
        select exists (select from above where entry_id = ${entryId}::uuid) as found`,
      z.object({ found: z.boolean() }),
    )
    return found?.found ?? false
  }

  /** Counts who came by an inviter since an instant, and who of all came from a network. */
  async countNear(
    inviterEntryId: string,
    { since, networkHash }: { readonly since: Date; readonly networkHash: string | null },
  ): Promise<{ readonly cameSince: number; readonly ofNetwork: number }> {
    const [found] = await rows(
      this.db,
      sql`
        select count(*) filter (where r.created_at > ${since})::integer as "cameSince",
          count(*) filter (where e.network_hash = ${networkHash})::integer as "ofNetwork"
        from gramkit.referral r join gramkit.waitlist_entry e on e.id = r.invitee_entry_id
        where r.inviter_entry_id = ${inviterEntryId}`,
      z.object({ cameSince: z.int(), ofNetwork: z.int() }),
    )
    return found ?? { cameSince: 0, ofNetwork: 0 }
  }

  /** Counts the referrals of an inviter that count. */
  countQualified(inviterEntryId: string): Promise<number> {
    return this.db.$count(referral, and(eq(referral.inviterEntryId, inviterEntryId), counts))
  }

  /** What those did whom an inviter brought and who were let in. */
  listSignUps(inviterEntryId: string): Promise<SignUp[]> {
    return rows(
      this.db,
      sql`
        select r.signed_up_at as "signedUpAt", (
          select max(d.day)::text from gramkit.user_active_day d where d.user_id = e.user_id
        ) as "lastActiveDay"
        from gramkit.referral r join gramkit.waitlist_entry e on e.id = r.invitee_entry_id
        where r.inviter_entry_id = ${inviterEntryId} and r.signed_up_at is not null`,
      z.object({ signedUpAt: instant, lastActiveDay: z.string().nullable() }),
    )
  }

  /** One page of those whom an inviter brought or named, the newest first. */
  listByInviter(inviterEntryId: string, request: PageRequest): Promise<Page<Referral>> {
    return this.listWhere(eq(referral.inviterEntryId, inviterEntryId), request, 'newest_first')
  }

  /** Locks a batch of what is to be looked at; what others look at is left out. */
  lockDue(now: Date, limit: number): Promise<Referral[]> {
    return this.db
      .select()
      .from(referral)
      .where(lte(referral.nextCheckAt, now))
      .orderBy(asc(referral.nextCheckAt))
      .limit(limit)
      .for('update', { skipLocked: true })
  }

  /** When the next referral is to be looked at, or null. */
  async findNextCheckAt(): Promise<Date | null> {
    const [row] = await this.db.select({ at: min(referral.nextCheckAt) }).from(referral)
    return row?.at ?? null
  }

  /** Says when some are looked at again, in one statement. */
  async setNextChecks(
    checks: readonly { readonly id: string; readonly at: Date }[],
  ): Promise<void> {
    if (checks.length === 0) return
    await this.db.execute(sql`
      update gramkit.referral r set next_check_at = c.at
      from jsonb_to_recordset(${JSON.stringify(checks)}::jsonb) as c (id uuid, at timestamptz)
      where r.id = c.id`)
  }

  /**
   * Those with the most referrals that count; of the same number who joined first. Reads what was
   * counted at the last change, by `waitlist_entry_leader_index`: strangers may ask.
   */
  async leaders(limit: number): Promise<Leader[]> {
    const found = await rows(
      this.db,
      sql`
        select id as "entryId", qualified_referrals as qualified from gramkit.waitlist_entry
        where qualified_referrals > 0 and status <> 'left'
        order by qualified_referrals desc nulls last, seq limit ${limit}`,
      z.object({ entryId: z.uuid(), qualified: z.int() }),
    )
    return found.map((leader, index) => ({ rank: index + 1, ...leader }))
  }

  /** The place of somebody among all inviters: 1 + those with more; null without any. */
  async rankOf(entryId: string): Promise<number | null> {
    const own = await this.countQualified(entryId)
    if (own === 0) return null
    const [better] = await rows(
      this.db,
      sql`select count(*)::integer as count from gramkit.waitlist_entry
          where qualified_referrals > 0 and status <> 'left' and qualified_referrals > ${own}`,
      z.object({ count: z.int() }),
    )
    return (better?.count ?? 0) + 1
  }

  /** One page of referrals that nobody stands above: those of inviters who were not brought. */
  listRoots(request: PageRequest): Promise<Page<Referral>> {
    const isRoot = sql`not exists (
      select from ${referral} above where above.invitee_entry_id = ${referral.inviterEntryId})`
    return this.listWhere(and(isRoot, sql`${referral.status} <> 'shared'`), request)
  }

  /** How many some people brought, and how many of these count. */
  async branchesOf(entryIds: readonly string[]): Promise<Map<string, Branch>> {
    const found = await rows(
      this.db,
      sql`
        select inviter_entry_id as "entryId", count(invitee_entry_id)::integer as brought,
          count(*) filter (where ${counts})::integer as qualified
        from ${referral} where inviter_entry_id = any(${sql.param([...entryIds])}::uuid[])
        group by inviter_entry_id`,
      z.object({ entryId: z.uuid(), brought: z.int(), qualified: z.int() }),
    )
    return new Map(found.map((branch) => [branch.entryId, branch]))
  }

  /** Freezes what is not frozen; undefined when it was. */
  async freeze(id: string, at: Date): Promise<Referral | undefined> {
    const [row] = await this.db
      .update(referral)
      .set({ frozenAt: at, updatedAt: at })
      .where(and(eq(referral.id, id), isNull(referral.frozenAt)))
      .returning()
    return row
  }
}
