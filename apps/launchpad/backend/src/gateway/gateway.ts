import { type Environment, readVariables } from '@gramkit/core/config'
import { createHttpServer, type HttpServer } from '@gramkit/core/http'
import { systemClock } from '@gramkit/core/kernel'
import { createLogger, type Logger } from '@gramkit/core/log'
import { createMetrics } from '@gramkit/core/metrics'
import { JOIN_PATH } from '../pages.ts'
import { statusHttp } from '../status.http.ts'
import { gatewayVariables, SERVICES, type Service } from '../variables.ts'
import { forward } from './forward.ts'

const NAME = 'gateway'
const STATUS_TIMEOUT_MS = 2_000

/** A gateway that listens. */
export interface ServedGateway {
  readonly server: HttpServer
  readonly logger: Logger
  close(): Promise<void>
}

/**
 * Starts the one address in front of the four services: it hands `/api/<service>` on to each of them,
 * and `/join`, where the pages are, to the waitlist.
 *
 * @throws {@link ConfigInvalid} naming every variable that is malformed
 */
export async function serveGateway(environment?: Environment): Promise<ServedGateway> {
  const read = readVariables(gatewayVariables, environment)
  const urls: Readonly<Record<Service, string>> = {
    waitlist: read.WAITLIST_URL,
    invites: read.INVITES_URL,
    referrals: read.REFERRALS_URL,
    quality: read.QUALITY_GATES_URL,
  }
  const logger = createLogger({ level: read.GRAMKIT_LOG_LEVEL })
  const server = await createHttpServer({
    logger,
    clock: systemClock,
    metrics: createMetrics(),
    // It is ready without the services: each is answered for by itself.
    ready: async () => ({}),
    api: { title: 'gramkit launchpad, gateway', version: '1.0.0' },
    service: NAME,
    trustedProxies: read.GRAMKIT_TRUSTED_PROXIES,
    corsOrigins: read.GRAMKIT_CORS_ORIGINS,
    rateLimitPerMinute: read.GRAMKIT_RATE_LIMIT_PER_MINUTE,
    drainDelayMs: read.GRAMKIT_DRAIN_DELAY_MS,
  })
  for (const service of SERVICES) {
    const paths = [`/api/${service}`, ...(service === 'waitlist' ? [JOIN_PATH] : [])]
    await server.app.register(forward(paths, { service, url: urls[service] }))
  }
  const statusOf = async () => {
    const all = await Promise.all(
      SERVICES.map(async (service) => [service, await isReady(urls[service])] as const),
    )
    return Object.fromEntries(
      all.map(([service, isUp]) => [service, isUp ? ('healthy' as const) : ('unhealthy' as const)]),
    )
  }
  await server.app.register(statusHttp({ service: NAME, clock: systemClock, statusOf }))
  await server.listen({ host: read.GRAMKIT_HOST, port: read.PORT })
  return { server, logger, close: () => server.close() }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) })
    return ok
  } catch {
    return false
  }
}
