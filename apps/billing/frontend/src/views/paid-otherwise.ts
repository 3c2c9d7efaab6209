import type { Invoice, Payment } from '../api/wire.ts'

/** What an invoice took in minor units that is none of its payments: credit, or what an app booked. */
export function paidOtherwise(
  { paid }: Pick<Invoice, 'paid'>,
  payments: readonly Pick<Payment, 'taken' | 'takenBack'>[],
): bigint {
  return payments.reduce(
    (rest, { taken, takenBack }) => rest - BigInt(taken) + BigInt(takenBack),
    BigInt(paid),
  )
}
