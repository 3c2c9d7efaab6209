import { z } from 'zod'
import { InvalidValue, ROUNDINGS } from '../../../kernel/index.ts'
import type { Cycle } from '../periods/billing-period.ts'
import { quantityField, rateField, sizeField } from './decimal-fields.ts'
import type { PricingPlugIns } from './pricing-plug-in.ts'
import { tiersField } from './tiers.ts'

/** Most charges of a plan. */
export const CHARGES_MAX = 50

/** Most characters that the parameters of a plug-in have as JSON. */
const PARAMETERS_MAX = 10_000

/** How deep charges are nested at the most, the parameters of plug-ins included. */
const DEPTH_MAX = 12

const every = {
  /** Stays when the rest is changed: lines, discounts and prices of one customer name it. */
  key: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'is not 1 to 32 of a-z, 0-9 and _'),
  /** What the line of an invoice says. */
  title: z.string().trim().min(1, 'is empty').max(200, 'has more than 200 characters'),
  /** Paid for the period that begins, or for the one that ended. */
  when: z.enum(['advance', 'arrears']),
  /** How its lines are rounded to minor units. [half_even] */
  rounding: z.enum(ROUNDINGS).default('half_even'),
}

/** What names a meter. */
export const meterField = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'is not 1 to 64 of a-z, 0-9, _, - and .')

const counted = {
  ...every,
  /** Whose usage is the quantity. [the quantity of the subscription] */
  meter: meterField.optional(),
  /** Units of each period that cost nothing. [none] */
  included: quantityField.optional(),
}

/**
 * One thing that a plan charges for.
 *
 * - `flat`: one price a period, whatever the quantity
 * - `per_unit`: a price for each unit
 * - `graduated`: each unit at the price of the tier that it falls in
 * - `volume`: all units at the price of the tier that the quantity falls in
 * - `package`: a price for each package that is begun
 * - `custom`: what a plug-in says
 */
export const chargeField = z
  .discriminatedUnion('model', [
    z.strictObject({ ...every, model: z.literal('flat'), rate: rateField }),
    z.strictObject({ ...counted, model: z.literal('per_unit'), rate: rateField }),
    z.strictObject({ ...counted, model: z.literal('graduated'), tiers: tiersField }),
    z.strictObject({ ...counted, model: z.literal('volume'), tiers: tiersField }),
    z.strictObject({ ...counted, model: z.literal('package'), size: sizeField, rate: rateField }),
    z.strictObject({
      ...counted,
      model: z.literal('custom'),
      /** Name of a registered plug-in. */
      plugIn: z.string().min(1).max(64),
      parameters: z
        .record(z.string(), z.json())
        .refine((given) => JSON.stringify(given).length <= PARAMETERS_MAX, 'are too long')
        .default({}),
    }),
  ])
  .superRefine((charge, context) => {
    if (!('meter' in charge) || charge.meter === undefined || charge.when === 'arrears') return
    context.addIssue({
      code: 'custom',
      path: ['when'],
      message: 'is advance, and nobody knows the usage of a period that begins',
      params: { remedy: 'charge for usage in arrears' },
    })
  })

/** All that a plan charges for: a hybrid plan has a flat charge and some for usage. */
export const chargesField = z
  .array(chargeField)
  .min(1, 'are none')
  .max(CHARGES_MAX, `are more than ${CHARGES_MAX}`)
  .superRefine((charges, context) => {
    for (const [index, { key }] of charges.entries()) {
      if (charges.findIndex((other) => other.key === key) === index) continue
      const message = `is ${key}, as that of another charge`
      context.addIssue({
        ...{ code: 'custom', path: [index, 'key'], message },
        params: { remedy: 'give each charge a key of its own' },
      })
    }
  })

/** One thing that a plan charges for, as it is written and stored: decimals are texts. */
export type ChargeInput = z.input<typeof chargeField>

/** One thing that a plan charges for, checked. */
export type Charge = z.output<typeof chargeField>

/** How a charge is priced. */
export type ChargeModel = Charge['model']

/** A charge whose price depends on a quantity. */
export type CountedCharge = Exclude<Charge, { model: 'flat' }>

/** Tells whether a charge is for usage, whose quantity is known after its period. */
export function isUsage(charge: Charge): charge is CountedCharge & { readonly meter: string } {
  return charge.model !== 'flat' && charge.meter !== undefined
}

/** What the charges of a plan are checked against. */
export interface ChargeRules {
  readonly cycle: Cycle
  readonly plugIns: PricingPlugIns
}

/**
 * Checks what a plan charges for.
 *
 * @throws {@link InvalidValue} naming the field, its problem and the way out
 * @throws {@link UnknownPlugIn} listing those there are
 */
export function readCharges(input: unknown, { cycle, plugIns }: ChargeRules): Charge[] {
  // Before they are read: what is nested without an end would overflow whoever reads it.
  if (isDeeper(input, DEPTH_MAX)) {
    throw new InvalidValue({ field: 'charges', problem: `are nested deeper than ${DEPTH_MAX}` })
  }
  const read = chargesField.safeParse(input)
  if (!read.success) throw firstFault(read.error, 'charges')
  for (const [index, charge] of read.data.entries()) {
    if (cycle === 'one_time' && charge.when === 'arrears') {
      throw new InvalidValue({
        field: `charges.${index}.when`,
        problem: 'is arrears, and what is billed once is billed at its start',
        remedy: 'charge in advance',
      })
    }
    if (charge.model === 'custom') {
      plugIns.get(charge.plugIn).check(charge.parameters, `charges.${index}.parameters`)
    }
  }
  return read.data
}

/** The first fault that a schema found, as one of the kit's errors. */
export function firstFault({ issues }: z.ZodError, root: string): InvalidValue {
  const [issue] = issues
  const remedy = issue?.code === 'custom' ? issue.params?.['remedy'] : undefined
  return new InvalidValue({
    field: [root, ...(issue?.path ?? [])].join('.'),
    problem: lowered(issue?.message ?? 'is wrong'),
    ...(typeof remedy === 'string' ? { remedy } : {}),
  })
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1))
}

function lowered(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`
}
