import fc from 'fast-check'

/** Names of charges; `own` is the one that the payment was begun with. */
export const CHARGES = ['own', 'second', 'third'] as const

/** What of a payment a refund gives back, by its name, in percent. */
export const REFUNDS = { quarter: 25n, half: 50n, all: 100n } as const

/** What of a payment a dispute is about, by its name, in percent. */
export const DISPUTES = { whole: 100n, part: 30n } as const

const charge = fc.constantFrom(...CHARGES)

/** Something that a provider reports, or that happens here, to one payment and its charges. */
export const paymentStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      charge,
      status: fc.constantFrom(
        ...(['pending', 'waiting_for_capture', 'canceled', 'expired', 'failed'] as const),
        ...(['succeeded', 'succeeded', 'succeeded'] as const),
      ),
      /** Minor units that the report has too much; what differs must do nothing. */
      excess: fc.constantFrom(0n, 0n, 0n, 0n, 1n, -1n),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      charge,
      refund: fc.constantFrom('quarter', 'half', 'all'),
      status: fc.constantFrom('pending', 'failed', 'succeeded', 'succeeded'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dispute' as const),
      charge,
      dispute: fc.constantFrom('whole', 'part'),
      status: fc.constantFrom('open', 'open', 'won', 'lost'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('close' as const),
      status: fc.constantFrom('canceled', 'expired', 'failed'),
    }),
  },
)

/** One step of a run. */
export type PaymentStep = typeof paymentStep extends fc.Arbitrary<infer Step> ? Step : never
