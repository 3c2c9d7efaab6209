import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CURRENCIES } from '../../../kernel/index.ts'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  amountWire,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '../../../platform/http/index.ts'
import { RECEIPT_KINDS, RECEIPT_STATUSES } from './receipt.ts'
import type { ReceiptsService } from './receipts.service.ts'

/** All that the routes of receipts may touch. */
export interface ReceiptsHttpScope {
  readonly receipts: Pick<ReceiptsService, 'listInTrouble' | 'settle'>
}

const receiptWire = z
  .object({
    id: z.uuid(),
    kind: z.enum(RECEIPT_KINDS),
    paymentId: z.uuid(),
    refundId: z.uuid().nullable(),
    amount: amountWire,
    currency: z.enum(CURRENCIES),
    status: z.enum(RECEIPT_STATUSES),
    providerReceiptId: z.string().nullable(),
    fiscalDocumentNumber: z.string().nullable(),
    fiscalStorageNumber: z.string().nullable(),
    fiscalAttribute: z.string().nullable(),
    rejection: z.string().nullable(),
    overdueAt: instantWire.nullable(),
    createdAt: instantWire,
  })
  .meta({ id: 'Receipt' })

const tags = ['admin']

/** Routes for those who watch over receipts; register under `/api/v1`. */
export function receiptsHttp(host: ServicesHost<ReceiptsHttpScope>): FastifyPluginAsyncZod {
  const { services } = host
  return async (app) => {
    app.get(
      '/admin/receipts',
      {
        onRequest: requireAdmin,
        schema: {
          tags,
          summary: 'Receipts that somebody has to see to',
          description: 'Those that were rejected, and those that wait for longer than three days.',
          security: adminSecurity,
          querystring: pageQuery,
          response: { 200: pageOf(receiptWire), ...problemResponses },
        },
      },
      (request) => services.receipts.listInTrouble(request.query),
    )

    app.post(
      '/admin/payments/:id/settle',
      {
        onRequest: requireAdmin,
        schema: {
          tags,
          summary: 'Prepaid goods were handed over: issue the receipt of that',
          description: 'Harmless to repeat; after a rejection it is tried anew.',
          security: adminSecurity,
          params: idParams,
          response: { 200: z.object({ receipt: receiptWire }), ...problemResponses },
        },
      },
      async (request) => ({
        receipt: await services.receipts.settle(request.params.id, actorOf(request)),
      }),
    )
  }
}
