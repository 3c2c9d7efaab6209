import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingInvoicePayment, billingInvoiceReturn } from './invoice-payment.table.ts'
import type { InvoicePayment, InvoiceReturn } from './invoice-payment.ts'

const idRow = z.object({ id: z.uuid() })

/** Payments of the invoices of one tenant. */
export class InvoicePaymentsRepository extends TenantRepository<typeof billingInvoicePayment> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingInvoicePayment)
  }

  /** Writes a payment; false when its id, or its attempt, is taken. */
  async insertOnce(payment: Omit<InvoicePayment, 'tenantId'>): Promise<boolean> {
    const written = await this.db
      .insert(billingInvoicePayment)
      .values({ ...payment, tenantId: this.tenantId })
      .onConflictDoNothing()
      .returning({ id: billingInvoicePayment.id })
    return written.length === 1
  }

  /** Payments of an invoice, oldest first. */
  listOfInvoice(invoiceId: string): Promise<InvoicePayment[]> {
    return this.db
      .select()
      .from(billingInvoicePayment)
      .where(this.own(eq(billingInvoicePayment.invoiceId, invoiceId)))
      .orderBy(asc(billingInvoicePayment.createdAt), asc(billingInvoicePayment.id))
  }

  /** Payments of an invoice that somebody is still at. */
  listOpen(invoiceId: string): Promise<InvoicePayment[]> {
    const { invoiceId: of, state } = billingInvoicePayment
    return this.db
      .select()
      .from(billingInvoicePayment)
      .where(this.own(and(eq(of, invoiceId), eq(state, 'open'))))
  }

  /** Up to 1,000 payments of customers, oldest first. */
  async listOfCustomers(customerIds: readonly string[]): Promise<InvoicePayment[]> {
    if (customerIds.length === 0) return []
    const { customerId, createdAt, id } = billingInvoicePayment
    return this.db
      .select()
      .from(billingInvoicePayment)
      .where(this.own(inArray(customerId, [...customerIds])))
      .orderBy(asc(createdAt), asc(id))
      .limit(1_000)
  }

  /** Invoices whose day has come to be charged for the first time, the earliest first. */
  async listChargeable(now: Date, limit: number): Promise<string[]> {
    const found = await rows(
      this.db,
      sql`select invoice_id as id from gramkit.billing_charges(true)
        where at <= ${now.toISOString()}::timestamptz order by at, invoice_id limit ${limit}`,
      idRow,
    )
    return found.map(({ id }) => id)
  }
}

/** Money of payments of one tenant's invoices that went back. */
export class InvoiceReturnsRepository extends TenantRepository<typeof billingInvoiceReturn> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingInvoiceReturn)
  }

  /** What went back, or is asked for, of some payments, oldest first. */
  async listOfPayments(paymentIds: readonly string[]): Promise<InvoiceReturn[]> {
    if (paymentIds.length === 0) return []
    const { paymentId, createdAt, id } = billingInvoiceReturn
    return this.db
      .select()
      .from(billingInvoiceReturn)
      .where(this.own(inArray(paymentId, [...paymentIds])))
      .orderBy(asc(createdAt), asc(id))
  }
}
