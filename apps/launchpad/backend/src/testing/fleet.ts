import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@gramkit/sandbox'
import { eventually } from '@gramkit/sandbox/testing'
import { freePort } from '@gramkit/services'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import { z } from 'zod'
import { migrateLaunchpad } from '../migrations.ts'
import type { Service } from '../variables.ts'
import { launchpadAccounts, launchpadVariables } from './running-launchpad.ts'

/** A process that serves something. */
interface Running {
  readonly url: string
  stop(): Promise<void>
}

/** The four services and their gateway, each in a process that its script has started. */
export interface Fleet extends AsyncDisposable {
  /** The address of the gateway. */
  readonly url: string
  readonly sandbox: Sandbox
  readonly database: TestDatabase
  readonly services: Readonly<Record<Service, Running>>
}

/** Five processes on a machine that others use too. */
const START_TIMEOUT_MS = 110_000

const FOLDER = fileURLToPath(new URL('../..', import.meta.url))
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8')))

/** Starts all five as `pnpm --filter launchpad <script>` does, on ports that are free. */
export async function startFleet(): Promise<Fleet> {
  await using starting = new AsyncDisposableStack()
  const database = await testDatabase()
  starting.defer(() => database.drop())
  await migrateLaunchpad(database.ownerUrl)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = await startSandbox({ dataDir: ':memory:', ...launchpadAccounts(url) })
  starting.defer(() => sandbox.close())
  const shared = launchpadVariables({ url, databaseUrl: database.appUrl, sandbox })
  const start = async (script: string, environment: Record<string, string>, at?: number) => {
    const running = run(script, { ...environment, PORT: String(at ?? (await freePort())) })
    starting.defer(running.stop)
    return running
  }
  const [waitlist, invites, referrals, quality] = await Promise.all([
    start('waitlist', shared),
    start('invites', shared),
    start('referrals', shared),
    start('quality-gates', shared),
  ])
  const gateway = await start(
    'gateway',
    {
      GRAMKIT_HOST: '127.0.0.1',
      GRAMKIT_LOG_LEVEL: shared['GRAMKIT_LOG_LEVEL'] ?? 'silent',
      // Each client of a test names its own network.
      GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32',
      WAITLIST_URL: waitlist.url,
      INVITES_URL: invites.url,
      REFERRALS_URL: referrals.url,
      QUALITY_GATES_URL: quality.url,
    },
    port,
  )
  await Promise.all([waitlist, invites, referrals, quality, gateway].map(({ ready }) => ready()))
  const running = starting.move()
  return {
    ...{ url, sandbox, database, services: { waitlist, invites, referrals, quality } },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function run(script: string, environment: Record<string, string>) {
  const child = spawn('/bin/sh', ['-c', scripts[script] ?? 'exit 1'], {
    cwd: FOLDER,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${environment['PORT']}`
  return {
    url,
    ready: () => untilReady(url, child),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const isReady = await eventually(
    async () => (await fetch(`${url}/ready`).catch(() => undefined))?.ok === true,
    (ok) => ok || child.exitCode !== null,
    START_TIMEOUT_MS,
  )
  if (!isReady) throw new Error(`${url} was not ready in time`)
}
