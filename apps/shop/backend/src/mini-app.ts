import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'

/** Where the shop's pages are, below the public address. */
export const MINI_APP_PATH = '/shop/'

/** Where the frontend's build is. */
export const MINI_APP_FOLDER = fileURLToPath(new URL('../../frontend/dist', import.meta.url))

/** Serves the built Mini App, or says how to build it. */
export const miniApp: FastifyPluginAsyncZod = async (app) => {
  if (!existsSync(MINI_APP_FOLDER)) {
    app.get(MINI_APP_PATH, { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(503)
        .type('text/plain')
        .send('Build it: pnpm --filter @gramkit/shop-frontend build'),
    )
    return
  }
  await app.register(staticFiles, {
    root: MINI_APP_FOLDER,
    prefix: MINI_APP_PATH,
    redirect: true,
    // The page names its scripts by their hash: they may be kept for ever, the page may not.
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/')
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
