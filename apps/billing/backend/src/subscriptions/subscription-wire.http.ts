import { BILLED_STATUSES, CYCLES, LINE_KINDS, REVISION_KINDS } from '@gramkit/core/billing'
import { amountWire, instantWire } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import { z } from 'zod'
import { dayWire, decimalWire, stepWire } from '../wire.ts'

const subscription = {
  id: z.uuid(),
  customerId: z.uuid(),
  status: z.enum(BILLED_STATUSES),
  currency: z.enum(CURRENCIES),
  startOn: dayWire,
  anchorOn: dayWire,
  cycle: z.enum(CYCLES),
  timeZone: z.string(),
  billCount: z.int(),
  /** What changes gave back and no invoice has taken yet. */
  carried: amountWire,
  nextBillingAt: instantWire.nullable(),
  parkedAt: instantWire.nullable(),
  parkedReason: z.string().nullable(),
  createdAt: instantWire,
  updatedAt: instantWire,
}

/** A subscription, on the wire. */
export const subscriptionWire = z.object(subscription).meta({ id: 'BilledSubscription' })

const revisionWire = z.object({
  number: z.int(),
  kind: z.enum(REVISION_KINDS),
  fromOn: dayWire,
  proration: z.enum(['time', 'none']),
  planVersionId: z.uuid(),
  quantity: decimalWire,
  prices: z.record(z.string(), z.string()).readonly(),
  createdAt: instantWire,
})

/** A subscription with all that it cost. */
export const subscriptionViewWire = z
  .object({ ...subscription, revisions: z.array(revisionWire).readonly() })
  .meta({ id: 'SubscriptionWithRevisions' })

const billLineWire = z.object({
  kind: z.enum(LINE_KINDS),
  chargeKey: z.string().nullable(),
  title: z.string(),
  fromOn: dayWire.nullable(),
  untilOn: dayWire.nullable(),
  quantity: decimalWire,
  unitPrice: decimalWire.nullable(),
  steps: z.array(stepWire).readonly(),
  amount: amountWire,
  /** Its part of the discounts. */
  discount: amountWire,
})

/** What a change would do; amounts are before taxes. */
export const changePreviewWire = z
  .object({
    fromOn: dayWire,
    nextBill: z.object({ at: instantWire, on: dayWire, lines: z.array(billLineWire) }).nullable(),
  })
  .meta({ id: 'BilledChangePreview' })
