import {
  type Account,
  BOOK_PROBLEMS,
  type ClosedMonth,
  JOURNAL_SOURCES,
} from '@gramkit/core/billing'
import { amountWire, instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { dayWire } from '../wire.ts'

const currency = z.enum(CURRENCIES)
/** Minor units; debits above 0, credits below, together 0. */
const accounts = {
  receivable: amountWire,
  unbilled: amountWire,
  cash: amountWire,
  customerCredit: amountWire,
  carried: amountWire,
  deferred: amountWire,
  tax: amountWire,
  revenue: amountWire,
  concession: amountWire,
  badDebt: amountWire,
} satisfies Record<Account, typeof amountWire>

const balancesWire = z.object({ items: z.array(z.object({ currency, ...accounts })) })

const journalEntryWire = z
  .object({
    number: amountWire,
    source: z.enum(JOURNAL_SOURCES),
    sourceId: z.string(),
    bookedOn: dayWire,
    currency,
    customerId: z.uuid(),
    invoiceId: z.uuid().nullable(),
    createdAt: instantWire,
    ...accounts,
  })
  .meta({ id: 'JournalEntry', description: 'Debits above 0, credits below; together they are 0' })

const closedMonthWire = z
  .object({ month: z.string(), actor: z.string(), createdAt: instantWire })
  .meta({ id: 'ClosedMonth' })

const booksReportWire = z
  .object({
    ok: z.boolean(),
    entries: z.int(),
    differences: z
      .array(
        z.object({
          problem: z.enum(BOOK_PROBLEMS),
          subject: z.string(),
          expected: amountWire.nullable(),
          actual: amountWire.nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'BooksReport' })

const entriesQuery = pageQuery.extend({
  invoiceId: z.string().optional(),
  customerId: z.string().optional(),
  currency: currency.optional(),
  bookedFromOn: z.string().optional(),
  bookedUntilOn: z.string().optional(),
})

const tags = ['books']

/** Routes for the journal of a tenant, and for when it earns what its invoices ask for. */
export const booksHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/journal/entries',
    withScope('revenue:read', {
      tags,
      summary: 'Entries of the journal',
      querystring: entriesQuery,
      response: { 200: pageOf(journalEntryWire), ...problemResponses },
    }),
    (request) => {
      const { limit, cursor, ...filter } = request.query
      return billingOf(request).journal.list(filter, { limit, cursor })
    },
  )

  app.get(
    '/journal/balances',
    withScope('revenue:read', {
      tags,
      summary: 'What is in each account, by currency: all together 0',
      querystring: z.object({ untilOn: z.string().optional() }),
      response: { 200: balancesWire, ...problemResponses },
    }),
    async (request) => ({ items: await billingOf(request).journal.balances(request.query) }),
  )

  app.post(
    '/revenue/recognitions',
    withScope('revenue:write', {
      tags,
      headers: takesKey,
      summary: 'Recognises what was earned up to a day, and says of how many lines',
      body: z.strictObject({ throughOn: z.string().optional() }).nullish(),
      response: { 200: z.object({ lines: z.int() }), ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, async () => ({
        lines: await billingOf(request).revenue.recognise(request.body ?? {}),
      })),
  )

  app.get(
    '/revenue/closed-months',
    withScope('revenue:read', {
      tags,
      summary: 'Months that take no more entries, the last one first',
      response: { 200: z.object({ items: z.array(closedMonthWire) }), ...problemResponses },
    }),
    async (request) => ({
      items: (await billingOf(request).revenue.listClosedMonths()).map(toWire),
    }),
  )

  app.post(
    '/revenue/closed-months',
    withScope('revenue:write', {
      tags,
      headers: takesKey,
      summary: 'Closes a month and those before it: what was earned in it is recognised first',
      body: z.strictObject({ month: z.string() }),
      response: { 201: closedMonthWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, async () =>
        toWire(await billingOf(request).revenue.closeMonth(request.body)),
      ),
  )

  app.get(
    '/revenue/verification',
    withScope('revenue:read', {
      tags,
      summary: 'Proves the journal against invoices, lines, schedules and the audit',
      response: { 200: booksReportWire, ...problemResponses },
    }),
    (request) => billingOf(request).revenue.verify(),
  )
}

function toWire({ month, ...closed }: ClosedMonth): z.output<typeof closedMonthWire> {
  return { ...closed, month: month.slice(0, 7) }
}
