import {
  creditNoteFields,
  DOCUMENT_CSP,
  type DocumentPrinter,
  documentPage,
} from '@gramkit/core/billing'
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
import { discountsWire, taxesWire } from '../invoices/invoice-wire.http.ts'
import { answerMoney, billingOf, needsKey, withScope } from '../tenant-edge.ts'
import { bodyOf, contentOf, dayWire, decimalWire } from '../wire.ts'

const creditNote = {
  id: z.uuid(),
  invoiceId: z.uuid(),
  customerId: z.uuid(),
  number: z.string(),
  issuedOn: dayWire,
  reason: z.string().nullable(),
  currency: z.enum(CURRENCIES),
  subtotal: amountWire,
  discount: amountWire,
  tax: amountWire,
  total: amountWire,
  /** How much less the invoice asks for. */
  lowered: amountWire,
  /** What was paid and is the customer's again. */
  released: amountWire,
  discounts: discountsWire,
  taxes: taxesWire,
  createdAt: instantWire,
}
const creditNoteWire = z.object(creditNote).meta({ id: 'CreditNote' })

const lineWire = z.object({
  id: z.uuid(),
  place: z.int(),
  invoiceLineId: z.uuid(),
  title: z.string(),
  fromOn: dayWire.nullable(),
  untilOn: dayWire.nullable(),
  quantity: decimalWire,
  unitPrice: decimalWire.nullable(),
  discount: amountWire,
  net: amountWire,
  taxRate: decimalWire.nullable(),
  tax: amountWire,
})
const creditNoteViewWire = z
  .object({ ...creditNote, lines: z.array(lineWire).readonly() })
  .meta({ id: 'CreditNoteWithLines' })

const readLines = {
  lines: z.array(z.looseObject({ amount: amountWire.optional() })).optional(),
}

const tags = ['credit notes']

/** Routes for corrections of finalized invoices. */
export function creditNotesHttp(printer: DocumentPrinter): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/credit-notes',
      withScope('credit-notes:read', {
        tags,
        summary: 'Credit notes, newest first',
        querystring: pageQuery.extend({
          customerId: z.uuid().optional(),
          invoiceId: z.uuid().optional(),
        }),
        response: { 200: pageOf(creditNoteWire), ...problemResponses },
      }),
      (request) => {
        const { customerId, invoiceId, ...page } = request.query
        return billingOf(request).creditNotes.list({ customerId, invoiceId }, page)
      },
    )

    app.post(
      '/credit-notes',
      withScope('credit-notes:write', {
        tags,
        headers: needsKey,
        summary: 'Takes back an invoice, some lines of it or parts of them',
        body: bodyOf(creditNoteFields, readLines),
        response: { 201: creditNoteViewWire, ...problemResponses },
      }),
      (request, reply) =>
        answerMoney(request, reply, { status: 201 }, (id) =>
          billingOf(request).creditNotes.issue(request.body, id),
        ),
    )

    app.get(
      '/credit-notes/:id',
      withScope('credit-notes:read', {
        tags,
        summary: 'A credit note with its lines',
        params: idParams,
        response: { 200: creditNoteViewWire, ...problemResponses },
      }),
      (request) => billingOf(request).creditNotes.get(request.params.id),
    )

    app.get(
      '/credit-notes/:id/html',
      withScope('credit-notes:read', {
        tags,
        summary: 'A credit note as a page',
        params: idParams,
        response: { 200: contentOf('text/html'), ...problemResponses },
      }),
      async (request, reply) => {
        const document = await billingOf(request).creditNotes.document(request.params.id)
        reply.type('text/html; charset=utf-8').header('content-security-policy', DOCUMENT_CSP)
        return documentPage(document)
      },
    )

    app.get(
      '/credit-notes/:id/pdf',
      withScope('credit-notes:read', {
        tags,
        summary: 'A credit note to print',
        params: idParams,
        response: { 200: contentOf('application/pdf'), ...problemResponses },
      }),
      async (request, reply) => {
        const document = await billingOf(request).creditNotes.document(request.params.id)
        return reply.type('application/pdf').send(Buffer.from(await printer.print(document)))
      },
    )
  }
}
