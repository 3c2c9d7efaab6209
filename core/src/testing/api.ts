import { coreRoutes, createHttpServer } from '../http.ts'
import { newId } from '../kernel/index.ts'
import { createLogger } from '../platform/log/index.ts'
import { createMetrics } from '../platform/metrics/index.ts'
import { type TestPlatform, testPlatform } from './platform.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Who asks the API, and how. */
export interface Asker {
  readonly token: string
  /** The address that the request comes from. [127.0.0.1] */
  readonly network?: string
  /** The idempotency key of the request. [none] */
  readonly key?: string
}

/** Somebody who is logged in. */
export interface LoggedIn extends Asker {
  readonly id: string
}

/** An answer of the API, read as JSON. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the shape it expects
  readonly body: any
  /** Whether it answered this key before; undefined where no key was given. */
  readonly replayed: string | undefined
}

/** The routes of core over a platform of one test file. */
export interface TestApi extends TestPlatform {
  /** The administrator. */
  readonly admin: Asker
  /** Logs a new guest in. */
  readonly aGuest: () => Promise<LoggedIn>
  /** Asks a route, named by what follows `/api/v1`. */
  readonly ask: (who: Asker, method: Method, url: string, body?: object) => Promise<Answer>
  /** The lines of the log. */
  readonly logged: readonly string[]
}

const ADMIN_TOKEN = 'the-admin-token-of-this-test'

/**
 * Serves the routes of core for a test file, without a socket.
 *
 * @example
 * const { ask, aGuest, close } = await testApi()
 * afterAll(close)
 * expect(await ask(await aGuest(), 'GET', '/me')).toMatchObject({ status: 200 })
 */
export async function testApi(options: Parameters<typeof testPlatform>[0] = {}): Promise<TestApi> {
  const base = await testPlatform(options)
  const { platform, services } = base
  const logged: string[] = []
  const { app, ...server } = await createHttpServer({
    logger: createLogger({ destination: { write: (line) => void logged.push(line) } }),
    clock: services.clock,
    metrics: createMetrics(),
    ready: async () => ({}),
    trustedProxies: ['127.0.0.1'],
    api: { title: 'Core', version: '1.0.0' },
  })
  await app.register(coreRoutes(platform, { adminToken: ADMIN_TOKEN }))
  await app.ready()
  return {
    ...base,
    admin: { token: ADMIN_TOKEN },
    logged,
    async aGuest() {
      const { token, user } = await services.users.loginAsGuest(newId())
      return { id: user.id, token }
    },
    async ask({ token, network, key }, method, url, body) {
      const answer = await app.inject({
        method,
        url: `/api/v1${url}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(network ? { 'x-forwarded-for': network } : {}),
          ...(key ? { 'idempotency-key': key } : {}),
        },
        ...(body ? { payload: body } : {}),
      })
      const replayed = answer.headers['idempotency-replayed']
      return {
        status: answer.statusCode,
        body: answer.body ? answer.json() : undefined,
        replayed: replayed === undefined ? undefined : String(replayed),
      }
    },
    async close() {
      await server.close()
      await base.close()
    },
  }
}
