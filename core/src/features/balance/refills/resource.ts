import { z } from 'zod'
import { DAY_MS, InvalidValue, UNIT_AMOUNT_MAX, UNIT_NAME } from '../../../kernel/index.ts'

/** How often a resource refills; days, weeks (from Monday) and months are the user's own. */
export const REFILL_PERIODS = ['hour', 'day', 'week', 'month'] as const

/** How often a resource refills. */
export type RefillPeriod = (typeof REFILL_PERIODS)[number]

const amount = z.bigint().positive().max(UNIT_AMOUNT_MAX)

const resourceSchema = z.strictObject({
  unit: z.string().regex(UNIT_NAME, 'use 1 to 32 letters, digits, - and _, a letter first'),
  refill: z
    .strictObject({
      /** What each period brings. */
      amount,
      every: z.enum(REFILL_PERIODS),
      /** What a refill fills up to, and never beyond. */
      cap: amount,
    })
    .refine((refill) => refill.amount <= refill.cap, {
      path: ['cap'],
      message: 'is less than one refill brings',
    }),
})

/** A unit that refills by itself, as the app declares it. */
export type ResourceInput = z.input<typeof resourceSchema>

/** A unit that refills by itself, checked. */
export type Resource = z.output<typeof resourceSchema>

/** The resources of an app, by unit. */
export interface ResourceCatalog {
  find(unit: string): Resource | undefined
  list(): readonly Resource[]
}

/**
 * Checks the app's resources once, at the start.
 *
 * @throws {@link InvalidValue} naming the resource and field that breaks a rule
 */
export function createResourceCatalog(inputs: readonly ResourceInput[]): ResourceCatalog {
  const resources = new Map<string, Resource>()
  for (const [index, input] of inputs.entries()) {
    const result = resourceSchema.safeParse(input)
    if (!result.success) {
      const issue = result.error.issues[0]
      throw new InvalidValue({
        field: ['resources', input.unit ?? index, ...(issue?.path ?? [])].join('.'),
        problem: issue?.message ?? 'is not a resource',
      })
    }
    if (resources.has(result.data.unit)) {
      throw new InvalidValue({ field: `resources.${input.unit}`, problem: 'is declared twice' })
    }
    resources.set(result.data.unit, result.data)
  }
  const all = [...resources.values()]
  return { find: (unit) => resources.get(unit), list: () => all }
}

/**
 * The period that an instant falls into, as a number that grows by one from each to the next.
 *
 * It counts the dates of the calendar in the time zone, not hours: a day of 23 or 25 hours is one.
 */
export function periodNumber(every: RefillPeriod, instant: Date, timeZone: string): number {
  if (every === 'hour') return Math.floor(instant.getTime() / 3_600_000)
  const { year, month, day } = localDate(instant, timeZone)
  if (every === 'month') return year * 12 + month - 1
  const days = Math.round(Date.UTC(year, month - 1, day) / DAY_MS)
  // Day 0 was a Thursday.
  return every === 'day' ? days : Math.floor((days + 3) / 7)
}

function localDate(instant: Date, timeZone: string): { year: number; month: number; day: number } {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const read = (type: 'year' | 'month' | 'day'): number => Number(parts.get(type))
  return { year: read('year'), month: read('month'), day: read('day') }
}
