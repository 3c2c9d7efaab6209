import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { PostgresVersion } from '../postgres/binaries.ts'

/** A second program that started PostgreSQL and holds it until it is killed. */
export interface Holder {
  readonly dataDir: string
  /** Resolves when the program is gone. */
  readonly ended: Promise<unknown>
  /** SIGKILL to the program alone. */
  kill(): void
  /** SIGKILL to the guard between program and server. */
  killGuard(): void
  /** SIGKILL to guard and server. */
  killGroup(): void
  isServerAlive(): boolean
}

/** Starts the program and waits until its PostgreSQL accepts connections. */
export async function spawnHolder(options: {
  readonly dataDir?: string
  readonly version: PostgresVersion
}): Promise<Holder> {
  const program = new URL('./hold-postgres.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), ended.then(() => ['{}'])])
  const { pid: server, dataDir } = JSON.parse(String(line))
  const guard = parentOf(server)
  return {
    dataDir,
    ended,
    kill: () => child.kill('SIGKILL'),
    killGuard: () => killTree(guard, server),
    killGroup: () => process.kill(-guard, 'SIGKILL'),
    isServerAlive: () => isAlive(server),
  }
}

/** Ends the guard's processes except the server, so that nobody is left to end it. */
function killTree(guard: number, server: number): void {
  const children = readFileSync(`/proc/${guard}/task/${guard}/children`, 'utf8').trim().split(' ')
  for (const child of children.map(Number)) {
    if (child === server) continue
    const below = readFileSync(`/proc/${child}/task/${child}/children`, 'utf8').trim()
    process.kill(child, 'SIGKILL')
    for (const pid of below.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
  }
  process.kill(guard, 'SIGKILL')
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
