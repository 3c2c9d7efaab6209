import {
  and,
  asc,
  between,
  desc,
  eq,
  inArray,
  isNotNull,
  lte,
  min,
  ne,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { z } from 'zod'
import { addMs, assert, NotFound, type Page, type PageRequest } from '../../kernel/index.ts'
import {
  BaseRepository,
  builtOnce,
  type Executor,
  type LockOptions,
  rows,
  type ValueOf,
} from '../../platform/database/index.ts'
import { payment, paymentEvent, referenceOf } from './payment.table.ts'
import { OPEN_STATUSES, type Payment } from './payment.ts'
import { type ProductSnapshot, productSnapshotSchema, snapshotProduct } from './product.ts'
import type { InBooks } from './reconciliation/in-books.ts'

type PaymentRow = typeof payment.$inferSelect

const byProviderId = builtOnce(
  (db, value: ValueOf<{ gateway: string; providerPaymentId: string }>) =>
    db
      .select()
      .from(payment)
      .where(
        and(
          eq(payment.gateway, value('gateway')),
          eq(payment.providerPaymentId, value('providerPaymentId')),
        ),
      ),
)

class PaymentRows extends BaseRepository<typeof payment> {
  constructor(db: Executor) {
    super(db, payment)
  }
}

/** What a new payment is made of. */
export type NewPayment = Pick<
  Payment,
  'id' | 'userId' | 'gateway' | 'surface' | 'productId' | 'amount' | 'currency' | 'createdAt'
> &
  Partial<
    Pick<
      Payment,
      'returnUrl' | 'subscriptionId' | 'originalPaymentId' | 'savedMethodId' | 'nextCheckAt'
    >
  > & { readonly product: ProductSnapshot | Parameters<typeof snapshotProduct>[0] }

/** What of a payment may change. */
export type PaymentChanges = Partial<
  Pick<
    Payment,
    | 'status'
    | 'amount'
    | 'captureAmount'
    | 'providerPaymentId'
    | 'confirmationUrl'
    | 'subscriptionId'
    | 'savedMethodId'
    | 'providerPeriodEnd'
    | 'failureReason'
    | 'refundedAmount'
    | 'nextCheckAt'
    | 'paidAt'
  >
> & { readonly updatedAt: Date }

/** A provider's report as it is kept. */
export type NewPaymentEvent = Pick<
  typeof paymentEvent.$inferInsert,
  'id' | 'gateway' | 'providerPaymentId' | 'reportedStatus' | 'body' | 'createdAt'
>

/** Payments of one reference that are read: with 32 random bits even two are rare. */
const SAME_REFERENCE_MAX = 10

/** Payments, with what was sold read back from their snapshot. */
export class PaymentsRepository {
  readonly #db: Executor
  readonly #rows: PaymentRows

  constructor(db: Executor) {
    this.#db = db
    this.#rows = new PaymentRows(db)
  }

  /** Reads a payment, or undefined. */
  async findById(id: string): Promise<Payment | undefined> {
    const row = await this.#rows.findById(id)
    return row && toPayment(row)
  }

  /** Reads a payment and locks it until the transaction ends, or undefined. */
  async findByIdWithLock(id: string, options: LockOptions = {}): Promise<Payment | undefined> {
    const [row] = await this.#rows.getByIdsWithLock([id], options)
    return row && toPayment(row)
  }

  /** Reads the payment a provider's id belongs to, or undefined. */
  async findByProviderId(gateway: string, providerPaymentId: string): Promise<Payment | undefined> {
    const [row] = await byProviderId(this.#db, { gateway, providerPaymentId })
    return row && toPayment(row)
  }

  /** Writes a new payment in state `created`; undefined when its id is taken. */
  async insert(values: NewPayment): Promise<Payment | undefined> {
    const [row] = await this.#db
      .insert(payment)
      .values({
        // Picked one by one: a caller may pass a whole payment as the model of the new one.
        id: values.id,
        userId: values.userId,
        gateway: values.gateway,
        surface: values.surface,
        productId: values.productId,
        product: snapshotProduct(values.product),
        amount: values.amount,
        currency: values.currency,
        returnUrl: values.returnUrl ?? null,
        subscriptionId: values.subscriptionId ?? null,
        originalPaymentId: values.originalPaymentId ?? null,
        savedMethodId: values.savedMethodId ?? null,
        nextCheckAt: values.nextCheckAt ?? null,
        status: 'created',
        createdAt: values.createdAt,
        updatedAt: values.createdAt,
      })
      .onConflictDoNothing({ target: payment.id })
      .returning()
    return row && toPayment(row)
  }

  /** Changes a payment that the caller has locked. */
  async update(id: string, changes: PaymentChanges): Promise<Payment> {
    const [row] = await this.#db.update(payment).set(changes).where(eq(payment.id, id)).returning()
    if (!row) throw new NotFound({ what: 'payment', id })
    return toPayment(row)
  }

  /** Changes a payment that the caller has locked, and keeps the report that says so. */
  async updateByReport(
    id: string,
    changes: PaymentChanges,
    report: NewPaymentEvent,
  ): Promise<Payment> {
    const event = { ...report, paymentId: id, outcome: 'applied' as const }
    const kept = this.#db
      .$with('kept')
      .as(this.#db.insert(paymentEvent).values(event).returning({ id: paymentEvent.id }))
    const [row] = await this.#db
      .with(kept)
      .update(payment)
      .set(changes)
      .where(eq(payment.id, id))
      .returning()
    if (!row) throw new NotFound({ what: 'payment', id })
    return toPayment(row)
  }

  /** A user's payments, newest first. */
  async listByUser(userId: string, request: PageRequest): Promise<Page<Payment>> {
    const page = await this.#rows.listWhere(eq(payment.userId, userId), request, 'newest_first')
    return { items: page.items.map(toPayment), nextCursor: page.nextCursor }
  }

  /** The payments that people name by a reference: one, but for rare chance. */
  async findByReference(reference: string): Promise<Payment[]> {
    const found = await this.#db
      .select()
      .from(payment)
      .where(eq(referenceOf(payment.id), reference.toUpperCase()))
      .limit(SAME_REFERENCE_MAX)
    return found.map(toPayment)
  }

  /** Tells whether a charge of a subscription still waits for the provider. */
  async hasOpenOf(subscriptionId: string): Promise<boolean> {
    const [row] = await this.#db
      .select({ id: payment.id })
      .from(payment)
      .where(
        and(
          eq(payment.subscriptionId, subscriptionId),
          inArray(payment.status, [...OPEN_STATUSES]),
        ),
      )
      .limit(1)
    return row !== undefined
  }

  /**
   * Tells whether a payment is among the latest few of a subscription; others that went back in full
   * do not count.
   */
  async isAmongLatestOf(
    subscriptionId: string,
    paymentId: string,
    count: number,
  ): Promise<boolean> {
    const latest = await this.#db
      .select({ id: payment.id })
      .from(payment)
      .where(
        and(
          eq(payment.subscriptionId, subscriptionId),
          isNotNull(payment.paidAt),
          or(ne(payment.status, 'refunded'), eq(payment.id, paymentId)),
        ),
      )
      // Reports come late and out of order, so the provider's own date goes first.
      .orderBy(
        desc(sql`coalesce(${payment.providerPeriodEnd}, ${payment.paidAt})`),
        desc(payment.id),
      )
      .limit(count)
    return latest.some(({ id }) => id === paymentId)
  }

  /** The first charge of a purchase, which may have come to a payment linked to it, or undefined. */
  async findFirstPaidOf(paymentId: string): Promise<Payment | undefined> {
    const [row] = await this.#db
      .select()
      .from(payment)
      .where(and(isOf(paymentId), isNotNull(payment.providerPaymentId)))
      .orderBy(asc(payment.id))
      .limit(1)
    return row && toPayment(row)
  }

  /**
   * Forgets the saved method of a purchase and its renewals. A charge that is still open keeps it:
   * only with it can the provider be asked about that same charge again.
   */
  async forgetMethod(paymentId: string, updatedAt: Date): Promise<void> {
    await this.#db
      .update(payment)
      .set({ savedMethodId: null, updatedAt })
      .where(and(isOf(paymentId), notInArray(payment.status, [...OPEN_STATUSES])))
  }

  /**
   * Tells whether another payment, which did not go back, has paid a subscription until an instant,
   * give or take.
   */
  async hasPaidUntil(
    subscriptionId: string,
    { end, toleranceMs, except }: { end: Date; toleranceMs: number; except: string },
  ): Promise<boolean> {
    const [row] = await this.#db
      .select({ id: payment.id })
      .from(payment)
      .where(
        and(
          eq(payment.subscriptionId, subscriptionId),
          isNotNull(payment.paidAt),
          ne(payment.status, 'refunded'),
          ne(payment.id, except),
          between(payment.providerPeriodEnd, addMs(end, -toleranceMs), addMs(end, toleranceMs)),
        ),
      )
      .limit(1)
    return row !== undefined
  }

  /** When the first payment at a gateway was begun, or undefined. */
  async findFirstCreatedAt(gateway: string): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: min(payment.createdAt) })
      .from(payment)
      .where(eq(payment.gateway, gateway))
    return row?.at ?? undefined
  }

  /** Keeps what the comparison with the provider's books said of a payment. */
  async markInBooks(id: string, inBooks: InBooks): Promise<void> {
    await this.#db.update(payment).set({ inBooks }).where(eq(payment.id, id))
  }

  /** How many payments of a user still wait for money. */
  async countOpenOf(userId: string): Promise<number> {
    return this.#db.$count(
      payment,
      and(eq(payment.userId, userId), inArray(payment.status, [...OPEN_STATUSES])),
    )
  }

  /**
   * Names what of a user's money is still under way: a payment, a refund, a dispute, or a prepayment
   * whose settlement receipt has yet to be sent to the buyer.
   */
  async listErasureObstacles(userId: string): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`
        with own as (select * from ${payment} where user_id = ${userId})
        select 'payment_open' as name where exists (
          select from own where status in (${sql.raw(listed(OPEN_STATUSES))}))
        union all select 'refund_open' where exists (
          select from own join gramkit.payment_refund r on r.payment_id = own.id
          where r.status in ('requested', 'pending', 'unknown'))
        union all select 'dispute_open' where exists (
          select from own join gramkit.payment_dispute d on d.payment_id = own.id
          where d.status = 'open')
        union all select 'settlement_due' where exists (
          select from own join gramkit.payment_contact c on c.payment_id = own.id
          where own.status in ('succeeded', 'partially_refunded')
            and own.product->'tax'->>'mode' = 'full_prepayment' and not exists (
              select from gramkit.payment_receipt r where r.payment_id = own.id
                and r.kind = 'settlement' and r.status <> 'rejected'))`,
      z.object({ name: z.string() }),
    )
    return found.map(({ name }) => name)
  }

  /** When the next payment is due for a look, or undefined. */
  async findNextCheckAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: payment.nextCheckAt })
      .from(payment)
      .where(isNotNull(payment.nextCheckAt))
      .orderBy(asc(payment.nextCheckAt))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks payments that are due for a look, oldest first, leaving out what others hold. */
  async lockDue(now: Date, limit: number): Promise<Payment[]> {
    const found = await this.#db
      .select()
      .from(payment)
      .where(lte(payment.nextCheckAt, now))
      .orderBy(asc(payment.nextCheckAt))
      .limit(limit)
      .for('update', { skipLocked: true })
    return found.map(toPayment)
  }

  /** Keeps what a provider reported and nobody believes. */
  async insertRefused(
    report: NewPaymentEvent & { readonly paymentId: string | null; readonly problem: string },
  ): Promise<void> {
    await this.#db.insert(paymentEvent).values({ ...report, outcome: 'refused' })
  }
}

function listed(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ')
}

/** A purchase and what is linked to it. */
function isOf(paymentId: string): SQL | undefined {
  return or(eq(payment.id, paymentId), eq(payment.originalPaymentId, paymentId))
}

function toPayment(row: PaymentRow): Payment {
  const product = productSnapshotSchema.safeParse(row.product)
  assert(product.success, `The snapshot of payment ${row.id} cannot be read`)
  return { ...row, product: product.data }
}
