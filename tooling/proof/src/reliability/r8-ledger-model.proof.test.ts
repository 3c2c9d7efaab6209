import { createPlatform } from '@gramkit/core'
import { VirtualClock } from '@gramkit/core/kernel'
import { aPerson } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import fc from 'fast-check'
import { expect } from 'vitest'
import { REFILL } from '../harness/ledger-model.ts'
import { LedgerRun } from '../harness/ledger-run.ts'
import { ledgerStep } from '../harness/ledger-steps.ts'
import { proof } from '../harness/proof.ts'
import { together } from '../harness/together.ts'

const LANES = 4
/** Runs beyond the wanted ones that shrinking may take. */
const SHRINKS = 500
/** Every refusal that the steps can meet. */
const CODES = [
  'balance.floor_too_high',
  'balance.hold_not_pending',
  'balance.insufficient_funds',
  'balance.reversal_too_large',
  'balance.transfer_conflict',
  'kernel.invalid_value',
]

proof('R8-ledger the ledger agrees with a simple model after any sequence', async (proof) => {
  const runs = proof.isFull ? 10_000 : 100
  const seeds = Array.from({ length: LANES }, () => proof.chance.whole(0, 2 ** 31 - 1))
  const lanes = await together(seeds, LANES, (seed) => runLane(seed, runs / LANES))
  const steps = lanes.reduce((sum, lane) => sum + lane.steps, 0)
  const refusals = lanes.flatMap((lane) => lane.refusals)
  const codes = new Set(refusals)
  expect(codes).toContain('balance.insufficient_funds')
  // A hundred runs may miss one by chance; ten thousand meet every refusal there is.
  const met = proof.isFull ? [...codes].sort() : CODES
  expect(met).toEqual(CODES)
  proof.report({ runs, steps, refusals: refusals.length })
})

/** Runs in one database, one after the other: what expires is due for the whole of it. */
async function runLane(seed: number, numRuns: number) {
  await using database = await testDatabase()
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
  const units = Array.from({ length: numRuns + SHRINKS }, (_, index) => `run-${index + 1}`)
  const resources = units.map((unit) => ({ unit, refill: REFILL }))
  const databaseUrl = database.appUrl
  await using platform = await createPlatform({ databaseUrl, poolSize: 4, clock, resources })
  const made = await Promise.all([1, 2, 3].map(() => aPerson(platform.services)))
  const people = made.map(({ id }) => id)
  const refusals: string[] = []
  let steps = 0
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(ledgerStep, { minLength: 8, maxLength: 24, size: 'max' }),
      async (sequence) => {
        runs += 1
        const run = new LedgerRun({ platform, clock, people, unit: `run-${runs}` })
        for (const person of [0, 1, 2]) await run.step({ kind: 'credit', person, amount: 50n })
        for (const step of sequence) await run.step(step)
        await run.check()
        steps += sequence.length
        refusals.push(...run.refusals)
      },
    ),
    { seed, numRuns },
  )
  expect(await platform.services.balance.verify()).toMatchObject({ ok: true, differences: [] })
  return { steps, refusals }
}
