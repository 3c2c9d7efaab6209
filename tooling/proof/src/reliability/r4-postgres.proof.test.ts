import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@gramkit/services'
import { expect } from 'vitest'
import { findDifferences, findJobFaults, untilQuiet } from '../harness/books.ts'
import { makeBuyers, pay, startPurchase } from '../harness/buyers.ts'
import { startKit } from '../harness/kit.ts'
import { proof } from '../harness/proof.ts'
import { inTurn, together, until } from '../harness/together.ts'
import { Witness } from '../harness/witness.ts'

const HANDS = 8

proof('R4 PostgreSQL that restarts leaves nothing half-done', async (proof) => {
  const rounds = proof.isFull ? 6 : 2
  const payments = rounds * (proof.isFull ? 150 : 30)
  await using stack = new AsyncDisposableStack()
  const dataDir = join(await mkdtemp(join(tmpdir(), 'gramkit-proof-')), 'postgres')
  stack.defer(() => rm(join(dataDir, '..'), { recursive: true, force: true }))
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
  const processes = [await kit.run('api', 'api,bot'), await kit.run('worker', 'worker,relay')]
  const witness = new Witness()
  const buyers = (await makeBuyers(kit, HANDS * 2)).map((buyer) => witness.watch(buyer))
  const outages: { from: number; to: number }[] = []

  const restart = async (round: number): Promise<void> => {
    const from = performance.now()
    if (round % 2 === 0) await cluster.stop()
    else process.kill(cluster.pid, 'SIGKILL')
    await cluster.ended
    cluster = await startPostgres({ dataDir, port })
    await until('every process is ready again', 60_000, async () => {
      const answers = await Promise.all(processes.map(({ url }) => fetch(`${url}/ready`)))
      return answers.every(({ ok }) => ok) || answers.map(({ status }) => status).join()
    })
    outages.push({ from, to: performance.now() })
  }

  let paid = 0
  let restarting: Promise<void> = Promise.resolve()
  await together(inTurn(buyers, payments), HANDS, async (buyer) => {
    await pay(kit, await startPurchase(buyer))
    paid += 1
    const round = (paid * rounds) / payments - 0.5
    if (Number.isInteger(round)) restarting = restarting.then(() => restart(round))
  })
  await restarting
  expect(outages).toHaveLength(rounds)
  expect(witness.failures(outages)).toEqual([])

  // Nobody starts anything anew: the pools, the relay and the queue find their way back.
  await untilQuiet(kit, { withJobs: proof.isFull })
  expect(await findDifferences(kit)).toEqual([])
  expect(await findJobFaults(kit)).toEqual([])
  await together(inTurn(buyers, HANDS), HANDS, async (buyer) =>
    pay(kit, await startPurchase(buyer)),
  )
  await untilQuiet(kit, { withJobs: true })
  expect(await findJobFaults(kit)).toEqual([])
  expect(await kit.sandbox.control.transactions()).toHaveLength(payments + HANDS)
  proof.report({
    payments,
    restarts: rounds,
    requests: witness.requests.length,
    'failed while it was down': witness.failures().length,
    'outage s': outages.map(({ from, to }) => ((to - from) / 1_000).toFixed(1)).join(' '),
  })
})
