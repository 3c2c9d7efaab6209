import { z } from 'zod'
import { codeField, currencyField, daysField, line } from '../fields.ts'
import { CYCLES } from '../periods/billing-period.ts'
import { type Charge, type ChargeInput, chargesField } from '../pricing/charge.ts'

/** What a plan is called. */
export const planFields = z.strictObject({
  code: codeField,
  name: line(200),
  description: z.string().trim().max(2000, 'has more than 2000 characters').default(''),
})

/** What a version of a plan says beside its charges. */
export const planTerms = z.strictObject({
  currency: currencyField,
  cycle: z.enum(CYCLES, `is none of ${CYCLES.join(', ')}`),
  /** Days that are not billed. */
  trialDays: daysField(730).default(0),
  /** Billed once, with the first invoice, in minor units. */
  setupFee: z
    .bigint('is no amount')
    .nonnegative('is negative')
    .max(10n ** 15n, 'is absurd')
    .default(0n),
})

/** What a plan is made from: its name, and the terms of its first version. */
export type PlanInput = z.input<typeof planFields> & PlanTermsInput

/** What a version of a plan is made from. */
export type PlanTermsInput = z.input<typeof planTerms> & {
  readonly charges: readonly ChargeInput[]
}

/** Something a tenant sells; what it costs stands in its versions. */
export interface Plan extends Readonly<z.output<typeof planFields>> {
  readonly tenantId: string
  readonly id: string
  /** Since when nobody begins it any more. */
  readonly archivedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a plan costs: a draft until it is published, and the same for ever from then on. */
export interface PlanVersion extends Readonly<z.output<typeof planTerms>> {
  readonly tenantId: string
  readonly id: string
  readonly planId: string
  /** Counts from 1. */
  readonly number: number
  readonly charges: readonly Charge[]
  readonly publishedAt: Date | null
  readonly createdAt: Date
}

/** A plan with what it costs now, and with what it may cost next. */
export interface PlanView extends Plan {
  readonly current: PlanVersion | null
  readonly draft: PlanVersion | null
}

/** How a plan is priced, in one word. */
export type PricingModel =
  | 'flat_rate'
  | 'usage_based'
  | 'tiered'
  | 'volume'
  | 'package'
  | 'custom'
  | 'hybrid'

const MODELS = {
  flat: 'flat_rate',
  per_unit: 'usage_based',
  graduated: 'tiered',
  volume: 'volume',
  package: 'package',
  custom: 'custom',
} as const

/** How a plan is priced: as its charge is, or as a hybrid where it has several. */
export function pricingModelOf(charges: readonly Charge[]): PricingModel {
  const [charge, ...others] = charges
  return charge && others.length === 0 ? MODELS[charge.model] : 'hybrid'
}

/** Charges as they are written and stored: decimals are texts. */
export function writtenCharges(charges: readonly Charge[]): ChargeInput[] {
  return z.encode(chargesField, [...charges])
}
