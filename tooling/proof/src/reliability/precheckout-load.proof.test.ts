import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PayResult } from '@gramkit/sandbox'
import { startPostgres } from '@gramkit/services'
import { expect } from 'vitest'
import { z } from 'zod'
import { findDifferences, findJobFaults, untilQuiet } from '../harness/books.ts'
import {
  type Buyer,
  clientOf,
  makeBuyers,
  type Purchase,
  pay,
  startPurchase,
  untilAddressed,
} from '../harness/buyers.ts'
import { type Kit, startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, percentiles, together, until } from '../harness/together.ts'
import { Witness } from '../harness/witness.ts'

const BUYERS = 64
const PER_SECOND = 50
const READS = ['/api/v1/products', '/api/v1/me', '/api/v1/balance', '/api/v1/payments']
const statusShape = z.object({ status: z.string() })
const waitShape = z.object({ query: z.string() })

/**
 * What waits for somebody else's lock at this moment; BullMQ's own statements are not the kit's,
 * nobody waits for an announcement, and a table's file grows for all in an instant (`extend`): no
 * transaction holds that lock until its end.
 */
const WAITING = `
  select wait_event || ': ' || query as query from pg_stat_activity
  where datname = current_database() and application_name = 'gramkit'
    and wait_event_type = 'Lock' and wait_event <> 'extend' and query not like 'select pg_notify%'`

proof('precheckout answers 50 a second in time, and no buyer waits on another', async (proof) => {
  const seconds = proof.isFull ? 60 : 3
  const count = seconds * PER_SECOND
  await using kit = await startKit(proof)
  await kit.run('bot', 'bot')
  await kit.run('api', 'api')
  await kit.run('worker', 'worker,relay')
  const [first, ...buyers] = starsOnly(await makeBuyers(kit, BUYERS * 2 + 2))
  // The very first payments wait for each other once, while they open the shop's own accounts.
  if (first) expect(await press(await startPurchase(first))).toMatchObject({ status: 'paid' })
  await untilQuiet(kit, { withJobs: false })
  const witness = new Witness()
  const readers = buyers.slice(0, 2).map((buyer) => clientOf(witness.watch(buyer)))

  const durations: number[] = []
  const refusals: string[] = []
  const waits: string[] = []
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      for (const { query } of await kit.rows(waitShape, WAITING)) waits.push(query)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  // Reads of the API beside it, and the jobs that each payment brings.
  const reading = together(readers, 2, async ({ get }) => {
    while (!isOver) for (const path of READS) await get(path)
  })
  // One purchase each at a time: 64 of them press Pay, at the pace of 50 a second.
  const began = performance.now()
  let pressed = 0
  const before = new Map<Buyer, Purchase>()
  await together(inTurn(buyers, count), BUYERS, async (buyer) => {
    const last = before.get(buyer)
    if (last) await untilDelivered(kit, last)
    const purchase = await startPurchase(buyer)
    before.set(buyer, purchase)
    const inMs = began + (1_000 * pressed++) / PER_SECOND - performance.now()
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, inMs)))
    const at = performance.now()
    const result = await press(purchase)
    durations.push(performance.now() - at)
    if (result.status !== 'paid') refusals.push(result.error ?? result.status)
  })
  const lasted = performance.now() - began
  isOver = true
  await Promise.all([watching, reading])
  expect({ refusals, waits }).toEqual({ refusals: [], waits: [] })
  expect(witness.failures()).toEqual([])
  await untilQuiet(kit, { withJobs: proof.isFull })
  expect(await findDifferences(kit)).toEqual([])
  expect(await findJobFaults(kit)).toEqual([])
  proof.report({
    'pre-checkouts': count,
    'a second': (durations.length / (lasted / 1_000)).toFixed(1),
    buyers: BUYERS,
    'from pressing Pay to paid': percentiles(durations),
    'reads beside it': witness.requests.length,
  })
})

