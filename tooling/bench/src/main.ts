/**
 * `pnpm bench [P2 …]`: prints the benchmarks as tables beside their goals, and writes the figures
 * to `bench-results/`. Nothing fails on a time.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { describeMachine, installedVersions, loadNow } from './machine.ts'
import type { Comparison, Figure, Report } from './measure.ts'

/** Loaded one by one, so that no benchmark weighs on another's memory. */
const BENCHMARKS: Readonly<Record<string, () => Promise<() => Promise<Report>>>> = {
  P1: async () => (await import('./aggregators.ts')).measureAggregators,
  P2: async () => (await import('./settlement.ts')).measureSettlement,
  P3: async () => (await import('./posting.ts')).measurePosting,
  P4: async () => (await import('./redemption.ts')).measureRedemption,
  P5: async () => (await import('./api.ts')).measureApi,
  P6: async () => (await import('./webhook.ts')).measureWebhook,
  P7: async () => (await import('./queue.ts')).measureQueue,
  P8: async () => (await import('./usage.ts')).measureUsage,
  P9: async () => (await import('./billing-run.ts')).measureBillingRun,
  P10: async () => (await import('./waitlist.ts')).measureWaitlist,
  P11: async () => (await import('./broadcast.ts')).measureBroadcast,
  P12: async () => (await import('./start-up.ts')).measureStartUp,
  P13: async () => (await import('./init-data.ts')).measureInitData,
  P14: async () => (await import('./launch.ts')).measureLaunch,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((id) => !(id in BENCHMARKS))
if (unknown.length > 0) {
  throw new Error(`No benchmark ${unknown}; there are ${Object.keys(BENCHMARKS)}`)
}

const machine = describeMachine()
process.stdout.write(`${machine}\n`)
const results = []
for (const [id, load] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  process.stdout.write(`\n${id} …\n`)
  const measure = await load()
  const loadBefore = loadNow()
  const report = await measure()
  results.push({ id, loadBefore, loadAfter: loadNow(), ...report })
  console.table(report.figures.map(printFigure))
  console.table(report.comparisons.map(printComparison))
}

mkdirSync('bench-results', { recursive: true })
const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`
writeFileSync(
  file,
  `${JSON.stringify({ machine, versions: installedVersions(), results }, null, 2)}\n`,
)
process.stdout.write(`\nFigures: ${file}\n`)

function printFigure({ name, unit, median, cost }: Figure) {
  return {
    what: name,
    median: `${Number(median.toPrecision(3))} ${unit}`,
    ...(cost && {
      'round trips': round(cost.roundTrips),
      statements: round(cost.statements),
      'WAL bytes': Math.round(cost.walBytes),
    }),
  }
}

function printComparison({ what, value, goal, direction }: Comparison) {
  const isMet = direction === 'at least' ? value >= goal : value <= goal
  return {
    what,
    figure: `${value.toPrecision(3)} times`,
    goal: `${direction} ${goal}`,
    met: isMet ? 'yes' : 'no',
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
