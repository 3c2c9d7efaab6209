import { COUPON_DURATIONS, couponFields } from '@gramkit/core/billing'
import {
  amountWire,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
} from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, dayWire, decimalWire } from '../wire.ts'

const coupon = {
  id: z.uuid(),
  code: z.string(),
  name: z.string(),
  percent: decimalWire.nullable(),
  amount: amountWire.nullable(),
  currency: z.enum(CURRENCIES).nullable(),
  duration: z.enum(COUPON_DURATIONS),
  invoices: z.int().nullable(),
  redemptionMax: z.int().nullable(),
  redemptionCount: z.int(),
  validFromOn: dayWire.nullable(),
  validUntilOn: dayWire.nullable(),
  archivedAt: instantWire.nullable(),
  createdAt: instantWire,
  updatedAt: instantWire,
}
const couponWire = z.object(coupon).meta({ id: 'Coupon' })
const couponViewWire = z
  .object({ ...coupon, planIds: z.array(z.uuid()).readonly() })
  .meta({ id: 'CouponWithPlans' })

const redemptionWire = z
  .object({
    id: z.uuid(),
    couponId: z.uuid(),
    customerId: z.uuid(),
    /** Invoices it takes something off; null for all. */
    invoiceMax: z.int().nullable(),
    invoiceCount: z.int(),
    createdAt: instantWire,
  })
  .meta({ id: 'CouponRedemption' })

const tags = ['coupons']
const redemptions = z.object({ items: z.array(redemptionWire) })

/** Routes for what is taken off invoices. */
export const couponsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/coupons',
    withScope('coupons:read', {
      tags,
      summary: 'Coupons, oldest first',
      querystring: pageQuery,
      response: { 200: pageOf(couponWire), ...problemResponses },
    }),
    (request) => billingOf(request).coupons.list(request.query),
  )

  app.post(
    '/coupons',
    withScope('coupons:write', {
      tags,
      headers: takesKey,
      summary: 'Makes a coupon; what it takes off never changes',
      body: bodyOf(couponFields, { amount: amountWire.nullable().optional() }),
      response: { 201: couponWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).coupons.create(request.body),
      ),
  )

  app.get(
    '/coupons/:id',
    withScope('coupons:read', {
      tags,
      summary: 'A coupon, and for which plans it is: none for all',
      params: idParams,
      response: { 200: couponViewWire, ...problemResponses },
    }),
    (request) => billingOf(request).coupons.get(request.params.id),
  )

  app.post(
    '/coupons/:id/archive',
    withScope('coupons:write', {
      tags,
      headers: takesKey,
      summary: 'Lets nobody redeem a coupon any more; who has redeemed it keeps it',
      params: idParams,
      response: { 200: couponWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).coupons.archive(request.params.id),
      ),
  )

  app.get(
    '/customers/:id/coupons',
    withScope('coupons:read', {
      tags,
      summary: 'What a customer has redeemed, oldest first',
      params: idParams,
      response: { 200: redemptions, ...problemResponses },
    }),
    async (request) => {
      const { coupons, customers } = billingOf(request)
      const { id } = await customers.get(request.params.id)
      return { items: await coupons.listRedemptions(id) }
    },
  )

  app.post(
    '/customers/:id/coupons',
    withScope('coupons:write', {
      tags,
      headers: takesKey,
      summary: 'Gives a customer what a coupon takes off, from the next invoice on',
      params: idParams,
      body: z.strictObject({ code: couponFields.shape.code }),
      response: { 201: redemptionWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).coupons.redeem(request.body.code, request.params.id),
      ),
  )
}
