import type { Config } from '@gramkit/core/config'
import { createHttpServer, type HttpServer } from '@gramkit/core/http'
import { createLogger, type Logger } from '@gramkit/core/log'
import { createMetrics } from '@gramkit/core/metrics'
import { sql } from 'drizzle-orm'
import type { FastifyPluginAsync } from 'fastify'
import { openShop, type Shop } from './shop.ts'

/** A shop that listens. */
export interface ServedShop extends AsyncDisposable {
  readonly shop: Shop
  readonly server: HttpServer
  readonly logger: Logger
  close(): Promise<void>
}

/** Starts a shop: opens it, listens, and begins the roles of this process. */
export async function serveShop(
  config: Config,
  options: {
    /** More to serve on the same origin. [nothing] */
    readonly beside?: FastifyPluginAsync
    readonly logger?: Logger
  } = {},
): Promise<ServedShop> {
  const logger = options.logger ?? createLogger({ level: config.logLevel, secrets: config.secrets })
  const shop = await openShop(config, logger)
  let isStarted = false
  const server = await createHttpServer({
    logger,
    clock: shop.platform.clock,
    metrics: createMetrics(),
    ready: async () => {
      await shop.platform.database.executor.execute(sql`select 1`)
      return { database: true, started: isStarted }
    },
    api: { title: 'gramkit shop', version: '1.0.0' },
    trustedProxies: config.http.trustedProxies,
    corsOrigins: config.http.corsOrigins,
    rateLimitPerMinute: config.http.rateLimitPerMinute,
    drainDelayMs: config.http.drainDelayMs,
  })
  const close = async (): Promise<void> => {
    await server.close()
    await shop.close()
  }
  try {
    await server.app.register(shop.routes)
    if (options.beside) await server.app.register(options.beside)
    await server.listen({ host: config.http.host, port: config.http.port })
    await shop.start()
    isStarted = true
  } catch (error) {
    await close()
    throw error
  }
  return { shop, server, logger, close, [Symbol.asyncDispose]: close }
}
