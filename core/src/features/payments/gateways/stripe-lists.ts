import type { Stripe } from 'stripe'
import { z } from 'zod'
import { addMs } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { LookUp } from '../payment-gateway.ts'
import { ReportUnreadable } from '../payments.errors.ts'
import type { BookEntry, BookPage, BooksRequest } from '../reconciliation/reconciliation.ts'
import type { RefundReport } from '../refunds/refund.ts'
import { callStripe, KEY_KEPT_MS } from './stripe-call.ts'

/** Lines of a page; each that is ours costs calls of its own, and all are made at once. */
const PAGE_SIZE = 25

/** Most objects that Stripe lists at once. */
const PAGE_SIZE_MAX = 100

/** How long a last try with a key may take to arrive. */
const LATE_MS = 3_600_000

/** Stripe's clock and ours may differ by this much. */
const SKEW_MS = 10 * 60_000

/** Kinds of lines that are buyers' money; the others are fees, payouts and disputes. */
const TYPES = { in: ['charge', 'payment'], out: ['refund', 'payment_refund'] } as const

/** How objects of the account are read; undefined for what is not of the kit. */
export interface StripeReaders {
  readonly client: Stripe
  readonly ofSession: (object: unknown) => PaymentSnapshot
  readonly ofIntent: (object: unknown) => Promise<PaymentSnapshot | undefined>
  readonly ofRefund: (object: unknown) => Promise<RefundReport | undefined>
  readonly fetch: (id: string) => Promise<PaymentSnapshot | undefined>
  readonly fetchRefund: (id: string) => Promise<RefundReport | undefined>
}

const cursorSchema = z.object({
  /** What of the span is read: what came in comes first, where the span has several pages. */
  pass: z.enum(['in', 'out']),
  /** Seconds since 1970, as Stripe counts time. */
  from: z.int(),
  /** Absent before the first page of a span of time. */
  to: z.int().optional(),
  after: z.string().optional(),
})

/**
 * Reads a page of the account's balance: for a span of time what came in, then what went back. The
 * span's end is kept in the cursor, so that its pages stay the same while new money arrives.
 */
export async function readStripeBooks(
  readers: StripeReaders,
  { cursor, since, until }: BooksRequest,
): Promise<BookPage> {
  const at: z.output<typeof cursorSchema> = cursor
    ? cursorSchema.parse(JSON.parse(cursor))
    : { pass: 'in', from: toSeconds(since) }
  const { pass, from, to = toSeconds(until), after } = at
  if (from >= to) return { entries: [], cursor: JSON.stringify(at), isLast: true }
  const { data, has_more } = await callStripe(() =>
    readers.client.balanceTransactions.list({
      created: { gte: from, lt: to },
      limit: PAGE_SIZE,
      expand: ['data.source'],
      ...(after === undefined ? {} : { starting_after: after }),
    }),
  )
  const isWholeSpan = pass === 'in' && after === undefined && !has_more
  const passes = isWholeSpan ? (['in', 'out'] as const) : [pass]
  const lines = passes.flatMap((each) =>
    data
      .filter(({ type }) => TYPES[each].some((known) => known === type))
      .map(({ source }) => readLine(readers, each, source)),
  )
  const entries = (await Promise.all(lines)).filter((entry) => entry !== undefined)
  const last = data.at(-1)?.id
  const next =
    has_more && last !== undefined
      ? { pass, from, to, after: last }
      : pass === 'in' && !isWholeSpan
        ? { pass: 'out', from, to }
        : { pass: 'in', from: to }
  const isLast = next.from === to && to >= toSeconds(until)
  return { entries, cursor: JSON.stringify(next), isLast }
}

/** Finds payments and refunds by our ids, which Stripe keeps with them. */
export function stripeLookUp(
  { client, ofSession, ofIntent, ofRefund }: StripeReaders,
  intentOf: (providerPaymentId: string) => Promise<string>,
): LookUp {
  return {
    afterMs: KEY_KEPT_MS,

    async payment({ paymentId, createdAt }) {
      const page = { created: spanAfter(createdAt), limit: PAGE_SIZE_MAX }
      const expand = ['data.payment_intent']
      const sessions = eachOf((after) =>
        client.checkout.sessions.list({ ...page, expand, ...after }),
      )
      for await (const session of sessions) {
        if (session.metadata?.['payment_id'] === paymentId) return ofSession(session)
      }
      for await (const intent of eachOf((after) =>
        client.paymentIntents.list({ ...page, ...after }),
      )) {
        if (intent.metadata['payment_id'] === paymentId) return ofIntent(intent)
      }
      return undefined
    },

    async refund({ refundId, providerPaymentId }) {
      const payment_intent = await intentOf(providerPaymentId)
      const page = { payment_intent, limit: PAGE_SIZE_MAX, expand: ['data.payment_intent'] }
      for await (const refund of eachOf((after) => client.refunds.list({ ...page, ...after }))) {
        if (refund.metadata?.['refund_id'] === refundId) return ofRefund(refund)
      }
      return undefined
    },
  }
}

/** All that a call of ours can have made before its key was forgotten. */
function spanAfter(createdAt: Date): Stripe.RangeQueryParam {
  return {
    gte: toSeconds(addMs(createdAt, -SKEW_MS)),
    lte: toSeconds(addMs(createdAt, KEY_KEPT_MS + LATE_MS)),
  }
}

async function* eachOf<T extends { readonly id: string }>(
  list: (after: { starting_after?: string }) => Promise<Stripe.ApiList<T>>,
): AsyncGenerator<T> {
  for (let after: { starting_after?: string } = {}; ; ) {
    const { data, has_more } = await callStripe(() => list(after))
    yield* data
    const last = data.at(-1)
    if (!has_more || !last) return
    after = { starting_after: last.id }
  }
}

const sourceSchema = z.object({ id: z.string(), payment_intent: z.string().nullable() })

/** One line that cannot be read does not keep the rest of the books from being compared. */
async function readLine(
  { fetch, fetchRefund }: StripeReaders,
  pass: keyof typeof TYPES,
  source: unknown,
): Promise<BookEntry | undefined> {
  const { id, payment_intent: intentId } = sourceSchema.safeParse(source).data ?? {}
  if (!id || !intentId) return undefined
  try {
    if (pass === 'out') {
      const report = await fetchRefund(id)
      return report && { kind: 'refund', report }
    }
    const report = await fetch(intentId)
    return report && { kind: 'payment', report }
  } catch (error) {
    if (!(error instanceof ReportUnreadable)) throw error
    const of = pass === 'out' ? 'refund' : 'payment'
    return { kind: 'unreadable', of, providerPaymentId: intentId, problem: error.message }
  }
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1_000)
}
