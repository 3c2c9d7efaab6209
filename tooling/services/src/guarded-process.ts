import { type ChildProcess, spawn } from 'node:child_process'
import type { Account } from './postgres/account.ts'

/**
 * Waits for the program and, beside it, for the end of the pipe from our process: when that closes,
 * even because we were killed by SIGKILL, the program gets SIGINT and nothing is left running.
 */
const GUARD = `
"$@" </dev/null 3<&- &
program=$!
{ cat >/dev/null <&3; kill -INT "$program" 2>/dev/null; } 3<&3 >/dev/null 2>&1 &
exec 3<&-
wait "$program"
`

/** A server that ends when this process ends, however it ends. */
export interface GuardedProcess {
  readonly child: ChildProcess
  /** Resolves with a description when the server has ended. */
  readonly ended: Promise<string>
  isRunning(): boolean
  /** Asks the server to end (SIGINT) and does not wait. */
  release(): void
}

/** Starts a server in a process group of its own, so that Ctrl-C reaches only us and we end it in order. */
export function startGuarded(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly env?: NodeJS.ProcessEnv
    readonly account?: Account
    readonly onLine?: (line: string) => void
  },
): GuardedProcess {
  const wrapped = ['/bin/sh', '-c', `exec 3<&0; ${GUARD}`, 'guard', program, ...args]
  const [command = '/bin/sh', ...rest] = options.account?.wrap(wrapped) ?? wrapped
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options.account?.spawnIds,
  })
  let running = true
  const ended = new Promise<string>((resolve) => {
    const end = (reason: string): void => {
      running = false
      child.stdin?.destroy()
      resolve(reason)
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
  })
  child.stdin?.on('error', () => {})
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine?.(line)
    })
  }
  return {
    child,
    ended,
    isRunning: () => running,
    release: () => child.stdin?.destroy(),
  }
}
