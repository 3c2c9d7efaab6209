import { newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { readFields } from '../fields.ts'
import type { TaxProvider } from '../invoices/tax-provider.ts'
import {
  TAX_PRESETS,
  type TaxPreset,
  type TaxRate,
  type TaxRateInput,
  taxRateFields,
} from './tax-rate.ts'
import { TaxRateTaken } from './taxes.errors.ts'
import type { TaxesScope } from './taxes.scope.ts'

/** What a tenant adds to its prices, where and from when on. */
export class TaxesService {
  readonly #scope: TaxesScope

  constructor(scope: TaxesScope) {
    this.#scope = scope
  }

  /**
   * Says which rate holds in a place from a day on, until another of the category begins there.
   * What was finalized before keeps its taxes.
   *
   * @throws {@link InvalidValue}
   * @throws {@link TaxRateTaken}
   * @example
   * await billing.taxes.add({ country: 'DE', name: 'USt', rate: '19', fromOn: '2021-01-01' })
   */
  async add(input: TaxRateInput): Promise<TaxRate> {
    const fields = readFields(taxRateFields, input)
    return this.#scope.transaction(async (tx) => {
      try {
        const made = { ...fields, id: newId(), createdAt: tx.clock.now() }
        const after = await tx.repos.taxRates.insert(made)
        await tx.record({ action: 'tax_rate.added', subject: `tax_rate:${after.id}`, after })
        return after
      } catch (error) {
        if (!isUniqueViolation(error, 'billing_tax_rate_place_key')) throw error
        const { country, region, category, fromOn } = fields
        throw new TaxRateTaken({ country, region, category, fromOn }, { cause: error })
      }
    })
  }

  /**
   * Adds those rates of a preset that the tenant has not.
   *
   * @throws {@link TaxRateTaken} when somebody else adds one of them meanwhile
   * @example
   * await billing.taxes.load('ru_vat')
   */
  load(preset: TaxPreset): Promise<TaxRate[]> {
    return this.#scope.transaction(async (tx) => {
      const taxes = new TaxesService(tx)
      const known = new Set((await tx.repos.taxRates.listAll()).map(keyOf))
      const added: TaxRate[] = []
      for (const rate of TAX_PRESETS[preset]) {
        if (!known.has(keyOf({ ...rate, region: null }))) added.push(await taxes.add(rate))
      }
      return added
    })
  }

  /**
   * Removes a rate that was wrong: the one before it holds again. To end a tax, add one without a
   * rate.
   *
   * @throws {@link NotFound}
   */
  remove(id: string): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.taxRates.getById(id)
      await tx.repos.taxRates.remove(id)
      await tx.record({ action: 'tax_rate.removed', subject: `tax_rate:${id}`, before })
    })
  }

  /** One page of rates, oldest first. */
  list(request: PageRequest = {}): Promise<Page<TaxRate>> {
    return this.#scope.transaction((tx) => tx.repos.taxRates.list(request))
  }

  /**
   * Says which taxes invoices bear, by the rates there are now: asked once for a batch.
   *
   * @throws {@link UnknownPlugIn} when the app names a calculation that nobody registered
   */
  provider(): Promise<TaxProvider> {
    return this.#scope.transaction(async (tx) =>
      tx.taxCalculation(await tx.repos.taxRates.listAll()),
    )
  }
}

function keyOf(rate: Pick<TaxRate, 'country' | 'region' | 'category' | 'fromOn'>): string {
  return [rate.country, rate.region, rate.category, rate.fromOn].join(' ')
}
