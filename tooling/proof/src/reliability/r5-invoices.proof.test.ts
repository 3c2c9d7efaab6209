import { startRunningBilling } from '@gramkit/billing-backend/testing'
import type { FaultInput } from '@gramkit/sandbox'
import { expect } from 'vitest'
import { Debtors, type Page, WAYS } from '../harness/debtors.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, together } from '../harness/together.ts'

const HANDS = 8
/** How long the providers are in trouble in each round. */
const TROUBLED_MINUTES = 2
/** Longer than a breaker and the resolver leave a provider alone that was in trouble. */
const CALM_MINUTES = 15

type Trouble = Extract<FaultInput, { kind: 'drop' | 'error' }>
type Call = Pick<Trouble, 'target' | 'method'>

const MOVES: readonly Call[] = [
  { target: 'yookassa', method: 'POST /payments' },
  { target: 'yookassa', method: 'POST /refunds' },
  { target: 'stripe', method: 'POST /checkout/sessions' },
  { target: 'stripe', method: 'POST /payment_intents' },
  { target: 'stripe', method: 'POST /refunds' },
]
const QUESTIONS: readonly Call[] = [
  { target: 'yookassa', method: 'GET /payments/:id' },
  { target: 'stripe', method: 'GET /checkout/sessions/:id' },
  { target: 'stripe', method: 'GET /payment_intents/:id' },
]

/** What an outage may do to each call that moves money, and to each question how it stands. */
const TROUBLES: readonly Trouble[] = [
  ...MOVES.flatMap((call): Trouble[] => [
    { ...call, kind: 'drop', effect: 'done' },
    { ...call, kind: 'error', effect: 'done' },
    { ...call, kind: 'error', effect: 'not_done' },
  ]),
  ...QUESTIONS.map((call): Trouble => ({ ...call, kind: 'error' })),
]

proof('R5 lost answers charge no invoice twice', async (proof) => {
  const rounds = proof.isFull ? 10 : 2
  /** Invoices of each kind in each round: paid on their page, charged, paid before and refunded. */
  const share = proof.isFull ? 17 : 3
  const { chance } = proof
  await using running = await startRunningBilling({ GRAMKIT_RATE_LIMIT_PER_MINUTE: '0' })
  const { clock, faults } = running.sandbox.control
  const debtors = new Debtors(running, chance)
  const sellers = await together([...WAYS, ...WAYS], HANDS, (way) => debtors.aSeller(way))
  const sold = await together(inTurn(sellers, share * rounds), HANDS, async (seller) => {
    const page = await debtors.openPage(await debtors.oweAnew(seller))
    await debtors.pay(page)
    await debtors.untilReceived(page)
    return page
  })

  // Pages, charges and refunds meet the troubles in whatever order the seed says.
  const begun: Page[] = []
  for (let round = 0; round < rounds; round++) {
    await faults.clear()
    const troubles = proof.isFull ? TROUBLES : TROUBLES.filter((one) => !isKept(one))
    for (const trouble of chance.shuffled(troubles).slice(0, proof.isFull ? 9 : 6)) {
      const most = proof.isFull && !isKept(trouble) ? share : 2
      await faults.add({ ...trouble, times: chance.whole(1, most) })
    }
    const asked = inTurn(sellers, share)
    const [pages] = await Promise.all([
      together(asked, HANDS, async (seller) => {
        const page = await debtors.openPage(await debtors.oweAnew(seller))
        if (chance.whole(0, 1) === 0) await debtors.payNow(page)
        return page
      }),
      together(asked, HANDS, (seller) => debtors.owe(seller, seller.saverId)),
      together(sold.slice(round * share, (round + 1) * share), HANDS, (page) =>
        debtors.refund(page),
      ),
    ])
    begun.push(...pages)
    await clock.advance({ minutes: TROUBLED_MINUTES })
  }
  await faults.clear()
  await clock.advance({ minutes: CALM_MINUTES })
  await together(begun, HANDS, (page) => debtors.pay(page))
  await debtors.untilEnded()
  // What Stripe answers by its key for a day is looked up after that.
  for (let hour = 0; proof.isFull && hour < 30; hour++) await clock.advance({ hours: 1 })
  // Old enough for the reconciler, which leaves alone what may still be on its way.
  await clock.advance({ minutes: 11 })

  expect(await debtors.charged()).toEqual(debtors.wanted())
  expect(await debtors.differences()).toEqual([])
  proof.report({
    tenants: sellers.length,
    invoices: debtors.debts.length,
    'paid on pages': sold.length + begun.length,
    charged: share * rounds,
    refunds: sold.length,
  })
})

/** Stripe repeats such an answer for a day, and each look at it takes a second: a few are enough. */
function isKept({ target, kind, effect }: Trouble): boolean {
  return target === 'stripe' && kind === 'error' && effect === 'done'
}
