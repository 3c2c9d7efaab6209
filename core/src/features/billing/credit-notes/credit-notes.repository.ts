import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { assert, decimalText, type Page, type PageRequest } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { invoiceDiscountsSchema, invoiceTaxesSchema } from '../invoices/invoice.ts'
import { billingCreditNote, billingCreditNoteLine } from './credit-note.table.ts'
import type { CreditNote, CreditNoteLine } from './credit-note.ts'
import type { CreditedLine, MadeCreditNote } from './make-credit-note.ts'

/** A credit note that is issued. */
export interface IssuedCreditNote extends MadeCreditNote {
  readonly id: string
  readonly invoiceId: string
  readonly reason: string | null
  readonly series: string
  readonly issuedOn: string
  readonly at: Date
}

const numberRow = z.object({ number: z.string() })

/** Credit notes of one tenant, with their lines. */
export class CreditNotesRepository {
  readonly #db: Executor
  readonly #tenantId: string
  readonly #rows: CreditNoteRows

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
    this.#rows = new CreditNoteRows(db, tenantId)
  }

  /**
   * Reads a credit note.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<CreditNote> {
    return toCreditNote(await this.#rows.getById(id))
  }

  /** Reads a credit note, or undefined. */
  async findById(id: string): Promise<CreditNote | undefined> {
    const row = await this.#rows.findById(id)
    return row && toCreditNote(row)
  }

  /** Reads a credit note by its number, or undefined. */
  async findByNumber(number: string): Promise<CreditNote | undefined> {
    const row = await this.#rows.findByNumber(number)
    return row && toCreditNote(row)
  }

  /** One page of the credit notes that fit, newest first. */
  async listFiltered(
    { customerId, invoiceId }: CreditNoteFilter,
    request: PageRequest,
  ): Promise<Page<CreditNote>> {
    const condition = and(
      customerId ? eq(billingCreditNote.customerId, customerId) : undefined,
      invoiceId ? eq(billingCreditNote.invoiceId, invoiceId) : undefined,
    )
    const page = await this.#rows.listWhere(condition, request, 'newest_first')
    return { ...page, items: page.items.map(toCreditNote) }
  }

  /** The lines of a credit note, in the order in which they stand. */
  listLines(creditNoteId: string): Promise<CreditNoteLine[]> {
    const { tenantId, creditNoteId: note, place } = billingCreditNoteLine
    return this.#db
      .select()
      .from(billingCreditNoteLine)
      .where(and(eq(tenantId, this.#tenantId), eq(note, creditNoteId)))
      .orderBy(asc(place))
  }

  /** What credit notes took back of some lines of invoices so far. */
  async listCredited(invoiceLineIds: readonly string[]): Promise<CreditedLine[]> {
    if (invoiceLineIds.length === 0) return []
    const { tenantId, invoiceLineId, discount, net, tax } = billingCreditNoteLine
    const total = (of: typeof discount | typeof net | typeof tax) =>
      sql<bigint>`sum(${of})`.mapWith(BigInt)
    return this.#db
      .select({
        ...{ invoiceLineId, discount: total(discount), net: total(net), tax: total(tax) },
      })
      .from(billingCreditNoteLine)
      .where(and(eq(tenantId, this.#tenantId), inArray(invoiceLineId, [...invoiceLineIds])))
      .groupBy(invoiceLineId)
  }

  /**
   * Numbers a credit note, writes it and moves its invoice, in one statement. The database refuses
   * what is more than the invoice or one of its lines, whatever was taken back meanwhile. The series'
   * counter is held from here to the end of the transaction.
   */
  async issue({ note, lines, series, issuedOn, at, ...facts }: IssuedCreditNote): Promise<string> {
    const { id, invoiceId, reason } = facts
    const written = { id, invoice_id: invoiceId, reason, issued_on: issuedOn, ...note }
    const writtenLines = lines.map((line, index) => ({
      ...{ id: line.id, credit_note_id: id, place: index + 1, title: line.title },
      ...{ invoice_line_id: line.invoiceLineId, from_on: line.fromOn, until_on: line.untilOn },
      ...{ quantity: decimalText(line.quantity), discount: line.discount, net: line.net },
      unit_price: line.unitPrice === null ? null : decimalText(line.unitPrice),
      tax_rate: line.taxRate === null ? null : decimalText(line.taxRate),
      tax: line.tax,
    }))
    const [row] = await rows(
      this.#db,
      sql`select gramkit.billing_issue_credit_note(${exactJson(written)}::jsonb,
        ${exactJson(writtenLines)}::jsonb, ${series}, ${at.toISOString()}::timestamptz) as number`,
      numberRow,
    )
    assert(row, 'A credit note that is issued has a number')
    return row.number
  }

  /** Up to 1,000 credit notes of a customer, oldest first: what an export shows. */
  async listOfCustomer(customerId: string): Promise<CreditNote[]> {
    return (await this.#rows.listAll(customerId)).map(toCreditNote)
  }
}

/** Which credit notes are listed. */
export interface CreditNoteFilter {
  readonly customerId?: string | undefined
  readonly invoiceId?: string | undefined
}

type CreditNoteRow = typeof billingCreditNote.$inferSelect

class CreditNoteRows extends TenantRepository<typeof billingCreditNote> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingCreditNote)
  }

  async findByNumber(number: string): Promise<CreditNoteRow | undefined> {
    const [row] = await this.db
      .select()
      .from(billingCreditNote)
      .where(this.own(eq(billingCreditNote.number, number)))
    return row
  }

  listAll(customerId: string): Promise<CreditNoteRow[]> {
    return this.db
      .select()
      .from(billingCreditNote)
      .where(this.own(eq(billingCreditNote.customerId, customerId)))
      .orderBy(asc(billingCreditNote.id))
      .limit(1_000)
  }
}

function toCreditNote(row: CreditNoteRow): CreditNote {
  return {
    ...row,
    discounts: invoiceDiscountsSchema.parse(row.discounts),
    taxes: invoiceTaxesSchema.parse(row.taxes),
  }
}

/** Amounts as texts: a number of JSON would not hold them all. */
function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  )
}
