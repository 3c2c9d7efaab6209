import { describe, expect, test } from 'vitest'
import { DISPUTE_STATUSES, type DisputeStatus, movesDispute } from './disputes/dispute.ts'
import {
  PAYMENT_STATUSES,
  type PaymentSnapshot,
  type PaymentStatus,
  paidStatus,
  type Transition,
  transition,
} from './payment.ts'
import { movesRefund, REFUND_STATUSES, type RefundStatus } from './refunds/refund.ts'

type Reported = PaymentSnapshot['status']

const REPORTED = [
  'pending',
  'waiting_for_capture',
  'succeeded',
  'canceled',
  'expired',
  'failed',
] as const satisfies Reported[]

/** Every state by every report, in the order of REPORTED. */
const PAYMENTS: Record<PaymentStatus, readonly Transition[]> = {
  created: ['apply', 'apply', 'apply', 'apply', 'apply', 'apply'],
  pending: ['ignore', 'apply', 'apply', 'apply', 'apply', 'apply'],
  unknown: ['apply', 'apply', 'apply', 'apply', 'apply', 'apply'],
  waiting_for_capture: ['ignore', 'ignore', 'apply', 'apply', 'apply', 'apply'],
  succeeded: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore'],
  partially_refunded: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore'],
  refunded: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore'],
  disputed: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore'],
  canceled: ['ignore', 'ignore', 'link', 'ignore', 'ignore', 'ignore'],
  expired: ['ignore', 'ignore', 'link', 'ignore', 'ignore', 'ignore'],
  failed: ['ignore', 'ignore', 'link', 'ignore', 'ignore', 'ignore'],
}

describe.each(PAYMENT_STATUSES)('a payment that is %s', (from) => {
  test.each(REPORTED.map((to, at) => [to, PAYMENTS[from][at]] as const))(
    'and is reported %s: %s',
    (to, expected) => {
      expect(transition(from, to)).toBe(expected)
    },
  )
})

/** Every state that a refund moves to. */
const REFUNDS: Record<RefundStatus, readonly RefundStatus[]> = {
  requested: ['pending', 'succeeded', 'failed', 'unknown'],
  unknown: ['pending', 'succeeded', 'failed'],
  pending: ['succeeded', 'failed'],
  failed: ['succeeded'],
  succeeded: [],
}

describe.each(REFUND_STATUSES)('a refund that is %s', (from) => {
  test.each(['pending', 'succeeded', 'failed', 'unknown'] as const)('and is told %s', (to) => {
    expect(movesRefund(from, to)).toBe(REFUNDS[from].includes(to))
  })
})

const DISPUTES: Record<DisputeStatus, readonly DisputeStatus[]> = {
  open: ['won', 'lost'],
  won: [],
  lost: [],
}

describe.each(DISPUTE_STATUSES)('a dispute that is %s', (from) => {
  test.each(DISPUTE_STATUSES)('and is told %s', (to) => {
    expect(movesDispute(from, to)).toBe(DISPUTES[from].includes(to))
    expect(movesDispute(undefined, to)).toBe(true)
  })
})

test.each([
  [0n, false, 'succeeded'],
  [0n, true, 'disputed'],
  [1n, false, 'partially_refunded'],
  [1n, true, 'disputed'],
  [2n, false, 'refunded'],
  [2n, true, 'refunded'],
] as const)(
  'money of 2 of which %s went back, disputed %s, is %s',
  (refundedAmount, is, status) => {
    expect(paidStatus({ amount: 2n, refundedAmount }, is)).toBe(status)
  },
)
