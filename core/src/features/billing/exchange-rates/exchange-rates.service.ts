import {
  addDays,
  localDay,
  type Money,
  newId,
  type Page,
  type PageRequest,
  readDecimal,
} from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { readFields } from '../fields.ts'
import {
  type ConvertedMoney,
  converted,
  type ExchangeRate,
  type ExchangeRateInput,
  exchangeRateFields,
  type FoundRate,
  type RateQuery,
  rateQuery,
} from './exchange-rate.ts'
import { ExchangeRateInUse, ExchangeRateMissing } from './exchange-rates.errors.ts'
import type { ExchangeRatesScope } from './exchange-rates.scope.ts'

/** What currencies are worth in others: rates are added and never changed. */
export class ExchangeRatesService {
  readonly #scope: ExchangeRatesScope

  constructor(scope: ExchangeRatesScope) {
    this.#scope = scope
  }

  /**
   * Adds a rate of a day. One by which amounts may have been converted already is replaced only for
   * a reason: it stays in the history, and so does what was converted by it.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateInUse}
   * @example
   * await billing.exchangeRates.add({
   *   from: 'EUR', to: 'RUB', rate: '97.4521', quotedOn: '2028-01-31', source: 'Bank of Russia',
   * })
   */
  async add(input: ExchangeRateInput): Promise<ExchangeRate> {
    const fields = readFields(exchangeRateFields, input)
    const { from, to, quotedOn, reason } = fields
    return this.#scope.transaction(async (tx) => {
      const { timeZone } = await tx.repos.tenant.get()
      const now = tx.clock.now()
      const latestOn = await tx.repos.exchangeRates.findLatestDay(fields, quotedOn)
      const mayBeUsed =
        latestOn !== undefined && (latestOn === quotedOn || quotedOn < localDay(now, timeZone))
      if (mayBeUsed && reason === null) throw new ExchangeRateInUse({ from, to, quotedOn })
      const day = { firstOn: quotedOn, lastOn: quotedOn }
      const before = await tx.repos.exchangeRates.findLatest(fields, day)
      const version = (before?.version ?? 0) + 1
      const made = { ...fields, id: newId(), version, actor: tx.caller.actor, createdAt: now }
      try {
        const after = await tx.repos.exchangeRates.insert(made)
        const subject = `exchange_rate:${after.id}`
        const was = before ? { before } : {}
        await tx.record({ action: 'exchange_rate.added', subject, ...was, after })
        return after
      } catch (error) {
        if (!isUniqueViolation(error, 'billing_exchange_rate_version_key')) throw error
        throw new ExchangeRateInUse({ from, to, quotedOn }, { cause: error })
      }
    })
  }

  /** One page of all rates that were ever added, oldest first. */
  list(request: PageRequest = {}): Promise<Page<ExchangeRate>> {
    return this.#scope.transaction((tx) => tx.repos.exchangeRates.list(request))
  }

  /**
   * Finds the rate of a day: that day's or the latest before it that is not too old, and otherwise
   * the same of the opposite direction.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   */
  async find(query: RateQuery): Promise<FoundRate> {
    const { from, to, on, maxAgeDays } = readFields(rateQuery, query)
    if (from === to) {
      return { rate: readDecimal('1'), isInverse: false, quotedOn: on, source: null }
    }
    const days = { firstOn: addDays(on, -maxAgeDays), lastOn: on }
    return this.#scope.transaction(async (tx) => {
      const { exchangeRates } = tx.repos
      const direct = await exchangeRates.findLatest({ from, to }, days)
      const found = direct ?? (await exchangeRates.findLatest({ from: to, to: from }, days))
      if (!found) throw new ExchangeRateMissing({ from, to, on, maxAgeDays })
      const { rate, quotedOn, source } = found
      return { rate, isInverse: !direct, quotedOn, source }
    })
  }

  /**
   * Converts an amount, rounded once; rate, day and source stay with it.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   * @example
   * const money = { amount: 10_000n, currency: 'EUR' } as const
   * await billing.exchangeRates.convert(money, { to: 'RUB', on: '2028-01-31', maxAgeDays: 7 })
   */
  async convert(money: Money, query: Omit<RateQuery, 'from'>): Promise<ConvertedMoney> {
    const found = await this.find({ ...query, from: money.currency })
    return converted(money, query.to, found)
  }
}
