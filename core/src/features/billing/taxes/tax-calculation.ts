import { noTax, type TaxProvider } from '../invoices/tax-provider.ts'
import { Registry } from '../plug-ins/registry.ts'
import { tableTax } from './table-tax.ts'
import type { TaxRate } from './tax-rate.ts'

/** Makes the tax provider of a tenant from the rates that the tenant has written down. */
export type TaxCalculation = (rates: readonly TaxRate[]) => TaxProvider

/** The ways of an app to calculate taxes, each under a name. */
export type TaxCalculations = Registry<TaxCalculation>

/**
 * A registry with `none` and `table`.
 *
 * @example
 * const calculations = taxCalculations().register('flat_7', () => myProvider)
 * const options = { taxCalculation: 'flat_7', taxCalculations: calculations }
 */
export function taxCalculations(): TaxCalculations {
  return new Registry<TaxCalculation>('tax calculation')
    .register('none', () => noTax)
    .register('table', tableTax)
}
