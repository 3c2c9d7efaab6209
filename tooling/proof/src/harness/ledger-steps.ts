import fc from 'fast-check'

const person = fc.nat({ max: 2 })
const place = fc.nat({ max: 30 })
const amount = fc.bigInt({ min: 1n, max: 40n })
/** `-1` is the system account. */
const owner = fc.integer({ min: -1, max: 2 })
const move = fc.record({ source: owner, target: owner, amount })

/** One call to the ledger; places point at what earlier steps have made, in turn. */
export const ledgerStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('credit' as const), person, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('debit' as const), person, amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transfer' as const), move }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('hold' as const),
      person,
      amount,
      hours: fc.option(fc.integer({ min: 1, max: 5 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('capture' as const),
      place,
      /** All of it where null. */
      amount: fc.option(amount),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refill' as const), person }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('expire' as const),
      hours: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('reverse' as const),
      place,
      amount: fc.option(amount),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('postMany' as const),
      moves: fc.array(move, { maxLength: 5 }),
      /** An earlier transfer that is asked for again, as it was or with other contents. */
      again: fc.option(fc.record({ place, isSame: fc.boolean() })),
      isFirstTwice: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('floor' as const),
      person,
      floor: fc.bigInt({ min: -30n, max: 20n }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      place,
      isSame: fc.boolean(),
    }),
  },
)

/** One call to the ledger. */
export type LedgerStep = typeof ledgerStep extends fc.Arbitrary<infer Step> ? Step : never
