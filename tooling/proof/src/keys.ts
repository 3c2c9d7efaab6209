import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { MONEY_KEYS } from './money-keys.ts'
import { copyWorkspace } from './workspace-copy.ts'

/**
 * `pnpm proof:keys [part of a name …]`: takes away each key that money depends on, in a copy of
 * HEAD, and tells which test fails. Ends with 1 when one is missed by all tests.
 */
const wanted = process.argv.slice(2)
const keys = MONEY_KEYS.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)

const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
})

/** What the tests said: all passed, some failed by name, or they could not even start. */
type Verdict = { readonly failed: readonly string[] } | { readonly broken: string }

async function runTests(folder: string, tests: readonly string[]): Promise<Verdict> {
  const output = join(folder, 'proof-report.json')
  await rm(output, { force: true })
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const projects = ['db', 'unit'].flatMap((project) => ['--project', project])
  const args = [vitest, 'run', ...projects, '--reporter=json', `--outputFile=${output}`]
  const log: Buffer[] = []
  const child = spawn(process.execPath, [...args, '--bail=3', ...tests], { cwd: folder })
  child.stdout.on('data', (chunk: Buffer) => log.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const text = await readFile(output, 'utf8').catch(() => undefined)
  if (text === undefined) return { broken: lastLine(Buffer.concat(log).toString('utf8')) }
  const report = reportSchema.parse(JSON.parse(text))
  const failed = report.testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName.trim()),
  )
  if (failed.length > 0 || (report.success && code === 0)) return { failed }
  return { broken: lastLine(report.testResults.map(({ message }) => message ?? '').join('\n')) }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'no output'
}

await using copy = await copyWorkspace(fileURLToPath(new URL('../../..', import.meta.url)))
const healthy = await runTests(copy.folder, [...new Set(keys.flatMap(({ tests }) => tests))])
if ('broken' in healthy || healthy.failed.length > 0) {
  console.error('The tests fail with every key in place, so they prove nothing:', healthy)
  process.exitCode = 2
} else {
  const missed: string[] = []
  for (const key of keys) {
    const restore = await copy.edit(key.edits)
    const verdict = await runTests(copy.folder, key.tests)
    await restore()
    const [first, ...more] = 'failed' in verdict ? verdict.failed : []
    if (first === undefined) missed.push(key.name)
    const found = first ?? ('broken' in verdict ? `NO TEST RAN: ${verdict.broken}` : 'NOT NOTICED')
    console.info(`${key.name} (${key.guards})\n  ${found}${more.length ? ` +${more.length}` : ''}`)
  }
  console.info(`\n${keys.length - missed.length} of ${keys.length} are noticed by a named test`)
  for (const name of missed) console.info(`  missed: ${name}`)
  if (missed.length > 0) process.exitCode = 1
}
