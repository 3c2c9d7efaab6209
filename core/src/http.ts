/**
 * The HTTP edge with core's own routes.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { balanceHttp } from './features/balance/balance.http.ts'
import { friendshipsHttp } from './features/friendships/friendships.http.ts'
import { groupsHttp } from './features/groups/groups.http.ts'
import { invitesHttp } from './features/invites/invites.http.ts'
import { invitesAdminHttp } from './features/invites/invites-admin.http.ts'
import { broadcastsHttp } from './features/notifications/broadcasts/broadcasts.http.ts'
import { settingsHttp } from './features/notifications/settings/settings.http.ts'
import { paymentsHttp } from './features/payments/payments.http.ts'
import { receiptsHttp } from './features/payments/receipts/receipts.http.ts'
import { subscriptionsHttp } from './features/subscriptions/subscriptions.http.ts'
import { accountsHttp } from './features/users/accounts/accounts.http.ts'
import { emailLoginsHttp } from './features/users/email/email-logins.http.ts'
import { loginLinksHttp } from './features/users/login-links/login-links.http.ts'
import { passwordsHttp } from './features/users/passwords/passwords.http.ts'
import { rolesHttp } from './features/users/roles/roles.http.ts'
import { sessionsHttp } from './features/users/sessions/sessions.http.ts'
import { usersHttp } from './features/users/users.http.ts'
import { coreHost } from './jobs.ts'
import { operationsHttp } from './operations.http.ts'
import { HttpIdempotency, httpEdge, LiveUpdates, SESSION_COOKIE } from './platform/http/index.ts'
import type { Inbox } from './platform/inbox/index.ts'
import type { DueWork } from './platform/jobs/index.ts'
import type { Platform } from './platform.ts'
import type { CoreServices } from './services.ts'
import { startHttp } from './start.http.ts'

export * from './platform/http/index.ts'

/** What all routes of one platform share. */
export interface CoreEdgeOptions {
  readonly adminToken: string
  /** Logins that one network may try a minute by each way of logging in, over all processes. [600] */
  readonly loginsPerMinute?: number
  /** Origins of the app's own pages, for sessions in cookies. [none: they only read] */
  readonly origins?: readonly string[]
  /** Name of the cookie of a session; apps that share an origin each have their own. [gramkit_session] */
  readonly sessionCookie?: string
}

/** What core's routes need beside the platform and its edge. */
export interface CoreApiOptions {
  /** Where parked deliveries are replayed; without it nobody can list or put back given-up work. */
  readonly inbox?: Pick<Inbox<CoreServices>, 'replay'>
  /** The app's own routes, beside core's. */
  readonly routes?: readonly FastifyPluginAsyncZod[]
}

/** Scheduled work that forgets idempotency keys nobody repeats any more. */
export function forgetIdempotencyKeys(platform: Platform<unknown>): DueWork<CoreServices> {
  const idempotency = new HttpIdempotency(platform.database.executor)
  return {
    name: 'http.forget_idempotency_keys',
    everyMs: 3_600_000,
    // Nobody waits for it, so the clock need not stop for it either.
    nextDueAt: async () => null,
    runDue: () => idempotency.removeOld(),
  }
}

/** Gives the routes registered beside it their platform: register it first in their scope. */
export async function coreEdge(
  app: FastifyInstance,
  platform: Platform<unknown>,
  options: CoreEdgeOptions,
): Promise<void> {
  const { core, database } = platform
  await app.register(httpEdge, {
    authenticate: (token) => core.sessions.authenticate(token),
    adminToken: options.adminToken,
    clock: platform.clock,
    limiter: core.limiter,
    loginsPerMinute: options.loginsPerMinute ?? 600,
    origins: options.origins ?? [],
    sessionCookie: options.sessionCookie ?? SESSION_COOKIE,
    idempotency: new HttpIdempotency(database.executor),
    liveUpdates: new LiveUpdates(database),
  })
}

/** All routes of core, for one platform; register it behind {@link coreEdge}, below a prefix. */
export function coreApi(
  platform: Platform<unknown>,
  options: CoreApiOptions,
): FastifyPluginAsyncZod {
  const { core } = platform
  const host = coreHost(platform)
  return async (app) => {
    const routes = [
      usersHttp(host),
      startHttp(host),
      accountsHttp(host),
      sessionsHttp(host),
      loginLinksHttp(host),
      emailLoginsHttp(host),
      passwordsHttp(host),
      rolesHttp(host),
      friendshipsHttp(host),
      groupsHttp(host),
      invitesHttp(host),
      invitesAdminHttp(host),
      paymentsHttp(host),
      receiptsHttp(host),
      balanceHttp(host),
      subscriptionsHttp(host),
      settingsHttp(host),
      broadcastsHttp(host),
      ...(options.inbox ? [operationsHttp({ core, inbox: options.inbox })] : []),
      ...(options.routes ?? []),
    ]
    for (const route of routes) await app.register(route)
  }
}

/** All routes of core below `/api/v1`, for one platform. */
export function coreRoutes(
  platform: Platform<unknown>,
  options: CoreEdgeOptions & CoreApiOptions,
): FastifyPluginAsyncZod {
  return async (app) => {
    await coreEdge(app, platform, options)
    await app.register(coreApi(platform, options), { prefix: '/api/v1' })
  }
}
