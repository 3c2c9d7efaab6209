import { count, gte, isNull, ne, type SQL, sql, sum } from 'drizzle-orm'
import { payment } from './features/payments/index.ts'
import { subscription } from './features/subscriptions/index.ts'
import { userAccount } from './features/users/index.ts'
import type { Currency } from './kernel/index.ts'
import type { Executor } from './platform/database/index.ts'

/** How an app does, in numbers. */
export interface Figures {
  /** Whoever was erased or merged is nobody here. */
  readonly registered: number
  readonly guests: number
  /** People of either kind who were first seen since then. */
  readonly newPeople: number
  readonly activePeople: number
  readonly liveSubscriptions: number
  /** Paid since then, less what went back of it. */
  readonly takings: readonly {
    readonly currency: Currency
    readonly payments: number
    readonly amount: bigint
  }[]
}

/** Numbers over all people, for whom the app belongs to. Reads whole tables: not for every request. */
export class FiguresRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Counts what there is, and what came since an instant. */
  async read(since: Date): Promise<Figures> {
    const { kind, createdAt, lastSeenAt, departedAt } = userAccount
    const countIf = (condition: SQL) =>
      sql<number>`count(*) filter (where ${condition})`.mapWith(Number)
    const [people] = await this.#db
      .select({
        registered: countIf(sql`${kind} = 'registered'`),
        guests: countIf(sql`${kind} = 'guest'`),
        newPeople: countIf(gte(createdAt, since)),
        activePeople: countIf(gte(lastSeenAt, since)),
      })
      .from(userAccount)
      .where(isNull(departedAt))
    const [live] = await this.#db
      .select({ liveSubscriptions: count() })
      .from(subscription)
      .where(ne(subscription.status, 'expired'))
    const takings = await this.#db
      .select({
        currency: payment.currency,
        payments: count(),
        amount: sum(sql`${payment.amount} - ${payment.refundedAmount}`).mapWith(BigInt),
      })
      .from(payment)
      .where(gte(payment.paidAt, since))
      .groupBy(payment.currency)
      .orderBy(payment.currency)
    return {
      ...(people ?? { registered: 0, guests: 0, newPeople: 0, activePeople: 0 }),
      ...(live ?? { liveSubscriptions: 0 }),
      takings: takings.map((taking) => ({ ...taking, amount: taking.amount ?? 0n })),
    }
  }
}
