import { and, asc, eq, inArray, isNotNull, lte, ne, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page, PageRequest } from '../../kernel/index.ts'
import { BaseRepository, type Executor } from '../../platform/database/index.ts'
import { subscription } from './subscription.table.ts'
import type { Subscription } from './subscription.ts'

/** Subscriptions. */
export class SubscriptionsRepository extends BaseRepository<typeof subscription> {
  constructor(db: Executor) {
    super(db, subscription)
  }

  /** Locks a user's live subscription of a plan group, or undefined. */
  async findLiveWithLock(userId: string, planGroup: string): Promise<Subscription | undefined> {
    const [row] = await this.db
      .select()
      .from(subscription)
      .where(this.#isLive(userId, planGroup))
      .for('update')
    return row
  }

  /** Reads a user's live subscription of a plan group, or undefined. */
  async findLive(userId: string, planGroup: string): Promise<Subscription | undefined> {
    const [row] = await this.db.select().from(subscription).where(this.#isLive(userId, planGroup))
    return row
  }

  /** A user's subscriptions, newest first. */
  listByUser(userId: string, request: PageRequest): Promise<Page<Subscription>> {
    return this.listWhere(eq(subscription.userId, userId), request, 'newest_first')
  }

  /** When the next subscription is due in one of its two ways, or undefined. */
  async findNextDueAt(column: 'nextChargeAt' | 'expiresAt'): Promise<Date | undefined> {
    const at = subscription[column]
    const [row] = await this.db
      .select({ at })
      .from(subscription)
      .where(and(isNotNull(at), ne(subscription.status, 'expired')))
      .orderBy(asc(at))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks subscriptions whose renewal is due, oldest first, leaving out what others hold. */
  lockChargeDue(now: Date, limit: number): Promise<Subscription[]> {
    return this.#lockDue(subscription.nextChargeAt, now, limit, [
      inArray(subscription.status, ['active', 'past_due']),
    ])
  }

  /** Locks subscriptions that end now, oldest first, leaving out what others hold. */
  lockExpiryDue(now: Date, limit: number): Promise<Subscription[]> {
    return this.#lockDue(subscription.expiresAt, now, limit, [ne(subscription.status, 'expired')])
  }

  #lockDue(at: PgColumn, now: Date, limit: number, also: SQL[]): Promise<Subscription[]> {
    return this.db
      .select()
      .from(subscription)
      .where(and(lte(at, now), ...also))
      .orderBy(asc(at))
      .limit(limit)
      .for('update', { skipLocked: true })
  }

  #isLive(userId: string, planGroup: string): SQL | undefined {
    return and(
      eq(subscription.userId, userId),
      eq(subscription.planGroup, planGroup),
      ne(subscription.status, 'expired'),
    )
  }
}
