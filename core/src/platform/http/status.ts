import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../kernel/index.ts'
import type { Metrics } from '../metrics/index.ts'

/** What the service needs to work, and whether it is there. */
export type ReadyChecks = Readonly<Record<string, boolean>>

/** What the routes for operators read. */
export interface StatusSources {
  /** What the process calls itself. */
  readonly service: string
  readonly clock: Clock
  readonly metrics: Metrics
  readonly ready: () => Promise<ReadyChecks>
  readonly isDraining: () => boolean
}

const CHECK_TIMEOUT_MS = 3_000
const quiet = { schema: { hide: true }, config: { rateLimit: false } } as const

/** Adds `/health` (the process runs), `/ready` (it can work) and `/metrics`. */
export function registerStatus(app: FastifyInstance, sources: StatusSources): void {
  app.get('/health', quiet, () => ({
    status: 'healthy',
    service: sources.service,
    timestamp: sources.clock.now().toISOString(),
  }))

  app.get('/ready', quiet, async (_request, reply) => {
    const isDraining = sources.isDraining()
    const checks = isDraining ? {} : await withinTimeout(sources.ready())
    const isReady = !isDraining && Object.values(checks).every(Boolean)
    reply.code(isReady ? 200 : 503)
    return { status: isReady ? 'ready' : isDraining ? 'draining' : 'not_ready', checks }
  })

  app.get('/metrics', quiet, async (_request, reply) => {
    reply.type(sources.metrics.registry.contentType)
    return sources.metrics.registry.metrics()
  })
}

async function withinTimeout(checks: Promise<ReadyChecks>): Promise<ReadyChecks> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ReadyChecks>((resolve) => {
    timer = setTimeout(() => resolve({ answersInTime: false }), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([checks, late])
  } catch {
    return { answers: false }
  } finally {
    clearTimeout(timer)
  }
}
