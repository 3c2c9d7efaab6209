import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { poll } from '../deadline.ts'
import { ProgramNotFound, ServiceError } from '../errors.ts'
import { type GuardedProcess, startGuarded } from '../guarded-process.ts'
import { freePort } from '../port.ts'
import { findRedis } from '../programs.ts'
import { signalIfThere } from '../signal.ts'

/** How a Redis is started. */
export interface StartRedisOptions {
  /** TCP port on 127.0.0.1. [a free one] */
  readonly port?: number
  /** Folder of its files. [a temporary one, removed by `stop`] */
  readonly dataDir?: string
  /** Keep an append-only file, so that data survives a restart. [false] */
  readonly appendonly?: boolean
}

/** A running Redis of our own. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Process id of the server that runs now; it changes with `restart`. */
  readonly pid: number
  /** Sends a signal, SIGKILL by default, and waits until the server is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and folder, ending it first when it still runs. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 15_000

/** Starts redis-server from PATH on 127.0.0.1; it ends with this process, also after SIGKILL. */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const program = findRedis()
  if (program === undefined) {
    throw new ProgramNotFound({ program: 'redis-server', install: 'apt-get install redis-server' })
  }
  const dataDir = resolve(
    options.dataDir ?? join(tmpdir(), `gramkit-redis-${randomBytes(6).toString('hex')}`),
  )
  mkdirSync(dataDir, { recursive: true })
  const port = options.port ?? (await freePort())
  const pidFile = join(dataDir, 'redis.pid')
  let current: { server: GuardedProcess; pid: number } | undefined

  const start = async (): Promise<void> => {
    const server = startGuarded(program, redisArguments(dataDir, port, options.appendonly), {
      cwd: dataDir,
    })
    const pid = await poll(async () => (server.isRunning() ? await processId(port) : Number.NaN), {
      timeoutMs: START_TIMEOUT_MS,
    })
    if (pid === undefined || Number.isNaN(pid)) {
      server.release()
      throw new ServiceError(
        'services.redis_did_not_start',
        `redis-server did not start on ${port}`,
      )
    }
    current = { server, pid }
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (current === undefined) return
    if (current.server.isRunning()) signalIfThere(current.pid, signal)
    await current.server.ended
    current = undefined
    rmSync(pidFile, { force: true })
  }
  const stop = async (): Promise<void> => {
    await kill('SIGTERM')
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return current?.pid ?? 0
    },
    kill,
    async restart() {
      await kill('SIGTERM')
      await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function redisArguments(dataDir: string, port: number, appendonly = false): readonly string[] {
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dataDir],
    ...['--save', '', '--appendonly', appendonly ? 'yes' : 'no'],
    ...['--daemonize', 'no', '--maxmemory-policy', 'noeviction', '--loglevel', 'warning'],
  ]
}

/** Asks the server for its process id, and whether it is ready: it answers while it still loads. */
function processId(port: number): Promise<number | undefined> {
  return new Promise((answer) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    let text = ''
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('connect', () => socket.write('INFO server\r\nPING\r\n'))
    socket.on('error', () => {})
    socket.once('close', () => answer(undefined))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const pid = /^process_id:(\d+)\r$/m.exec(text)?.[1]
      if (pid === undefined || !/^(?:\+PONG|-LOADING.*)\r$/m.test(text)) return
      if (text.includes('\n+PONG')) answer(Number(pid))
      socket.destroy()
    })
  })
}
