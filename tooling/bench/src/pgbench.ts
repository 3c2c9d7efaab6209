import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '@gramkit/services'

/** What pgbench runs. */
export interface PgbenchRun {
  readonly url: string
  /** One transaction, in pgbench's own language. */
  readonly script: string
  readonly clients: number
  readonly transactionsPerClient: number
  readonly variables?: Readonly<Record<string, number>>
}

/**
 * Runs a script in prepared statements and gives transactions a second, without connecting.
 *
 * @throws when pgbench is not installed, with what installs it, or when a transaction failed
 */
export async function runPgbench(run: PgbenchRun): Promise<number> {
  const program = findProgram('pgbench')
  if (!program) {
    throw new Error('pgbench is missing; on Debian: apt-get install postgresql postgresql-contrib')
  }
  const folder = await mkdtemp(join(tmpdir(), 'gramkit-pgbench-'))
  try {
    const file = join(folder, 'script.sql')
    await writeFile(file, run.script)
    const variables = Object.entries(run.variables ?? {}).flatMap(([name, value]) => [
      '-D',
      `${name}=${value}`,
    ])
    const { stdout } = await promisify(execFile)(program, [
      ...['--no-vacuum', '--protocol=prepared', `--file=${file}`, ...variables],
      ...[`--client=${run.clients}`, '--jobs=2', `--transactions=${run.transactionsPerClient}`],
      run.url,
    ])
    const wanted = run.clients * run.transactionsPerClient
    const done = Number(/transactions actually processed: (\d+)/.exec(stdout)?.[1])
    const perSecond = Number(/tps = ([\d.]+) \(without/.exec(stdout)?.[1])
    if (done !== wanted || !(perSecond > 0)) throw new Error(`pgbench did not finish:\n${stdout}`)
    return perSecond
  } finally {
    await rm(folder, { recursive: true })
  }
}
