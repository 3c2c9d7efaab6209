import { existsSync } from 'node:fs'
import staticFiles from '@fastify/static'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'

/** The pages of an app: what a bundler has built. */
export interface PagesOptions {
  /** Where they are, below the public address, such as `/shop/`. */
  readonly path: string
  /** Where the build is. */
  readonly folder: string
  /** Said instead of the pages where there is no build. */
  readonly howToBuild: string
  /** Paths below `path` that the page's own router knows, such as `admin/*`. [none] */
  readonly views?: readonly string[]
}

/** Serves the built pages of an app, or says how to build them. */
export function pages(options: PagesOptions): FastifyPluginAsyncZod {
  const { path, folder, howToBuild, views = [] } = options
  const hidden = { schema: { hide: true } } as const
  return async (app) => {
    if (!existsSync(folder)) {
      for (const view of ['', ...views]) {
        app.get(`${path}${view}`, hidden, (_request, reply) =>
          reply.code(503).type('text/plain').send(howToBuild),
        )
      }
      return
    }
    await app.register(staticFiles, {
      root: folder,
      prefix: path,
      redirect: true,
      // The page names its scripts by their hash: they may be kept for ever, the page may not.
      cacheControl: false,
      setHeaders: (reply, file) => {
        const isHashed = file.includes('/assets/')
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    for (const view of views) {
      app.get(`${path}${view}`, hidden, (_request, reply) => reply.sendFile('index.html'))
    }
  }
}