proof('precheckout refuses with a text while the database is down or silent', async (proof) => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'gramkit-proof-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const dataDir = join(folder, 'postgres')
  let cluster = await startPostgres({ dataDir })
  stack.defer(() => cluster.stop())
  const { port } = cluster
  await cluster.createDatabase('shop')
  await using kit = await startKit(proof, {
    database: {
      ownerUrl: cluster.ownerUrl('shop'),
      appUrl: cluster.appUrl('shop'),
      adminUrl: cluster.url('shop'),
      drop: async () => {},
    },
  })
  const { url } = await kit.run('shop', 'api,bot,worker,relay')
  const purchases = await together(starsOnly(await makeBuyers(kit, 16)), 8, startPurchase)
  const payAll = () => together(purchases, purchases.length, press)
  const refused = purchases.map(() => ({
    status: 'failed',
    error: expect.stringContaining('You were not charged'),
  }))

  await cluster.stop()
  expect(await payAll()).toEqual(refused)
  cluster = await startPostgres({ dataDir, port })
  await until('the shop is ready again', 60_000, async () => {
    const { status } = await fetch(`${url}/ready`)
    return status === 200 || String(status)
  })

  // A database that takes the question and never answers it; ours comes before Telegram's end.
  const lock = 'begin; lock table gramkit.payment in access exclusive mode'
  if (proof.isFull) {
    await kit.whileHolding(lock, async () => expect(await payAll()).toEqual(refused))
  }
  expect(await kit.sandbox.control.transactions()).toEqual([])
  expect((await payAll()).map(({ status }) => status)).toEqual(purchases.map(() => 'paid'))
  await untilQuiet(kit, { withJobs: false })
  expect(await findDifferences(kit)).toEqual([])
  proof.report({ 'refused in time': refused.length * (proof.isFull ? 2 : 1) })
})

proof('precheckout that comes too late costs a sale, and charges nobody', async (proof) => {
  // Telegram's own 10 s in the full form.
  const preCheckoutMs = proof.isFull ? 10_000 : 2_000
  await using kit = await startKit(proof, { limits: { preCheckoutMs } })
  await kit.run('shop', 'api,bot,worker,relay')
  const purchases = await together(starsOnly(await makeBuyers(kit, 16)), 8, startPurchase)
  const { faults } = kit.sandbox.control
  await faults.add({
    target: 'telegram',
    method: 'answerPreCheckoutQuery',
    kind: 'latency',
    delay_ms: preCheckoutMs + 1_000,
    times: null,
  })
  const late = await together(purchases, purchases.length, (purchase) => press(purchase))
  expect(late).toEqual(
    purchases.map(() => ({ status: 'failed', error: 'BOT_PRECHECKOUT_TIMEOUT' })),
  )
  expect(await kit.sandbox.control.transactions()).toEqual([])
  // What was answered too late can still be bought.
  await faults.clear()
  await together(purchases, purchases.length, (purchase) => pay(kit, purchase))
  await untilQuiet(kit, { withJobs: false })
  expect(await findDifferences(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(purchases.length)
  proof.report({ 'too late': late.length, 'bought afterwards': purchases.length })
})

/** Those who pay with Stars. */
function starsOnly(buyers: readonly Buyer[]): Buyer[] {
  return buyers.filter((buyer) => 'customer' in buyer)
}

/** Waits until somebody has what they paid for: two sales to one person do wait for each other. */
async function untilDelivered(kit: Kit, { paymentId }: Purchase): Promise<void> {
  await until(`the goods of payment ${paymentId}`, 60_000, async () => {
    const query = 'select status from gramkit.payment where id = $1'
    const [payment] = await kit.rows(statusShape, query, [paymentId])
    return payment?.status === 'succeeded' || `it is ${payment?.status}`
  })
}

/** Presses Pay once. */
async function press(purchase: Purchase): Promise<PayResult> {
  const address = await untilAddressed(purchase)
  if (!('customer' in purchase.buyer)) throw new Error('Only a person in Telegram presses Pay')
  return purchase.buyer.customer.person.pay(address)
}
