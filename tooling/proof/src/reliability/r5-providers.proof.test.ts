import { newId } from '@gramkit/core/kernel'
import type { FaultInput } from '@gramkit/sandbox'
import { type ApiClient, aGuest } from '@gramkit/shop/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { findDifferences, untilQuiet } from '../harness/books.ts'
import {
  clientOf,
  makeBuyers,
  type Purchase,
  patiently,
  pay,
  startPurchase,
  yookassaIdOf,
} from '../harness/buyers.ts'
import { type Kit, startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, percentiles, together, until } from '../harness/together.ts'
import { Witness } from '../harness/witness.ts'

const HANDS = 8
/** Long enough for a subscription to end in it, short enough for an offer not to. */
const TROUBLED_MINUTES = 15
/** What breaker and gateway allow: failures in a row, tries of each call, and the longest rest. */
const [FAILURES_MAX, CALL_TRIES, REST_MINUTES_MAX] = [5, 3, 5]
const countShape = z.object({ count: z.number() })
const statusShape = z.object({ status: z.string() })

type Trouble = Extract<FaultInput, { kind: 'drop' | 'error' }>

/** What an outage may do to each call that has an effect, and to each question how it stands. */
const TROUBLES: readonly [Trouble, ...Trouble[]] = [
  { target: 'yookassa', method: 'POST /payments', kind: 'drop', effect: 'done' },
  { target: 'yookassa', method: 'POST /payments', kind: 'error', effect: 'done' },
  { target: 'yookassa', method: 'POST /payments', kind: 'error', effect: 'not_done' },
  { target: 'yookassa', method: 'POST /refunds', kind: 'drop', effect: 'done' },
  { target: 'yookassa', method: 'POST /refunds', kind: 'error', effect: 'done' },
  { target: 'yookassa', method: 'POST /refunds', kind: 'error', effect: 'not_done' },
  { target: 'yookassa', method: 'GET /payments/:id', kind: 'error' },
  { target: 'telegram', method: 'createInvoiceLink', kind: 'drop', effect: 'done' },
  { target: 'telegram', method: 'createInvoiceLink', kind: 'error', effect: 'not_done' },
  { target: 'telegram', method: 'refundStarPayment', kind: 'drop', effect: 'done' },
  { target: 'telegram', method: 'refundStarPayment', kind: 'error', effect: 'done' },
  { target: 'telegram', method: 'refundStarPayment', kind: 'error', effect: 'not_done' },
]

proof('R5 answers that are lost after the effect move no money twice', async (proof) => {
  const subscribers = proof.isFull ? 100 : 4
  const purchases = proof.isFull ? 400 : 12
  const rounds = proof.isFull ? 10 : 3
  await using kit = await startKit(proof)
  await kit.run('api', 'api,bot')
  await kit.run('worker', 'worker,relay')
  const guests = await together(Array(subscribers).fill(kit), HANDS, subscribe)
  const buyers = await makeBuyers(kit, HANDS * 4)
  const sold = await together(inTurn(buyers, purchases), HANDS, async (buyer) => {
    const purchase = await startPurchase(buyer)
    await pay(kit, purchase)
    return purchase
  })
  await kit.sandbox.control.clock.advance({ days: 29, hours: 23, minutes: 55 })

  // Renewals, purchases and refunds meet the troubles in whatever order the seed says.
  const { faults } = kit.sandbox.control
  const started: Purchase[] = []
  const share = purchases / rounds
  for (let round = 0; round < rounds; round++) {
    await faults.clear()
    const troubles = [1, 2, 3, 4, 5].map(() => proof.chance.pick(TROUBLES))
    for (const trouble of troubles) {
      await faults.add({ ...trouble, times: proof.chance.whole(1, share * 3) })
    }
    const returned = sold.slice(round * share, (round + 1) * share)
    const [begun] = await Promise.all([
      together(inTurn(buyers, share), HANDS, (buyer) => startPurchase(buyer)),
      together(returned, HANDS, (purchase) => refund(kit, purchase)),
      kit.advance(TROUBLED_MINUTES / rounds),
    ])
    started.push(...begun)
  }
  await faults.clear()
  await kit.advance(TROUBLED_MINUTES)
  await together(started, HANDS, (purchase) => pay(kit, purchase))
  await kit.advance(8 * 60)
  await until('every refund has ended', 60_000, async () => {
    const open = await kit.rows(
      statusShape,
      `select status from gramkit.payment_refund where status <> 'succeeded'`,
    )
    return open.length === 0 || open.map(({ status }) => status).join()
  })

  expect(await findDifferences(kit)).toEqual([])
  const books = await kit.sandbox.control.transactions()
  const charged = books.filter(({ kind }) => kind === 'payment')
  // Each subscriber twice: the first period, and the renewal that fell into the troubles.
  expect(charged).toHaveLength(subscribers * 2 + purchases * 2)
  expect(books.filter(({ kind }) => kind === 'refund')).toHaveLength(purchases)
  const offers = (await kit.sandbox.control.yookassa.payments()).map(
    ({ id, metadata }) => metadata?.['payment_id'] ?? id,
  )
  expect(offers.filter((id, place) => offers.indexOf(id) !== place)).toEqual([])
  const active = await together(guests, HANDS, async (guest) => {
    const { body } = await guest.get('/api/v1/subscriptions')
    return body.items.map(({ status }: { status: string }) => status).join()
  })
  expect(active).toEqual(Array(subscribers).fill('active'))
  proof.report({
    renewals: subscribers,
    purchases,
    refunds: purchases,
    'charges at providers': charged.length,
  })
})

