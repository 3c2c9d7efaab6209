import { Readable } from 'node:stream'
import {
  DOCUMENT_CSP,
  type DocumentPrinter,
  documentCsv,
  documentCsvHead,
  documentPage,
  type Invoice,
  type InvoiceFilter,
  type TenantBilling,
} from '@gramkit/core/billing'
import { idParams, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'
import { contentOf } from '../wire.ts'
import { invoiceQuery } from './invoices.http.ts'

const tags = ['invoices']

/** Invoices that are read at once for a file. */
const PAGE = 100

/** Routes for invoices as documents: a page, a file to print, a table. */
export function invoiceDocumentsHttp(printer: DocumentPrinter): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/invoices/:id/html',
      withScope('invoices:read', {
        tags,
        summary: 'An invoice as a page',
        params: idParams,
        response: { 200: contentOf('text/html'), ...problemResponses },
      }),
      async (request, reply) => {
        const document = await billingOf(request).invoices.document(request.params.id)
        reply.type('text/html; charset=utf-8').header('content-security-policy', DOCUMENT_CSP)
        return documentPage(document)
      },
    )

    app.get(
      '/invoices/:id/pdf',
      withScope('invoices:read', {
        tags,
        summary: 'An invoice to print: the same invoice gives the same bytes',
        params: idParams,
        response: { 200: contentOf('application/pdf'), ...problemResponses },
      }),
      async (request, reply) => {
        const document = await billingOf(request).invoices.document(request.params.id)
        const bytes = await printer.print(document)
        return reply.type('application/pdf').send(Buffer.from(bytes))
      },
    )

    app.get(
      '/invoices.csv',
      withScope('invoices:read', {
        tags,
        summary: 'Finalized invoices as a table, or their lines, newest first',
        querystring: invoiceQuery.extend({ table: z.enum(['documents', 'lines']).optional() }),
        response: { 200: contentOf('text/csv'), ...problemResponses },
      }),
      async (request, reply) => {
        const { table = 'documents', ...filter } = request.query
        const billing = billingOf(request)
        // Whatever is wrong with the filter is told before the file begins.
        await billing.invoices.list(filter, { limit: 1 })
        const rows = async function* (): AsyncGenerator<string> {
          yield documentCsvHead(table)
          for await (const { id } of finalized(billing, filter)) {
            yield documentCsv(table, await billing.invoices.document(id))
          }
        }
        return reply.type('text/csv; charset=utf-8').send(Readable.from(rows()))
      },
    )
  }
}

async function* finalized(
  { invoices }: TenantBilling,
  filter: InvoiceFilter,
): AsyncGenerator<Invoice> {
  let cursor: string | undefined
  do {
    const page = await invoices.list(filter, { limit: PAGE, cursor })
    yield* page.items.filter(({ state }) => state !== 'draft')
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}
