import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page, PageRequest } from '../../kernel/index.ts'
import { BaseRepository, type Executor } from '../../platform/database/index.ts'
import { subscription } from './subscription.table.ts'
import type { Subscription } from './subscription.ts'

/** What falls due: a charge, the end of access, a notice. */
export type DueKind = 'nextChargeAt' | 'expiresAt' | 'noticeAt'

/** Subscriptions. */
export class SubscriptionsRepository extends BaseRepository<typeof subscription> {
  constructor(db: Executor) {
    super(db, subscription)
  }

  /** Writes a new subscription; undefined when the user has a live one of the plan group. */
  async insertLive(values: typeof subscription.$inferInsert): Promise<Subscription | undefined> {
    const [row] = await this.db
      .insert(subscription)
      .values(values)
      .onConflictDoNothing()
      .returning()
    return row
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

  /** Reads a user's live subscriptions, one a plan group. */
  listLive(userId: string): Promise<Subscription[]> {
    return this.db
      .select()
      .from(subscription)
      .where(and(eq(subscription.userId, userId), ne(subscription.status, 'expired')))
      .orderBy(asc(subscription.id))
  }

  /** Locks a user's live subscriptions, one a plan group. */
  lockLive(userId: string): Promise<Subscription[]> {
    return this.db
      .select()
      .from(subscription)
      .where(and(eq(subscription.userId, userId), ne(subscription.status, 'expired')))
      .orderBy(asc(subscription.id))
      .for('update')
  }

  /** Reads a user's live subscription of a plan group, or undefined. */
  async findLive(userId: string, planGroup: string): Promise<Subscription | undefined> {
    const [row] = await this.db.select().from(subscription).where(this.#isLive(userId, planGroup))
    return row
  }

  /** Tells whether a user has access to one of some plans at an instant: one indexed read. */
  async hasAccess(userId: string, productIds: readonly string[], at: Date): Promise<boolean> {
    if (productIds.length === 0) return false
    const [row] = await this.db
      .select({ id: subscription.id })
      .from(subscription)
      .where(
        and(
          eq(subscription.userId, userId),
          // The condition of subscription_live_key, so that its index is used.
          ne(subscription.status, 'expired'),
          gt(subscription.expiresAt, at),
          inArray(subscription.productId, [...productIds]),
        ),
      )
      .limit(1)
    return row !== undefined
  }

  /** The subscription that a purchase began, newest first, or undefined. */
  async findByFirstPayment(paymentId: string): Promise<Subscription | undefined> {
    const [row] = await this.db
      .select()
      .from(subscription)
      .where(eq(subscription.firstPaymentId, paymentId))
      .limit(1)
    return row
  }

  /** A user's subscriptions, newest first. */
  listByUser(userId: string, request: PageRequest): Promise<Page<Subscription>> {
    return this.listWhere(eq(subscription.userId, userId), request, 'newest_first')
  }

  /** When the next subscription is due in one of its ways, or undefined. */
  async findNextDueAt(kind: DueKind): Promise<Date | undefined> {
    const at = subscription[kind]
    const [row] = await this.db
      .select({ at })
      .from(subscription)
      .where(and(isNotNull(at), this.#isWorkedBy(kind)))
      .orderBy(asc(at))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks subscriptions that are due in one way, oldest first, leaving out what others hold. */
  lockDue(kind: DueKind, now: Date, limit: number): Promise<Subscription[]> {
    const at: PgColumn = subscription[kind]
    return this.db
      .select()
      .from(subscription)
      .where(and(lte(at, now), this.#isWorkedBy(kind)))
      .orderBy(asc(at))
      .limit(limit)
      .for('update', { skipLocked: true })
  }

  #isWorkedBy(kind: DueKind): SQL | undefined {
    const isLive = ne(subscription.status, 'expired')
    if (kind !== 'expiresAt') return isLive
    // After an outage the charge that is due is tried first.
    return and(isLive, or(isNull(subscription.nextChargeAt), gt(subscription.chargeAttempts, 0)))
  }

  #isLive(userId: string, planGroup: string): SQL | undefined {
    return and(
      eq(subscription.userId, userId),
      eq(subscription.planGroup, planGroup),
      ne(subscription.status, 'expired'),
    )
  }
}
