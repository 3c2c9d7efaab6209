import { and, asc, eq, gte, inArray, isNotNull, lte, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import {
  type Executor,
  type LockOptions,
  rows,
  TenantRepository,
} from '../../../platform/database/index.ts'
import { billingInvoice, billingInvoiceLine } from './invoice.table.ts'
import {
  type Invoice,
  type InvoiceFilter,
  type InvoiceState,
  invoiceDiscountsSchema,
  invoiceTaxesSchema,
  partySchema,
} from './invoice.ts'
import { type InvoiceLine, lineStepsSchema } from './invoice-line.ts'

/** An invoice that is written, with its lines. */
export interface MadeInvoice {
  readonly invoice: Omit<Invoice, 'tenantId'>
  readonly lines: readonly Omit<InvoiceLine, 'tenantId' | 'invoiceId' | 'place'>[]
}

/** When an invoice that is finalized falls due. */
export interface DueDays {
  readonly id: string
  readonly dueOn: string
  readonly overdueAt: Date
}

/** What all invoices that are finalized at once have in common. */
export interface Issue {
  readonly series: string
  readonly issuedOn: string
  readonly at: Date
}

const idRow = z.object({ id: z.uuid() })
/** Rows of one INSERT: PostgreSQL counts at most 65,535 parameters. */
const ROWS_MAX = 1_000

/** Invoices of one tenant, with their lines. */
export class InvoicesRepository {
  readonly #db: Executor
  readonly #tenantId: string
  readonly #rows: InvoiceRows

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
    this.#rows = new InvoiceRows(db, tenantId)
  }

  /**
   * Reads an invoice.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<Invoice> {
    return toInvoice(await this.#rows.getById(id))
  }

  /**
   * Reads an invoice and locks it until the transaction ends.
   *
   * @throws {@link NotFound}
   */
  async getByIdWithLock(id: string, options: Omit<LockOptions, 'wait'> = {}): Promise<Invoice> {
    return toInvoice(await this.#rows.getByIdWithLock(id, options))
  }

  /** Reads up to 1,000 invoices; ids without one are left out. */
  async getByIds(ids: readonly string[]): Promise<Invoice[]> {
    return (await this.#rows.getByIds(ids)).map(toInvoice)
  }

  /** Reads an invoice by its number, or undefined. */
  async findByNumber(number: string): Promise<Invoice | undefined> {
    const row = await this.#rows.findByNumber(number)
    return row && toInvoice(row)
  }

  /** One page of the invoices that fit, newest first. */
  async listFiltered(filter: InvoiceFilter, request: PageRequest): Promise<Page<Invoice>> {
    const { customerId, state, issuedFromOn, issuedUntilOn } = filter
    const condition = and(
      customerId ? eq(billingInvoice.customerId, customerId) : undefined,
      state ? eq(billingInvoice.state, state) : undefined,
      issuedFromOn ? gte(billingInvoice.issuedOn, issuedFromOn) : undefined,
      issuedUntilOn ? lte(billingInvoice.issuedOn, issuedUntilOn) : undefined,
    )
    const page = await this.#rows.listWhere(condition, request, 'newest_first')
    return { ...page, items: page.items.map(toInvoice) }
  }

  /** The lines of some invoices, each in the order in which they stand. */
  async listLines(invoiceIds: readonly string[]): Promise<InvoiceLine[]> {
    if (invoiceIds.length === 0) return []
    const { tenantId, invoiceId, place } = billingInvoiceLine
    const found = await this.#db
      .select()
      .from(billingInvoiceLine)
      .where(and(eq(tenantId, this.#tenantId), inArray(invoiceId, [...invoiceIds])))
      .orderBy(asc(invoiceId), asc(place))
    return found.map((row) => ({ ...row, steps: lineStepsSchema.parse(row.steps) }))
  }

  /** Writes drafts with their lines, in few statements however many there are. */
  async insertDrafts(made: readonly MadeInvoice[]): Promise<void> {
    const tenantId = this.#tenantId
    const invoices = made.map(({ invoice }) => ({
      ...{ ...invoice, tenantId, notes: [...invoice.notes] },
      discounts: invoice.discounts.map((each) => ({ ...each, amount: String(each.amount) })),
      taxes: invoice.taxes.map((each) => ({
        ...{ ...each, taxable: String(each.taxable), tax: String(each.tax) },
      })),
    }))
    const lines = made.flatMap(({ invoice, lines }) =>
      lines.map((line, index) => ({
        ...{ ...line, tenantId, invoiceId: invoice.id, place: index + 1 },
      })),
    )
    for (let at = 0; at < invoices.length; at += ROWS_MAX) {
      await this.#db.insert(billingInvoice).values(invoices.slice(at, at + ROWS_MAX))
    }
    for (let at = 0; at < lines.length; at += ROWS_MAX) {
      await this.#db.insert(billingInvoiceLine).values(lines.slice(at, at + ROWS_MAX))
    }
  }

  /**
   * Numbers and finalizes the drafts among up to 1,000 invoices, and says which they were. The
   * series' counter is held from here to the end of the transaction.
   */
  async finalize(due: readonly DueDays[], { series, issuedOn, at }: Issue): Promise<string[]> {
    const ids = due.map(({ id }) => id)
    const dues = due.map(({ dueOn }) => dueOn)
    const overdues = due.map(({ overdueAt }) => overdueAt.toISOString())
    const found = await rows(
      this.#db,
      sql`select id from gramkit.billing_finalize_invoices(${sql.param(ids)}::uuid[],
        ${sql.param(dues)}::date[], ${sql.param(overdues)}::timestamptz[], ${series},
        ${issuedOn}::date, ${at.toISOString()}::timestamptz) id`,
      idRow,
    )
    return found.map(({ id }) => id)
  }

  /**
   * Moves finalized invoices to a state, with what was paid of each: negative when it goes back. The
   * database refuses a way that is none, and a payment that the state does not say.
   */
  async move(
    ids: readonly string[],
    {
      aim,
      payment,
      at,
    }: { readonly aim: InvoiceState; readonly payment: bigint; readonly at: Date },
  ): Promise<void> {
    await rows(
      this.#db,
      sql`select id from gramkit.billing_move_invoices(${sql.param([...ids])}::uuid[], ${aim},
        ${payment}::bigint, ${at.toISOString()}::timestamptz) id`,
      idRow,
    )
  }

  /** Throws a draft away; false when there was none. */
  remove(id: string): Promise<boolean> {
    return this.#rows.remove(id)
  }

  /** Locks invoices whose time to be paid is over, the earliest first; those held are left out. */
  async lockOverdue(now: Date, limit: number): Promise<string[]> {
    const found = await this.#db
      .select({ id: billingInvoice.id })
      .from(billingInvoice)
      .where(
        and(
          eq(billingInvoice.tenantId, this.#tenantId),
          inArray(billingInvoice.state, ['finalized', 'partially_paid']),
          lte(billingInvoice.overdueAt, now),
        ),
      )
      .orderBy(asc(billingInvoice.overdueAt))
      .limit(limit)
      .for('update', { skipLocked: true })
    return found.map(({ id }) => id)
  }

  /** Up to 1,000 invoices of customers that are no drafts, oldest first: what an export shows. */
  async listOfCustomers(customerIds: readonly string[]): Promise<Invoice[]> {
    if (customerIds.length === 0) return []
    const ofThem = inArray(billingInvoice.customerId, [...customerIds])
    return (await this.#rows.listAll(and(ofThem, isNotNull(billingInvoice.number)))).map(toInvoice)
  }
}

type InvoiceRow = typeof billingInvoice.$inferSelect

class InvoiceRows extends TenantRepository<typeof billingInvoice> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingInvoice)
  }

  async findByNumber(number: string): Promise<InvoiceRow | undefined> {
    const [row] = await this.listAll(eq(billingInvoice.number, number))
    return row
  }

  listAll(condition: SQL | undefined): Promise<InvoiceRow[]> {
    return this.db
      .select()
      .from(billingInvoice)
      .where(this.own(condition))
      .orderBy(asc(billingInvoice.id))
      .limit(1_000)
  }
}

function toInvoice(row: InvoiceRow): Invoice {
  return {
    ...row,
    seller: partySchema.parse(row.seller),
    buyer: partySchema.parse(row.buyer),
    discounts: invoiceDiscountsSchema.parse(row.discounts),
    taxes: invoiceTaxesSchema.parse(row.taxes),
  }
}
