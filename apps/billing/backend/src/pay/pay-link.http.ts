import { invoiceToken } from '@gramkit/core/billing'
import { idParams, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'

/** Where an invoice is shown and paid by whoever has the link. */
export interface PayLinkOptions {
  /** What the tokens of links follow from. */
  readonly secret: string
  /** The pages' address, before the token. */
  readonly url: string
}

/** Routes for links to pages of invoices. */
export function payLinkHttp({ secret, url }: PayLinkOptions): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/invoices/:id/pay-link',
      withScope('invoices:read', {
        tags: ['invoices'],
        summary: 'The page on which whoever has the link sees the invoice and pays it',
        params: idParams,
        response: { 200: z.object({ url: z.url() }), ...problemResponses },
      }),
      async (request) => {
        const invoice = await billingOf(request).invoices.get(request.params.id)
        return { url: `${url}${invoiceToken(invoice, secret)}` }
      },
    )
  }
}
