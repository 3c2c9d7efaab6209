import { z } from 'zod'
import type { Decimal } from '../../../kernel/index.ts'
import { line } from '../fields.ts'
import { meterField } from '../pricing/charge.ts'
import type { Meter } from './meter.ts'

/** Most events of one batch. */
export const USAGE_BATCH_MAX = 10_000
/** How far ahead of ours a sender's clock may be. */
export const USAGE_AHEAD_MS = 300_000

const PROPERTIES_MAX = 32
const PROPERTIES_LENGTH_MAX = 4_000

const keyField = z
  .string()
  .regex(/^[!-~]{1,128}$/, 'has not 1 to 128 letters, digits and signs without spaces')

/** Texts that a database cannot keep are none. */
const isKept = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const propertyField = z.union(
  [z.string().max(500).refine(isKept), z.number(), z.boolean()],
  'is no text of at most 500 characters, number or truth value',
)

/** Something that a customer used. */
export const usageEventFields = z.strictObject({
  /** Who tells it; ids are unique in a source. */
  source: keyField.default('api'),
  /** Told twice, it is counted once. */
  id: keyField,
  customerId: z.uuid('is no id').toLowerCase(),
  /** Code of the meter. */
  meter: meterField,
  /** When it was used. */
  at: z.date('is no moment'),
  properties: z
    .record(line(64).refine(isKept, 'is no text'), propertyField)
    .refine(
      (properties) =>
        Object.keys(properties).length <= PROPERTIES_MAX &&
        JSON.stringify(properties).length <= PROPERTIES_LENGTH_MAX,
      `are more than ${PROPERTIES_MAX}, or longer than ${PROPERTIES_LENGTH_MAX} characters`,
    )
    .default({}),
})

/** Something that a customer used, as it is told. */
export type UsageEventInput = z.input<typeof usageEventFields>

/** Something that a customer used, checked by itself. */
export type UsageEvent = z.output<typeof usageEventFields>

/** Why an event is not counted. */
export type UsageRefusal =
  | 'invalid'
  | 'unknown_customer'
  | 'unknown_meter'
  | 'in_future'
  | 'too_old'
  | 'late'
  | 'conflict'

/** Why an event is not counted, and in words. */
export interface UsageFault {
  readonly reason: UsageRefusal
  readonly problem: string
}

/** An event that is not counted. */
export interface RefusedUsage extends UsageFault {
  /** Its place in the batch, from 0. */
  readonly index: number
}

/** What became of a batch. */
export interface UsageReport {
  /** Counted now. */
  readonly accepted: number
  /** Counted before, or by another event of the batch. */
  readonly duplicates: number
  /** Not counted, in the order of the batch. */
  readonly refused: readonly RefusedUsage[]
}

/** An event as it is stored, and its place in the batch. */
export interface CountedUsage {
  readonly index: number
  readonly event: UsageEvent
  readonly meter: Meter
  /** Null where events or different values are counted. */
  readonly quantity: Decimal | null
  /** What `unique` tells apart. */
  readonly value: string | null
}
