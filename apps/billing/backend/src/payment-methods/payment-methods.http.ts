import { paymentMethodFields } from '@gramkit/core/billing'
import { idParams, instantWire, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf } from '../wire.ts'

const paymentMethodWire = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    gateway: z.string(),
    label: z.string(),
    isDefault: z.boolean(),
    createdAt: instantWire,
  })
  .meta({ id: 'PaymentMethod', description: 'What the gateway calls it is not shown' })

const tags = ['payment methods']

/** Routes for ways to pay that gateways keep for customers. */
export const paymentMethodsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/customers/:id/payment-methods',
    withScope('payments:read', {
      tags,
      summary: 'What a customer can pay with, oldest first',
      params: idParams,
      response: { 200: z.object({ items: z.array(paymentMethodWire) }), ...problemResponses },
    }),
    async (request) => {
      const { customers, paymentMethods } = billingOf(request)
      const { id } = await customers.get(request.params.id)
      return { items: await paymentMethods.list(id) }
    },
  )

  app.post(
    '/customers/:id/payment-methods',
    withScope('payments:write', {
      tags,
      headers: takesKey,
      summary: 'Keeps what a gateway has saved; what is there already is given back',
      params: idParams,
      body: bodyOf(paymentMethodFields.omit({ customerId: true })),
      response: { 201: paymentMethodWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).paymentMethods.add({ ...request.body, customerId: request.params.id }),
      ),
  )

  app.post(
    '/payment-methods/:id/default',
    withScope('payments:write', {
      tags,
      headers: takesKey,
      summary: 'Makes a method the one that is charged when an invoice is due',
      params: idParams,
      response: { 200: paymentMethodWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).paymentMethods.setDefault(request.params.id),
      ),
  )

  app.delete(
    '/payment-methods/:id',
    withScope('payments:write', {
      tags,
      summary: 'Charges a method no more',
      params: idParams,
      response: { 204: z.void(), ...problemResponses },
    }),
    async (request, reply) => {
      await billingOf(request).paymentMethods.remove(request.params.id)
      reply.code(204)
    },
  )
}
