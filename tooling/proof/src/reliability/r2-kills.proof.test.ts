import { startRedis } from '@gramkit/services'
import { expect } from 'vitest'
import { findDifferences, findJobFaults, untilQuiet } from '../harness/books.ts'
import { makeBuyers, pay, startPurchase } from '../harness/buyers.ts'
import { startKit } from '../harness/kit.ts'
import { type Proof, proof } from '../harness/proof.ts'
import { inTurn, together } from '../harness/together.ts'

const HANDS = 12

proof('R2 processes that are killed lose and double nothing, queue on PostgreSQL', (proof) =>
  killAtRandom(proof, undefined),
)

if (process.env['GRAMKIT_PROOF'] === '1') {
  proof('R2 processes that are killed lose and double nothing, queue on Redis', async (proof) => {
    await using redis = await startRedis()
    await killAtRandom(proof, redis.url)
  })
}

async function killAtRandom(proof: Proof, redisUrl: string | undefined): Promise<void> {
  const payments = proof.isFull ? 6_700 : 120
  const kills = proof.isFull ? 20 : 5
  await using kit = await startKit(proof, redisUrl === undefined ? {} : { redisUrl })
  const processes = [
    await kit.run('api', 'api,bot'),
    await kit.run('relay', 'relay'),
    await kit.run('worker', 'worker'),
  ] as const
  const buyers = await makeBuyers(kit, HANDS * 2)
  const moments = new Set(
    proof.chance
      .shuffled(Array.from({ length: payments - 10 }, (_, place) => place + 5))
      .slice(0, kills),
  )
  const killed: Record<string, number> = {}
  let restarting: Promise<unknown> = Promise.resolve()
  let paid = 0
  await together(inTurn(buyers, payments), HANDS, async (buyer) => {
    await pay(kit, await startPurchase(buyer))
    if (!moments.has(++paid)) return
    const { program } = proof.chance.pick(processes)
    killed[program.name] = (killed[program.name] ?? 0) + 1
    restarting = restarting.then(async () => {
      await program.kill()
      await program.start()
    })
  })
  await restarting
  // The short form does not wait until jobs of a dead worker are stale: moving the clock settles.
  await untilQuiet(kit, { withJobs: proof.isFull })
  expect(await findDifferences(kit)).toEqual([])
  expect(await findJobFaults(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(payments)
  proof.report({ payments, jobs: payments, kills, ...killed })
}
