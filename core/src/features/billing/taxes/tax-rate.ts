import { z } from 'zod'
import { readDecimal } from '../../../kernel/index.ts'
import { countryField, line, regionField, taxCategoryField } from '../fields.ts'

const percentField = z
  .string()
  .regex(/^(?:\d{1,2}(?:\.\d{1,4})?|100(?:\.0{1,4})?)$/, 'is no percentage up to 100, such as 7.7')
  .transform((text) => readDecimal(text))

/** What a tax rate is made from. */
export const taxRateFields = z.strictObject({
  country: countryField,
  /** Where in the country it holds; null for all of it. */
  region: regionField.nullable().default(null),
  category: taxCategoryField.default('standard'),
  /** As invoices print it, such as VAT. */
  name: line(100),
  /** Percent, up to four places; null where the tenant owes no tax there from that day on. */
  rate: percentField.nullable(),
  /** First day on which it holds: until another of its place and category begins. */
  fromOn: z.iso.date('is no day, such as 2028-01-31'),
})

/** What a tax rate is made from. */
export type TaxRateInput = z.input<typeof taxRateFields>

/** What a tenant adds to prices in a place, from a day until the next one of its category. */
export interface TaxRate extends Readonly<z.output<typeof taxRateFields>> {
  readonly tenantId: string
  readonly id: string
  readonly createdAt: Date
}

const NDS = { country: 'RU', name: 'НДС' } as const

/** Rates that a tenant may load instead of writing them down. */
export const TAX_PRESETS = {
  /** `special_5` and `special_7` are those of the simplified system, without deductions. */
  ru_vat: [
    { ...NDS, category: 'standard', rate: '20', fromOn: '2019-01-01' },
    { ...NDS, category: 'standard', rate: '22', fromOn: '2026-01-01' },
    { ...NDS, category: 'reduced', rate: '10', fromOn: '2019-01-01' },
    { ...NDS, category: 'zero', rate: '0', fromOn: '2019-01-01' },
    { ...NDS, category: 'special_5', rate: '5', fromOn: '2025-01-01' },
    { ...NDS, category: 'special_7', rate: '7', fromOn: '2025-01-01' },
  ],
} as const satisfies Readonly<Record<string, readonly TaxRateInput[]>>

/** Name of a preset. */
export type TaxPreset = keyof typeof TAX_PRESETS