proof('R5 a provider that only fails is left alone, and loses no sale', async (proof) => {
  const purchases = proof.isFull ? 400 : 20
  await using kit = await startKit(proof)
  await kit.run('api', 'api,bot')
  await kit.run('worker', 'worker,relay')
  const { faults } = kit.sandbox.control
  const buyers = (await makeBuyers(kit, HANDS * 4)).filter((buyer) => 'guest' in buyer)
  await faults.add({ target: 'yookassa', kind: 'error', effect: 'not_done', times: null })
  const started = await together(inTurn(buyers, purchases), HANDS, startPurchase)
  const calls = (await kit.sandbox.control.log()).filter(({ name }) => name === 'POST /payments')
  expect(started.map(({ address }) => address)).toEqual(Array(purchases).fill(null))
  // Those that were under way when the fifth failed, with the tries that each call makes.
  expect(calls.length).toBeLessThanOrEqual((FAILURES_MAX + HANDS) * CALL_TRIES)
  await faults.clear()
  await kit.advance(REST_MINUTES_MAX + 1)
  await together(started, HANDS, (purchase) => pay(kit, purchase))
  await untilQuiet(kit, { withJobs: false })
  expect(await findDifferences(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(purchases)
  proof.report({ purchases, 'calls while it failed': calls.length })
})

proof('R5 a slow provider holds up nobody who does not need it', async (proof) => {
  const waiting = 30
  const delay_ms = 5_000
  await using kit = await startKit(proof)
  await kit.run('api', 'api,bot')
  await kit.run('worker', 'worker,relay')
  const buyers = (await makeBuyers(kit, waiting * 2)).filter((buyer) => 'guest' in buyer)
  const paidMeanwhile = await together(buyers.slice(0, 10), HANDS, (buyer) => startPurchase(buyer))
  const witness = new Witness()
  const [reader] = await makeBuyers(kit, 1)
  const client = reader ? clientOf(witness.watch(reader)) : kit.admin
  const read = async (count: number): Promise<void> => {
    await together(inTurn(READS, count), 4, (path) => client.get(path))
  }
  await read(50)
  witness.requests.length = 0
  await read(200)
  const before = witness.durations()
  witness.requests.length = 0

  // More purchases than the pool has connections; their answers come late, and so do the answers
  // to the questions that the webhooks of ten others make the shop ask.
  await kit.sandbox.control.faults.add({
    target: 'yookassa',
    kind: 'latency',
    delay_ms,
    times: null,
  })
  let isOver = false
  const slow = together(buyers.slice(0, waiting), waiting, (buyer) => startPurchase(buyer)).finally(
    () => {
      isOver = true
    },
  )
  await together(paidMeanwhile, HANDS, (purchase) => pay(kit, purchase))
  await until('no transaction is open while all wait for the provider', 30_000, async () => {
    const open = `select count(*)::int as count from pg_stat_activity
                  where datname = current_database() and state = 'idle in transaction'`
    const asked = `select count(*)::int as count from gramkit.payment where status = 'created'`
    const counts = [await kit.rows(countShape, open), await kit.rows(countShape, asked)]
    const [held, created] = counts.map(([row]) => row?.count)
    return (held === 0 && created === waiting) || `${held} open, ${created} of ${waiting} wait`
  })
  while (!isOver) await read(20)
  const meanwhile = witness.durations()
  const purchases = await slow
  expect(witness.failures()).toEqual([])
  await kit.sandbox.control.faults.clear()
  await together(purchases, HANDS, (purchase) => pay(kit, purchase))
  expect(await findDifferences(kit)).toEqual([])
  proof.report({
    'waiting purchases': waiting,
    'provider s': delay_ms / 1_000,
    'other requests before': percentiles(before),
    'and meanwhile': percentiles(meanwhile),
  })
})

const READS = ['/api/v1/products', '/api/v1/me', '/api/v1/balance', '/api/v1/payments']

/** A guest who has subscribed with a card that is kept. */
async function subscribe(kit: Kit): Promise<ApiClient> {
  const guest = await aGuest(kit)
  const wanted = {
    productId: 'pro-monthly',
    gateway: 'yookassa',
    currency: 'RUB',
    autopaymentConsent: { textVersion: 'proof' },
  }
  const { body } = await guest.post('/api/v1/payments', wanted)
  await kit.sandbox.control.yookassa.succeed(yookassaIdOf(String(body.confirmationUrl)))
  await until('the subscription begins', 30_000, async () => {
    const { body } = await guest.get('/api/v1/subscriptions')
    return body.items.length === 1 || JSON.stringify(body)
  })
  return guest
}

async function refund(kit: Kit, { paymentId }: Purchase): Promise<void> {
  const key = newId()
  await patiently(() => kit.admin.post(`/api/v1/admin/payments/${paymentId}/refund`, {}, key))
}
