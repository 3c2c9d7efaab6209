import type { ServicesHost } from '@gramkit/core/database'
import {
  instantWire,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OrdersService } from './orders.service.ts'

const orderWire = z
  .object({
    id: z.uuid(),
    paymentId: z.uuid(),
    productId: z.string(),
    title: z.string(),
    status: z.enum(['paid', 'refunded']),
    createdAt: instantWire,
  })
  .meta({ id: 'Order' })

/** Routes for one's orders; register under `/api/v1`. */
export function ordersHttp({
  services,
}: ServicesHost<{ readonly orders: OrdersService }>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/orders',
      {
        onRequest: requireUser,
        schema: {
          tags: ['orders'],
          summary: 'One’s orders, newest first',
          security: userSecurity,
          querystring: pageQuery,
          response: { 200: pageOf(orderWire), ...problemResponses },
        },
      },
      (request) => services.orders.list(principalOf(request).user.id, request.query),
    )
  }
}
