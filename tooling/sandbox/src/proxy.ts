import httpProxy from '@fastify/http-proxy'
import type { FastifyPluginAsync } from 'fastify'

/**
 * Shows a sandbox on another server's origin, below `/sandbox`, so that its page may frame the Mini
 * App that the server serves.
 */
export function sandboxProxy(sandboxUrl: string): FastifyPluginAsync {
  return async (app) => {
    // The sandbox reads bodies itself; here they only pass through.
    app.removeAllContentTypeParsers()
    await app.register(httpProxy, {
      upstream: sandboxUrl,
      prefix: '/sandbox',
      rewritePrefix: '/sandbox',
    })
  }
}
