import { startRedis } from '@gramkit/services'
import { expect } from 'vitest'
import { findDifferences, findJobFaults, untilQuiet } from '../harness/books.ts'
import { makeBuyers, pay, startPurchase } from '../harness/buyers.ts'
import { startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, together } from '../harness/together.ts'
import { Witness } from '../harness/witness.ts'

const HANDS = 8

proof('R3 without Redis requests are answered, and jobs run once it is back', async (proof) => {
  const payments = proof.isFull ? 1_500 : 90
  const outageMs = proof.isFull ? 30_000 : 3_000
  await using redis = await startRedis()
  await using kit = await startKit(proof, { redisUrl: redis.url })
  await kit.run('api', 'api,bot')
  await kit.run('worker', 'worker,relay')
  const witness = new Witness()
  const buyers = (await makeBuyers(kit, HANDS * 2)).map((buyer) => witness.watch(buyer))
  const buy = (count: number) =>
    together(inTurn(buyers, count), HANDS, async (buyer) => pay(kit, await startPurchase(buyer)))

  const third = payments / 3
  await buy(third)
  await redis.kill()
  const [away] = await Promise.all([
    buy(third),
    new Promise((resolve) => setTimeout(resolve, outageMs)),
  ])
  await redis.restart()
  const later = buy(third)
  // Once more, without a pause: what was handed over since is gone as well.
  await redis.restart()
  await later
  expect(witness.failures()).toEqual([])

  // The short form does not wait until what Redis forgot is stale: moving the clock settles.
  await untilQuiet(kit, { withJobs: proof.isFull })
  expect(await findDifferences(kit)).toEqual([])
  expect(await findJobFaults(kit)).toEqual([])
  // The queue itself works again: nothing but the worker runs the jobs of these.
  await buy(HANDS * 2)
  await untilQuiet(kit, { withJobs: true })
  expect(await findJobFaults(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(payments + HANDS * 2)
  proof.report({
    payments,
    'during the outage': away.length,
    'outage s': outageMs / 1_000,
    requests: witness.requests.length,
  })
})
