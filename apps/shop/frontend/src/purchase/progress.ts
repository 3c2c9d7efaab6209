import type { Payment } from '../api/wire.ts'

/** What a payment's state means to the buyer; only the server's word makes it `done`. */
export type Progress = 'waiting' | 'done' | 'over'

/** Tells how far a payment is. */
export function progressOf({ status }: Pick<Payment, 'status'>): Progress {
  switch (status) {
    case 'created':
    case 'pending':
    case 'waiting_for_capture':
    case 'unknown':
      return 'waiting'
    case 'succeeded':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return 'done'
    case 'canceled':
    case 'expired':
    case 'failed':
      return 'over'
  }
}

/** Where the buyer can still pay, if anywhere. */
export function payUrlOf({ status, confirmationUrl }: Payment): string | undefined {
  const isOpen = status === 'created' || status === 'pending'
  return isOpen && confirmationUrl ? confirmationUrl : undefined
}
