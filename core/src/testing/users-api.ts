import { testDatabase } from '@gramkit/services/testing'
import { loginLinksHttp } from '../features/users/login-links/login-links.http.ts'
import { rolesHttp } from '../features/users/roles/roles.http.ts'
import { sessionsHttp } from '../features/users/sessions/sessions.http.ts'
import { usersHttp } from '../features/users/users.http.ts'
import { newId, VirtualClock } from '../kernel/index.ts'
import { openNodePostgres } from '../platform/database/index.ts'
import {
  createHttpServer,
  HttpIdempotency,
  httpEdge,
  LiveUpdates,
  SESSION_COOKIE,
} from '../platform/http/index.ts'
import { openPostgresLimiter } from '../platform/limits/index.ts'
import { createLogger } from '../platform/log/index.ts'
import { createMetrics } from '../platform/metrics/index.ts'
import { usersScope } from './users-scope.ts'

const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const adminToken = 'the-admin-token-of-this-test'

/** The header of who is logged in by a token. */
export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/**
 * Serves the routes of users alone for a test file, on a database that nobody else has. Routes of the
 * file's own are registered before the first request.
 */
export async function usersApi() {
  const testing = await testDatabase()
  const database = openNodePostgres({ url: testing.appUrl })
  const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
  const services = usersScope(database, { clock, identity: { botToken } })
  const server = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    clock,
    metrics: createMetrics(),
    ready: async () => ({}),
    api: { title: 'Users', version: '1.0.0' },
  })
  const { app } = server
  await app.register(httpEdge, {
    authenticate: (token) => services.sessions.authenticate(token),
    adminToken,
    clock,
    loginsPerMinute: 500,
    origins: ['https://shop.example'],
    sessionCookie: SESSION_COOKIE,
    limiter: openPostgresLimiter(database),
    idempotency: new HttpIdempotency(database.executor),
    liveUpdates: new LiveUpdates(database, { streamsPerUserMax: 2, heartbeatMs: 50 }),
  })
  const host = {
    services,
    clock,
    transaction: <T>(work: (tx: typeof services) => Promise<T>) =>
      services.transaction(() => work(services)),
  }
  for (const routes of [
    usersHttp(host),
    sessionsHttp(host),
    loginLinksHttp(host),
    rolesHttp(host),
  ]) {
    await app.register(routes, { prefix: '/api/v1' })
  }
  return {
    ...{ app, server, database, clock, services, botToken, adminToken },
    /** Logs the guest of a device in. */
    async guest(deviceKey = newId()) {
      const { token, user } = await services.users.loginAsGuest(deviceKey)
      return { token, id: user.id }
    },
    async close() {
      await server.close()
      await database.close()
      await testing.drop()
    },
  }
}
