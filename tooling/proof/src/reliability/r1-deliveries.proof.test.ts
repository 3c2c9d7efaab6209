import { expect } from 'vitest'
import { findDifferences, untilQuiet } from '../harness/books.ts'
import { makeBuyers, pay, startPurchase } from '../harness/buyers.ts'
import { startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, together, until } from '../harness/together.ts'

const HANDS = 16

proof('R1 a charge counts once, however often and in what order it is told', async (proof) => {
  const payments = proof.isFull ? 10_000 : 200
  await using kit = await startKit(proof)
  const apis = [await kit.run('api-1', 'api,bot'), await kit.run('api-2', 'api,bot')] as const
  // Nobody may have more than 30 purchases open, and none is told of before all are paid.
  const buyers = await makeBuyers(kit, Math.max(HANDS, payments / 25))
  kit.door.keeps = ({ body }) => !body.includes('"pre_checkout_query"')
  await together(inTurn(buyers, payments), HANDS, async (buyer) =>
    pay(kit, await startPurchase(buyer)),
  )
  await until('every charge is told', 60_000, async () => {
    const { length } = kit.door.kept
    return length === payments || `${length} of ${payments}`
  })

  // Only now, as the worker's own look at YooKassa would find half of them.
  await kit.run('worker', 'worker,relay')
  const sent = proof.chance.shuffled(
    kit.door.kept.flatMap((delivery) =>
      Array.from({ length: 1 + proof.chance.whole(1, 5) }, () => delivery),
    ),
  )
  const refused: string[] = []
  await together(sent, HANDS, async ({ path, headers, body }) => {
    const { url } = proof.chance.pick(apis)
    const { status } = await fetch(`${url}${path}`, { method: 'POST', headers, body })
    if (status !== 200) refused.push(`${status} for ${body.slice(0, 300)}`)
  })
  expect(refused).toEqual([])
  await untilQuiet(kit, { withJobs: true })
  kit.door.keeps = () => false
  expect(await findDifferences(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(payments)
  proof.report({ charges: payments, deliveries: sent.length })
})
