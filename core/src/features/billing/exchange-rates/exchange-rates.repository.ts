import { and, desc, eq, gte, lte, or } from 'drizzle-orm'
import type { Currency } from '../../../kernel/index.ts'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingExchangeRate } from './exchange-rate.table.ts'
import type { ExchangeRate } from './exchange-rate.ts'

/** Two currencies, one in the other. */
export interface CurrencyPair {
  readonly from: Currency
  readonly to: Currency
}

/** Exchange rates of one tenant. */
export class ExchangeRatesRepository extends TenantRepository<typeof billingExchangeRate> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingExchangeRate)
  }

  /** The latest rate of a pair of the days from one to another, or undefined. */
  async findLatest(
    pair: CurrencyPair,
    days: { readonly firstOn: string; readonly lastOn: string },
  ): Promise<ExchangeRate | undefined> {
    const { quotedOn, version } = billingExchangeRate
    const within = and(isOf(pair), gte(quotedOn, days.firstOn), lte(quotedOn, days.lastOn))
    const [row] = await this.db
      .select()
      .from(billingExchangeRate)
      .where(this.own(within))
      .orderBy(desc(quotedOn), desc(version))
      .limit(1)
    return row
  }

  /** The latest day up to one that has a rate of a pair, in either direction, or undefined. */
  async findLatestDay({ from, to }: CurrencyPair, lastOn: string): Promise<string | undefined> {
    const { quotedOn } = billingExchangeRate
    const either = or(isOf({ from, to }), isOf({ from: to, to: from }))
    const [row] = await this.db
      .select({ quotedOn })
      .from(billingExchangeRate)
      .where(this.own(and(either, lte(quotedOn, lastOn))))
      .orderBy(desc(quotedOn))
      .limit(1)
    return row?.quotedOn
  }
}

function isOf({ from, to }: CurrencyPair) {
  return and(eq(billingExchangeRate.from, from), eq(billingExchangeRate.to, to))
}
