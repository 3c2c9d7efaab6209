import { aGuest } from '@gramkit/shop/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { findDifferences } from '../harness/books.ts'
import { type Kit, startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { together, until } from '../harness/together.ts'

const HANDS = 8
const DAY_SECONDS = 86_400
const YEAR_DAYS = 368
/** A move of the clock answers when all is done, and nobody waits for an answer for ever. */
const MOVE_DAYS = 16

/** What cards do from their first renewal on; two thirds of them just work. */
const CARDS = ['works', 'works', 'fails'] as const
const FAILURES = ['poor', 'late', 'stolen', 'revoked', 'slow', 'slow_no'] as const
type Card = 'works' | (typeof FAILURES)[number]

const countShape = z.object({ card: z.string(), status: z.string(), count: z.number() })

proof('year a year of subscriptions by card, a third of them failing', async (proof) => {
  const subscribers = proof.isFull ? 1_000 : 50
  await using kit = await startKit(proof)
  await kit.run('shop', 'api,bot,worker,relay')
  const cards = new Map<string, Card>()
  await together([...Array(subscribers).keys()], HANDS, async (index) => {
    const failure = FAILURES[Math.floor(index / CARDS.length) % FAILURES.length] ?? 'poor'
    const card = CARDS[index % CARDS.length] === 'fails' ? failure : 'works'
    cards.set(await subscribe(kit), card)
  })
  await until('everybody is subscribed', 120_000, async () => {
    const [{ count = 0 } = {}] = await kit.rows(
      z.object({ count: z.number() }),
      `select count(*)::int as count from gramkit.subscription where status = 'active'`,
    )
    return count === subscribers || `${count} of ${subscribers}`
  })
  await spread(kit, proof.isFull ? 30 : 2)
  for (const [methodId, card] of cards) await spoil(kit, methodId, card)

  const began = performance.now()
  for (let day = 0; day < YEAR_DAYS; day += MOVE_DAYS) {
    await kit.sandbox.control.clock.advance({ days: MOVE_DAYS })
  }
  expect(await findDifferences(kit)).toEqual([])
  const seconds = Math.round((performance.now() - began) / 1_000)

  const outcomes = await outcomesOf(kit, cards)
  const has = (card: Card) => [...cards.values()].filter((one) => one === card).length
  expect(outcomes).toEqual({
    works: { active: has('works') },
    late: { active: has('late') },
    slow: { active: has('slow') },
    ...Object.fromEntries(
      (['poor', 'stolen', 'revoked', 'slow_no'] as const).map((card) => [
        card,
        { expired: has(card) },
      ]),
    ),
  })
  expect(await chargedTwice(kit)).toEqual([])
  const charges = await kit.sandbox.control.transactions('yookassa')
  proof.report({ subscribers, charges: charges.length, 'seconds for the year': seconds })
})

/** A guest subscribes with a card; gives the saved method. */
async function subscribe(kit: Kit): Promise<string> {
  const guest = await aGuest(kit)
  const { status, body } = await guest.post('/api/v1/payments', {
    ...{ productId: 'pro-monthly', gateway: 'yookassa', currency: 'RUB' },
    autopaymentConsent: { textVersion: 'proof' },
  })
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`)
  const id = new URL(body.confirmationUrl).pathname.split('/').at(-1) ?? ''
  return (await kit.sandbox.control.yookassa.succeed(id)).payment_method?.id ?? ''
}

/** Spreads billing dates over a month, on whole days, as if people had come day by day. */
async function spread(kit: Kit, dates: number): Promise<void> {
  await kit.rows(
    z.unknown(),
    `update gramkit.subscription s
     set current_period_end = s.current_period_end + d.later,
         next_charge_at = s.next_charge_at + d.later,
         expires_at = s.expires_at + d.later,
         notice_at = s.notice_at + d.later
     from (select id, date_trunc('hour', current_period_end) - current_period_end
                  + interval '1 hour'
                  + (row_number() over (order by id) % $1) * interval '1 day' as later
           from gramkit.subscription) d
     where d.id = s.id`,
    [dates],
  )
}

async function spoil(kit: Kit, methodId: string, card: Card): Promise<void> {
  const { faults, yookassa } = kit.sandbox.control
  const hit = { target: 'yookassa', payment_method_id: methodId } as const
  const settle_after_seconds = 2 * DAY_SECONDS
  if (card === 'poor') await faults.add({ ...hit, kind: 'decline', times: null })
  if (card === 'late') await faults.add({ ...hit, kind: 'decline', times: 3 })
  if (card === 'stolen') {
    await faults.add({ ...hit, kind: 'decline', times: null, reason: 'fraud_suspected' })
  }
  if (card === 'revoked') await yookassa.revoke(methodId)
  if (card === 'slow') await faults.add({ ...hit, kind: 'pending', times: 4, settle_after_seconds })
  if (card === 'slow_no') {
    const outcome = 'canceled' as const
    await faults.add({ ...hit, kind: 'pending', times: null, settle_after_seconds, outcome })
  }
}

/** How many subscriptions of each kind of card ended how. */
async function outcomesOf(
  kit: Kit,
  cards: ReadonlyMap<string, Card>,
): Promise<Record<string, Record<string, number>>> {
  const rows = await kit.rows(
    countShape,
    `select c.card, s.status, count(*)::int as count
     from gramkit.subscription s join jsonb_each_text($1) c(method, card)
       on c.method = s.saved_method_id
     group by c.card, s.status`,
    [JSON.stringify(Object.fromEntries(cards))],
  )
  const outcomes: Record<string, Record<string, number>> = {}
  for (const { card, status, count } of rows) {
    outcomes[card] = { ...outcomes[card], [status]: count }
  }
  return outcomes
}

/** Subscriptions that were charged more than once within one period. */
function chargedTwice(kit: Kit): Promise<{ id: string }[]> {
  return kit.rows(
    z.object({ id: z.string() }),
    `select subscription_id::text as id
     from (select subscription_id, paid_at - lag(paid_at) over w as gap
           from gramkit.payment where paid_at is not null
           window w as (partition by subscription_id order by paid_at)) paid
     where gap < interval '20 days'`,
  )
}
