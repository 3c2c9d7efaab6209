import { SandboxControl, type SandboxOptions } from '@gramkit/sandbox'
import { freePort } from '@gramkit/services'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import { migrateShop } from '@gramkit/shop'
import {
  ADMIN_TOKEN,
  type ApiClient,
  apiClient,
  shopAccounts,
  shopVariables,
} from '@gramkit/shop/testing'
import pg from 'pg'
import type { z } from 'zod'
import { FrontDoor } from './front-door.ts'
import { Program } from './program.ts'
import type { Proof } from './proof.ts'

/** What a kit under proof stands on. */
export interface KitOptions {
  /** [a clone on the server of the test run] */
  readonly database?: Pick<TestDatabase, 'ownerUrl' | 'appUrl' | 'adminUrl' | 'drop'>
  /** Queues go over Redis then. [over PostgreSQL] */
  readonly redisUrl?: string
  readonly limits?: SandboxOptions['limits']
  /** More of the environment of the shop's processes. [none] */
  readonly env?: Readonly<Record<string, string>>
}

/** A shop in processes of its own, with a sandbox around it. */
export interface Kit extends AsyncDisposable {
  /** Where people and providers reach it. */
  readonly url: string
  readonly door: FrontDoor
  readonly sandbox: { readonly url: string; readonly control: SandboxControl }
  readonly admin: ApiClient
  readonly database: Pick<TestDatabase, 'appUrl' | 'ownerUrl' | 'adminUrl'>
  readonly redisUrl: string | undefined
  /** Starts a process with roles such as `api,bot`, and lets the door lead to it. */
  run(name: string, roles: string): Promise<ShopProcess>
  /** Starts any other program of the workspace. */
  runProgram(program: Program): Promise<Program>
  /** Looks into the database as its superuser. */
  rows<T>(shape: z.ZodType<T>, statement: string, values?: readonly unknown[]): Promise<T[]>
  /** Moves the clock in pieces that each end before a request to the sandbox would be given up. */
  advance(minutes: number): Promise<void>
  /** Does something while a transaction holds what its statements lock. */
  whileHolding(statements: string, work: () => Promise<unknown>): Promise<void>
}

/** A process of the shop. */
export interface ShopProcess {
  readonly url: string
  readonly program: Program
}

const PIECE_MINUTES_MAX = 12 * 60

/** Starts the sandbox and the front door; processes of the shop are started by `run`. */
export async function startKit(proof: Proof, options: KitOptions = {}): Promise<Kit> {
  const stack = new AsyncDisposableStack()
  const programs: Program[] = []
  proof.onFailure(() => programs.map(({ said }) => said).join('\n'))
  const start = async (program: Program): Promise<Program> => {
    programs.push(program)
    stack.defer(() => program.kill())
    await program.start()
    return program
  }
  try {
    const database = options.database ?? (await testDatabase())
    stack.defer(() => database.drop())
    await migrateShop(database.ownerUrl)
    const pool = new pg.Pool({ connectionString: database.adminUrl, max: 4 })
    pool.on('error', () => {})
    stack.defer(() => pool.end())
    const door = stack.use(await FrontDoor.open())
    const sandbox = await startSandbox(door.url, options.limits, start)
    const env = {
      ...shopVariables({
        url: door.url,
        databaseUrl: database.appUrl,
        sandboxUrl: sandbox.url,
      }),
      ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
      GRAMKIT_RATE_LIMIT_PER_MINUTE: '0',
      GRAMKIT_LOGINS_PER_MINUTE: '100000000',
      GRAMKIT_LOG_LEVEL: 'warn',
      ...options.env,
    }

    return {
      url: door.url,
      door,
      sandbox,
      admin: apiClient({ url: door.url }, ADMIN_TOKEN),
      database,
      redisUrl: options.redisUrl,
      async run(name, roles) {
        const port = await freePort()
        const url = `http://127.0.0.1:${port}`
        const program = new Program({
          name,
          script: 'apps/shop/backend/src/main.ts',
          env: { ...env, PORT: String(port), GRAMKIT_ROLES: roles },
          isReady: async () => (await fetch(`${url}/ready`)).ok,
        })
        // Telegram may have something to deliver before the process says that it is ready.
        door.add(url, roles)
        await start(program)
        return { url, program }
      },
      runProgram: start,
      async rows(shape, statement, values = []) {
        const { rows } = await pool.query(statement, [...values])
        return rows.map((row) => shape.parse(row))
      },
      async advance(minutes) {
        // What is due comes close together at first, and then ever more rarely.
        for (let moved = 0, piece = 0; moved < minutes; moved += piece) {
          piece = Math.min(Math.max(1, moved), PIECE_MINUTES_MAX, minutes - moved)
          await sandbox.control.clock.advance({ minutes: piece })
        }
      },
      async whileHolding(statements, work) {
        const client = await pool.connect()
        try {
          await client.query(statements)
          await work()
        } finally {
          await client.query('rollback')
          client.release()
        }
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function startSandbox(
  publicUrl: string,
  limits: SandboxOptions['limits'],
  start: (program: Program) => Promise<Program>,
): Promise<Kit['sandbox']> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const control = new SandboxControl(url)
  const sandboxOptions: SandboxOptions = {
    port,
    limits: {
      retryScale: 0.01,
      startingStars: 1_000_000_000,
      messagesPerSecond: 1_000_000,
      messageBurstPerChat: 1_000_000,
      ...limits,
    },
    ...shopAccounts(publicUrl),
  }
  await start(
    new Program({
      name: 'sandbox',
      script: 'tooling/sandbox/src/main.ts',
      env: { GRAMKIT_SANDBOX_OPTIONS: JSON.stringify(sandboxOptions) },
      isReady: async () => (await control.clock.state()) !== undefined,
    }),
  )
  return { url, control }
}
