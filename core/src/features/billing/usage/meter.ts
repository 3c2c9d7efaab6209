import { z } from 'zod'
import { line } from '../fields.ts'
import { meterField } from '../pricing/charge.ts'

/**
 * How the events of a period become one quantity.
 *
 * - `sum`: of their values
 * - `count`: how many they are
 * - `max`: the greatest value
 * - `unique`: how many different values
 * - `last`: the value of the latest
 * - `weighted`: the average over time of a level that each event sets until the next, and that the
 *   last event before the period set for its beginning
 */
export const AGGREGATIONS = ['sum', 'count', 'max', 'unique', 'last', 'weighted'] as const

/** A way to make one quantity of many events. */
export type Aggregation = (typeof AGGREGATIONS)[number]

/** What becomes of an event of a period that was billed already. */
export const LATE_POLICIES = ['next_invoice', 'refused'] as const

/** What a meter is made of. It never changes, as what was counted would change with it. */
export const meterFields = z
  .strictObject({
    /** What charges and events name. */
    code: meterField,
    name: line(200),
    /** What is counted, such as `GB`. */
    unit: line(32),
    aggregation: z.enum(AGGREGATIONS, `is none of ${AGGREGATIONS.join(', ')}`),
    /** Which property of an event holds its value; none to count events. */
    valueProperty: line(64).nullable().default(null),
    late: z.enum(LATE_POLICIES, `is none of ${LATE_POLICIES.join(', ')}`).default('next_invoice'),
    /** How old an event may be when it is recorded. */
    acceptedDays: z
      .int('is no whole number from 1 to 400')
      .min(1, 'is no whole number from 1 to 400')
      .max(400, 'is no whole number from 1 to 400')
      .default(35),
  })
  .superRefine(({ aggregation, valueProperty }, context) => {
    if ((aggregation === 'count') === (valueProperty === null)) return
    const message =
      aggregation === 'count' ? 'is of no use to count events' : `is needed for ${aggregation}`
    context.addIssue({ code: 'custom', path: ['valueProperty'], message })
  })

/** What a meter is made from. */
export type MeterInput = z.input<typeof meterFields>

/** Counts one kind of usage. */
export interface Meter extends Readonly<z.output<typeof meterFields>> {
  readonly tenantId: string
  readonly id: string
  readonly createdAt: Date
}
