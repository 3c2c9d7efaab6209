/**
 * `pnpm proof [name …]`: runs the proofs with their full numbers, one after the other, and prints
 * them as a table. Ends with 1 when one fails.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type NamedProof, PROOFS } from './proofs.ts'

interface Row {
  readonly proof: string
  readonly what: string
  readonly numbers: string
  readonly result: string
  readonly seconds: string
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const KEYS = 'keys'

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()),
          meta: z.object({
            proofFigures: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
          }),
        }),
      ),
    }),
  ),
})

async function prove(proof: NamedProof): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gramkit-proof-'))
  const output = join(folder, 'report.json')
  const began = performance.now()
  const code = await run([
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--reporter=json', `--outputFile=${output}`],
    ...proof.projects.flatMap((project) => ['--project', project]),
    ...proof.files,
  ])
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  const text = await readFile(output, 'utf8').catch(() => '{"testResults":[]}')
  await rm(folder, { recursive: true, force: true })
  const { testResults } = reportSchema.parse(JSON.parse(text))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  for (const { failureMessages } of tests) for (const text of failureMessages) console.error(text)
  for (const { message } of testResults) if (message) console.error(message)
  const about = { proof: proof.name, what: proof.what }
  const rows = tests.flatMap(({ title, status, duration, meta }) =>
    meta.proofFigures === undefined
      ? []
      : [
          {
            ...about,
            what: title.replace(`${proof.name} `, ''),
            numbers: Object.entries(meta.proofFigures)
              .map(([name, value]) => `${name} ${value}`)
              .join(', '),
            result: status,
            seconds: ((duration ?? 0) / 1_000).toFixed(0),
          },
        ],
  )
  const passed = tests.filter(({ status }) => status === 'passed').length
  const others = tests.length - rows.length
  const isGood = code === 0 && passed === tests.length && passed > 0
  // Tests without figures of their own share a line, and so does a run that failed beside them.
  if (others > 0 || (!isGood && rows.every(({ result }) => result === 'passed'))) {
    const result = isGood ? 'passed' : 'failed'
    rows.push({ ...about, numbers: `${passed} of ${tests.length} tests`, result, seconds })
  }
  return rows
}

async function proveKeys(): Promise<Row[]> {
  const began = performance.now()
  const code = await run([join(ROOT, 'tooling/proof/src/keys.ts')], 'inherit')
  return [
    {
      proof: KEYS,
      what: 'keys that money depends on, taken away one by one',
      numbers: 'above',
      result: code === 0 ? 'passed' : 'failed',
      seconds: ((performance.now() - began) / 1_000).toFixed(0),
    },
  ]
}

/** Runs a program with Node; what tests print goes to the errors, the table alone to the output. */
function run(args: readonly string[], stdout: 'ignore' | 'inherit' = 'ignore'): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, GRAMKIT_PROOF: '1' },
    stdio: ['ignore', stdout, 'inherit'],
  })
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)))
}

const wanted = process.argv.slice(2).filter((arg) => arg !== '--')
const names = [...PROOFS.map(({ name }) => name), KEYS]
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no proof ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exitCode = 2
} else {
  const rows: Row[] = []
  for (const name of wanted.length > 0 ? wanted : names) {
    console.error(`${name} …`)
    const proof = PROOFS.find((one) => one.name === name)
    rows.push(...(proof ? await prove(proof) : await proveKeys()))
  }
  console.table(rows)
  if (rows.some(({ result }) => result !== 'passed')) process.exitCode = 1
}
