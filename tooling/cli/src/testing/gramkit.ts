import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Environment, ExitCode } from '../command.ts'
import { runCommandLine } from '../command-line.ts'

/** What a run of the command line left. */
export interface Run {
  readonly code: ExitCode
  /** What it said and told, without colours. */
  readonly said: string
  readonly told: string
}

/** Runs the command line in this process. */
export async function gramkit(env: Environment, ...words: string[]): Promise<Run> {
  const said: string[] = []
  const told: string[] = []
  const code = await runCommandLine(words, {
    env,
    say: (line) => void said.push(line),
    tell: (line) => void told.push(line),
  })
  return { code, said: said.join('\n'), told: told.join('\n') }
}

/** Runs the command line in a process of its own, which may be killed. */
export function spawnGramkit(env: Environment, ...words: string[]): ChildProcess {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  return spawn(process.execPath, ['-C', 'gramkit-source', main, ...words], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'ignore',
  })
}
