import httpProxy from '@fastify/http-proxy'
import type { FastifyPluginAsync } from 'fastify'
import { ServiceUnreachable } from './gateway.errors.ts'

/**
 * Hands everything below some paths on to another server, and its answers back.
 *
 * That server is told the address that this one believes: what a client says of itself is dropped, or
 * it would choose whose limits it uses up. So it must trust this one as a proxy.
 */
export function forward(
  paths: readonly string[],
  to: { readonly service: string; readonly url: string },
): FastifyPluginAsync {
  return async (app) => {
    // The server behind reads bodies itself; here they only pass through.
    app.removeAllContentTypeParsers()
    for (const path of paths) {
      await app.register(httpProxy, {
        upstream: to.url,
        prefix: path,
        rewritePrefix: path,
        replyOptions: {
          rewriteRequestHeaders: ({ ip, id }, headers) => ({
            ...headers,
            'x-forwarded-for': ip,
            'x-request-id': id,
          }),
          onError: (reply) => reply.send(new ServiceUnreachable({ service: to.service })),
        },
      })
    }
  }
}
