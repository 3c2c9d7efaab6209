/**
 * `pnpm bench`: prints every benchmark as a table beside its goal, and writes the figures to
 * `bench-results/`. Nothing fails on a time.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { measureAggregators } from './aggregators.ts'
import type { Figure } from './measure.ts'
import { measureStartUp } from './start-up.ts'

interface Row {
  readonly id: string
  readonly what: string
  readonly figure: string
  readonly goal: string
  readonly met: string
}

const print = (value: number, unit: string): string => `${value.toPrecision(3)} ${unit}`

function ratio(row: {
  readonly id: string
  readonly what: string
  readonly value: number
  readonly goal: number
  readonly direction: 'at least' | 'at most'
}): Row {
  const { id, what, value, goal, direction } = row
  const isMet = direction === 'at least' ? value >= goal : value <= goal
  return {
    id,
    what,
    figure: `${value.toPrecision(3)} times`,
    goal: `${direction} ${goal}`,
    met: isMet ? 'yes' : 'no',
  }
}

function medianOf(figures: readonly Figure[], name: string): number {
  return figures.find((figure) => figure.name.startsWith(name))?.median ?? Number.NaN
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`
process.stdout.write(`${machine}\n\nP1 …\n`)
const aggregators = await measureAggregators()
process.stdout.write('P12 …\n')
const startUp = await measureStartUp()

console.table([
  ...aggregators.map(({ name, median }) => ({ what: name, median: print(median, 'ns') })),
  ...startUp.ms.map(({ name, median }) => ({
    what: `${name}, start`,
    median: print(median, 'ms'),
  })),
  ...startUp.megabytes.map(({ name, median }) => ({
    what: `${name}, memory`,
    median: print(median, 'MB'),
  })),
])

const lazy = medianOf(aggregators, 'lazy aggregator, 2')
const api = 'API process'
const rows = [
  ratio({
    id: 'P1',
    what: 'awilix scope / lazy aggregator',
    value: medianOf(aggregators, 'awilix') / lazy,
    goal: 100,
    direction: 'at least',
  }),
  ratio({
    id: 'P1',
    what: 'tsyringe child / lazy aggregator',
    value: medianOf(aggregators, 'tsyringe') / lazy,
    goal: 10,
    direction: 'at least',
  }),
  ratio({
    id: 'P1',
    what: 'eager class / lazy aggregator',
    value: medianOf(aggregators, 'eager') / lazy,
    goal: 1,
    direction: 'at least',
  }),
  ratio({
    id: 'P12',
    what: 'start of an API process / bare Fastify',
    value: medianOf(startUp.ms, api) / medianOf(startUp.ms, 'bare'),
    goal: 2,
    direction: 'at most',
  }),
  ratio({
    id: 'P12',
    what: 'memory of an API process / bare Fastify',
    value: medianOf(startUp.megabytes, api) / medianOf(startUp.megabytes, 'bare'),
    goal: 1.5,
    direction: 'at most',
  }),
]
console.table(rows)

mkdirSync('bench-results', { recursive: true })
const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`
writeFileSync(file, `${JSON.stringify({ machine, aggregators, startUp, rows }, null, 2)}\n`)
process.stdout.write(`Figures: ${file}\n`)
