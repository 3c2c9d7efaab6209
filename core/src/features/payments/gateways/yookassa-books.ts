import type { PaymentsApi, RefundsApi } from '@yookassa/sdk'
import { z } from 'zod'
import { addMs } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { LookUp } from '../payment-gateway.ts'
import { ReportUnreadable } from '../payments.errors.ts'
import type { BookEntry, BookPage, BooksRequest } from '../reconciliation/reconciliation.ts'
import type { RefundReport } from '../refunds/refund.ts'
import { KEY_KEPT_MS, type YookassaCall } from './yookassa-call.ts'

/** Most objects that YooKassa lists at once. */
const PAGE_SIZE = 100

/** How long a last try with a key may take to arrive. */
const LATE_MS = 3_600_000

/** YooKassa's clock and ours may differ by this much. */
const SKEW_MS = 10 * 60_000

/** The shop's lists at YooKassa, and how one of their objects is read. */
export interface YookassaLists {
  readonly payments: PaymentsApi
  readonly refunds: RefundsApi
  readonly call: YookassaCall
  readonly readPayment: (object: unknown) => PaymentSnapshot
  readonly readRefund: (object: unknown) => RefundReport
}

interface Span {
  readonly from: string
  readonly to: string
  readonly page?: string | undefined
}

const pageSchema = z.object({ items: z.array(z.unknown()), next_cursor: z.string().optional() })

const cursorSchema = z.object({
  part: z.enum(['payments', 'refunds']),
  from: z.string(),
  /** Absent before the first page of a span of time. */
  to: z.string().optional(),
  page: z.string().optional(),
})

/**
 * Reads a page of the shop's books: for a span of time the payments that were captured in it, then
 * the refunds that were made in it. The span's end is kept in the cursor, so that its pages stay the
 * same pages while new money arrives.
 */
export async function readYookassaBooks(
  lists: YookassaLists,
  { cursor, since, until }: BooksRequest,
): Promise<BookPage> {
  const at: z.output<typeof cursorSchema> = cursor
    ? cursorSchema.parse(JSON.parse(cursor))
    : { part: 'payments', from: since.toISOString() }
  const { part, from, to = until.toISOString() } = at
  if (from >= to) return { entries: [], cursor: JSON.stringify(at), isLast: true }
  const isPayments = part === 'payments'
  const { items, next_cursor: page } = isPayments
    ? await listCaptured(lists, { ...at, to })
    : await listRefunds(lists, { ...at, to })
  const entries = isPayments
    ? items.flatMap((item) => readPaymentLine(lists, item) ?? [])
    : items.map((item) => readRefundLine(lists, item))
  const next = page
    ? { part, from, to, page }
    : isPayments
      ? { part: 'refunds', from, to }
      : { part: 'payments', from: to }
  const isSpanRead = !page && !isPayments
  return {
    entries,
    cursor: JSON.stringify(next),
    isLast: isSpanRead && to >= until.toISOString(),
  }
}

/** Finds payments and refunds by our ids, which YooKassa keeps in their metadata. */
export function yookassaLookUp(lists: YookassaLists): LookUp {
  return {
    afterMs: KEY_KEPT_MS,

    async payment({ paymentId, createdAt }) {
      for await (const item of eachOf((page) => listCreated(lists, page), spanAfter(createdAt))) {
        if (ownIdOf(item)?.paymentId === paymentId) return lists.readPayment(item)
      }
      return undefined
    },

    async refund({ refundId, providerPaymentId, createdAt }) {
      const list = (page: Span) => listRefunds(lists, page, providerPaymentId)
      for await (const item of eachOf(list, spanAfter(createdAt))) {
        const report = lists.readRefund(item)
        if (report.refundId === refundId) return report
      }
      return undefined
    },
  }
}

/** All that a call of ours can have made before its key was forgotten. */
function spanAfter(createdAt: Date): Span {
  const end = addMs(createdAt, KEY_KEPT_MS + LATE_MS)
  return { from: addMs(createdAt, -SKEW_MS).toISOString(), to: end.toISOString() }
}

async function* eachOf(
  list: (span: Span) => Promise<z.output<typeof pageSchema>>,
  span: Span,
): AsyncGenerator<unknown> {
  let page: string | undefined
  do {
    const { items, next_cursor } = await list({ ...span, page })
    yield* items
    page = next_cursor
  } while (page)
}

/** A line of the books; undefined for a payment that the shop took outside the kit. */
function readPaymentLine({ readPayment }: YookassaLists, item: unknown): BookEntry | undefined {
  const own = ownIdOf(item)
  if (!own) return undefined
  return readOr('payment', own.providerPaymentId, () => ({
    kind: 'payment',
    report: readPayment(item),
  }))
}

function readRefundLine({ readRefund }: YookassaLists, item: unknown): BookEntry {
  const { payment_id = '' } = z.object({ payment_id: z.string() }).safeParse(item).data ?? {}
  return readOr('refund', payment_id, () => ({ kind: 'refund', report: readRefund(item) }))
}

/** One line that cannot be read does not keep the rest of the books from being compared. */
function readOr(
  of: 'payment' | 'refund',
  providerPaymentId: string,
  read: () => BookEntry,
): BookEntry {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ReportUnreadable)) throw error
    return { kind: 'unreadable', of, providerPaymentId, problem: error.message }
  }
}

const ownSchema = z
  .object({ id: z.string(), metadata: z.object({ payment_id: z.string().min(1) }) })
  .transform(({ id, metadata }) => ({ providerPaymentId: id, paymentId: metadata.payment_id }))

/** The ids of a payment that the kit began, or undefined. */
function ownIdOf(item: unknown): z.output<typeof ownSchema> | undefined {
  return ownSchema.safeParse(item).data
}

// The SDK takes filters by position: created (gte, gt, lte, lt), captured (the same), method, …

async function listCaptured({ payments, call }: YookassaLists, { from, to, page }: Span) {
  const not = undefined
  return pageSchema.parse(
    await call(() =>
      payments.paymentsGet(
        not,
        not,
        not,
        not,
        from,
        not,
        not,
        to,
        not,
        'succeeded',
        PAGE_SIZE,
        page,
      ),
    ),
  )
}

async function listCreated({ payments, call }: YookassaLists, { from, to, page }: Span) {
  const not = undefined
  return pageSchema.parse(
    await call(() =>
      payments.paymentsGet(from, not, not, to, not, not, not, not, not, not, PAGE_SIZE, page),
    ),
  )
}

async function listRefunds(
  { refunds, call }: YookassaLists,
  { from, to, page }: Span,
  providerPaymentId?: string,
) {
  const not = undefined
  return pageSchema.parse(
    await call(() =>
      refunds.refundsGet(from, not, not, to, providerPaymentId, not, PAGE_SIZE, page),
    ),
  )
}
