import type { Currency } from '../../../kernel/index.ts'
import { converted, type FoundRate } from '../exchange-rates/exchange-rate.ts'
import type { UsedRate } from './report.ts'
import type { ReportsScope } from './reports.scope.ts'

/** Days before the day of a report that a rate may be of. */
const RATE_DAYS_MAX = 31

/** Converts amounts of a report into one currency, and keeps the rates that it used. */
export class Conversion {
  readonly #scope: Pick<ReportsScope, 'exchangeRates'>
  readonly #found = new Map<string, FoundRate>()
  readonly #used: UsedRate[] = []
  readonly currency: Currency

  constructor(scope: Pick<ReportsScope, 'exchangeRates'>, currency: Currency) {
    this.#scope = scope
    this.currency = currency
  }

  /** The rates that were used. */
  get rates(): readonly UsedRate[] {
    return this.#used
  }

  /**
   * Finds the rate of a currency on a day, for {@link of}.
   *
   * @throws {@link ExchangeRateMissing}
   */
  async prepare(from: Currency, on: string): Promise<void> {
    const key = `${from} ${on}`
    if (this.#found.has(key)) return
    const to = this.currency
    const query = { from, to, on, maxAgeDays: RATE_DAYS_MAX }
    const { rate, isInverse, quotedOn, source } = await this.#scope.exchangeRates.find(query)
    this.#found.set(key, { rate, isInverse, quotedOn, source })
    if (from !== to) this.#used.push({ from, to, on, quotedOn, rate, isInverse, source })
  }

  /** An amount of a currency by the rate of a day that was found, rounded once. */
  of(amount: bigint, from: Currency, on: string): bigint {
    const found = this.#found.get(`${from} ${on}`)
    if (!found || from === this.currency) return amount
    return converted({ amount, currency: from }, this.currency, found).amount
  }
}
