import { sql } from 'drizzle-orm'
import type { FastifyPluginAsync } from 'fastify'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http.ts'
import { isAppError } from './kernel/index.ts'
import type { Config } from './platform/config/index.ts'
import { createLogger, type Logger } from './platform/log/index.ts'
import { createMetrics, type Metrics } from './platform/metrics/index.ts'
import type { PlayedRoles } from './play-roles.ts'

/** An app that listens. */
export interface Served<App> extends AsyncDisposable {
  readonly app: App
  readonly server: HttpServer
  readonly logger: Logger
  close(): Promise<void>
}

/** What whoever starts an app may add. */
export interface ServeOptions {
  /** More to serve on the same origin. [nothing] */
  readonly beside?: FastifyPluginAsync
  /** [writes to standard output and leaves secrets out] */
  readonly logger?: Logger
}

/** Opens an app, listens, and begins the roles of this process. */
export async function serveApp<App extends PlayedRoles<unknown>>(
  config: Config,
  {
    api,
    service,
    open,
    observe,
    ...options
  }: ServeOptions &
    Pick<HttpServerOptions, 'api' | 'service'> & {
      readonly open: (config: Config, logger: Logger) => Promise<App>
      /** Adds what the app measures of itself. [nothing] */
      readonly observe?: (metrics: Metrics, app: App) => void
    },
): Promise<Served<App>> {
  const logger = options.logger ?? createLogger({ level: config.logLevel, secrets: config.secrets })
  const app = await open(config, logger)
  let isStarted = false
  const metrics = createMetrics()
  observe?.(metrics, app)
  const server = await createHttpServer({
    logger,
    clock: app.platform.clock,
    metrics,
    ready: async () => {
      await app.platform.database.executor.execute(sql`select 1`)
      return { database: true, started: isStarted }
    },
    api,
    ...(service === undefined ? {} : { service }),
    trustedProxies: config.http.trustedProxies,
    corsOrigins: config.http.corsOrigins,
    rateLimitPerMinute: config.http.rateLimitPerMinute,
    drainDelayMs: config.http.drainDelayMs,
  })
  const close = async (): Promise<void> => {
    await server.close()
    await app.close()
  }
  try {
    await server.app.register(app.routes)
    if (options.beside) await server.app.register(options.beside)
    await server.listen({ host: config.http.host, port: config.http.port })
    await app.start()
    isStarted = true
  } catch (error) {
    await close()
    throw error
  }
  return { app, server, logger, close, [Symbol.asyncDispose]: close }
}

/** Runs a program until it is told to stop; what keeps it from starting is one line. */
export async function runProcess(
  serve: () => Promise<{ readonly logger: Logger; close(): Promise<void> }>,
): Promise<void> {
  try {
    const { close, logger } = await serve()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        logger.info({ signal }, 'stopping')
        close().then(() => process.exit(0))
      })
    }
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
