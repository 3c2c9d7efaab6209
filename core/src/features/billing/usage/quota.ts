import { z } from 'zod'
import type { Decimal } from '../../../kernel/index.ts'
import type { Cycle } from '../periods/billing-period.ts'
import { meterField } from '../pricing/charge.ts'
import { quantityField, sizeField } from '../pricing/decimal-fields.ts'

/** Cycles in which a quota begins anew. */
export const QUOTA_CYCLES = [
  'weekly',
  'monthly',
  'quarterly',
  'semi_annually',
  'annually',
] as const satisfies readonly Cycle[]

/** Whether more than a quota is refused, or told. */
export const QUOTA_KINDS = ['hard', 'allowance'] as const

/** How much a customer may use in each period. */
export const quotaFields = z.strictObject({
  customerId: z.uuid('is no id').toLowerCase(),
  /** Code of a meter that sums. */
  meter: meterField,
  quantity: quantityField,
  kind: z.enum(QUOTA_KINDS, `is none of ${QUOTA_KINDS.join(', ')}`),
  cycle: z.enum(QUOTA_CYCLES, `is none of ${QUOTA_CYCLES.join(', ')}`),
  /** First local day of the first period. */
  anchorOn: z.iso.date('is no day, such as 2028-01-31'),
})

/** How much a customer may use, as it is told. */
export type QuotaInput = z.input<typeof quotaFields>

/** How much a customer may use in each period: a hard limit, or an allowance that may be exceeded. */
export interface Quota extends Readonly<Omit<z.output<typeof quotaFields>, 'meter'>> {
  readonly tenantId: string
  readonly id: string
  readonly meterId: string
  /** End of the last period in which it was told that nothing remains; null since it was set. */
  readonly reachedUntil: Date | null
  /** How often usage of it was told: what was reckoned before the last time may be too little. */
  readonly uses: bigint
  /** When it is looked at whether anything remains; null when it was since the last usage. */
  readonly dueAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** How far a quota is used in the current period. */
export interface QuotaState {
  readonly quantity: Decimal
  /** Counted already, whether or not it was reserved. */
  readonly used: Decimal
  /** Reserved and not used yet. */
  readonly held: Decimal
  /** What may still be reserved; 0 when more was used. */
  readonly remaining: Decimal
  /** When the next period begins. */
  readonly endsAt: Date
}

/** Longest time for which something is reserved. */
const SECONDS_MAX = 86_400

/** What a customer is about to use. */
export const reservationFields = z.strictObject({
  /** Asked again with the same id, nothing more is reserved. */
  id: z.uuid('is no id').toLowerCase(),
  customerId: z.uuid('is no id').toLowerCase(),
  meter: meterField,
  quantity: sizeField,
  /** After how long it is free again. */
  seconds: z
    .int(`is no whole number from 1 to ${SECONDS_MAX}`)
    .min(1, `is no whole number from 1 to ${SECONDS_MAX}`)
    .max(SECONDS_MAX, `is no whole number from 1 to ${SECONDS_MAX}`)
    .default(300),
})

/** What a customer is about to use, as it is told. */
export type ReservationInput = z.input<typeof reservationFields>

/** States of a reservation; one that is held past its time is expired and holds nothing. */
export const RESERVATION_STATUSES = ['held', 'committed', 'released'] as const

/** A part of a quota that is kept for somebody who is about to use it. */
export interface Reservation {
  readonly tenantId: string
  readonly id: string
  readonly quotaId: string
  readonly quantity: Decimal
  readonly status: (typeof RESERVATION_STATUSES)[number]
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What became of an attempt to reserve. */
export type ReserveOutcome =
  | { readonly outcome: 'reserved'; readonly reservation: Reservation; readonly state: QuotaState }
  | { readonly outcome: 'exceeded'; readonly state: QuotaState }
