import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '@gramkit/services'

/** Requests to one server. */
export interface Load {
  readonly port: number
  readonly connections: number
  readonly requests: number
  /** Request line and headers, each line with its end; `{n}` as in the body. */
  readonly head: string
  /** `{n}` in it stands for the number of the request. */
  readonly body: string
  /** Number of the first request. */
  readonly first: number
}

/** A program of this benchmark that runs beside it. */
export interface Running extends AsyncDisposable {
  readonly port: number
}

/** Starts a server program and waits until it says that it listens on the given PORT. */
export async function startServer(
  file: URL,
  environment: Readonly<Record<string, string>>,
): Promise<Running> {
  const port = await freePort()
  const child = fork(file, {
    // No condition: core is loaded as it is published, built.
    execArgv: [],
    env: { ...process.env, PORT: String(port), NODE_ENV: 'production', ...environment },
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`)
  })
  ended.catch(() => {})
  await Promise.race([once(child, 'message'), ended])
  return { port, [Symbol.asyncDispose]: () => end(child) }
}

/** Sends a load from a process of its own and gives the answers a second. */
export async function sendLoad(load: Load): Promise<number> {
  const child = fork(new URL('./sender.ts', import.meta.url), { execArgv: [] })
  try {
    child.send(load)
    const [done] = await once(child, 'message')
    const failed = Number(Reflect.get(Object(done), 'failed'))
    if (failed !== 0) throw new Error(`${failed} of ${load.requests} requests failed`)
    return Number(Reflect.get(Object(done), 'perSecond'))
  } finally {
    await end(child)
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
