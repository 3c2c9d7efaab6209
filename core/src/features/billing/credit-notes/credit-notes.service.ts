import { localDay, NotFound, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { creditNoteIssued } from '../billing.events.ts'
import type { CreditNoteFacts } from '../documents/invoice-document.ts'
import { readFields } from '../fields.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { InvoiceRefuses } from '../invoices/invoices.errors.ts'
import { invoiceEvent } from '../invoices/tell-invoices.ts'
import { subscriptionEvent } from '../subscriptions/tell-subscriptions.ts'
import {
  type CreditNote,
  type CreditNoteInput,
  type CreditNoteLine,
  creditNoteFields,
} from './credit-note.ts'
import type { CreditNoteFilter } from './credit-notes.repository.ts'
import type { CreditNotesScope } from './credit-notes.scope.ts'
import { makeCreditNote } from './make-credit-note.ts'
import { toCreditNoteDocument } from './to-document.ts'

/** A credit note with its lines. */
export interface CreditNoteView extends CreditNote {
  readonly lines: readonly CreditNoteLine[]
}

/**
 * Corrections of finalized invoices. A credit note is issued once and never changes. What an invoice
 * still asks for goes down first; what was paid beyond that becomes the customer's credit.
 */
export class CreditNotesService {
  readonly #scope: CreditNotesScope

  constructor(scope: CreditNotesScope) {
    this.#scope = scope
  }

  /**
   * Takes back an invoice, some lines of it or parts of them. An invoice that asks for nothing any
   * more is paid. Until the transaction ends nobody else gets a number of the series. Asked again with
   * an id, it gives the one that it issued.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses} for a draft or a void invoice
   * @throws {@link MoreThanInvoiced}
   * @throws {@link NothingToCredit}
   * @example
   * const note = await billing.creditNotes.issue({
   *   invoiceId, lines: [{ lineId: invoice.lines[0].id, amount: 500n }], reason: 'Late delivery',
   * })
   */
  async issue(input: CreditNoteInput, id: string = newId()): Promise<CreditNoteView> {
    const { invoiceId, lines: asked, reason } = readFields(creditNoteFields, input)
    return this.#scope.transaction(async (tx) => {
      const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
      if (await tx.repos.creditNotes.findById(id)) return view(tx, id)
      const { state } = invoice
      if (state === 'draft' || state === 'void') {
        throw new InvoiceRefuses({ invoiceId, state, step: 'credit' })
      }
      const lines = await tx.repos.invoices.listLines([invoiceId])
      const credited = await tx.repos.creditNotes.listCredited(lines.map(({ id }) => id))
      const made = makeCreditNote({ invoice, lines, credited, asked })
      const { creditNoteSeries: series, timeZone } = await tx.repos.tenant.get()
      const at = tx.clock.now()
      const issuedOn = localDay(at, timeZone)
      await tx.repos.creditNotes.issue({
        ...{ ...made, id, invoiceId, reason, series, issuedOn, at },
      })
      const note = await view(tx, id)
      await settle(tx, { invoice, note })
      return note
    })
  }

  /**
   * Reads a credit note with its lines.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<CreditNoteView> {
    return this.#scope.transaction((tx) => view(tx, id))
  }

  /**
   * Reads a credit note by its number.
   *
   * @throws {@link NotFound}
   */
  getByNumber(number: string): Promise<CreditNoteView> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.creditNotes.findByNumber(number)
      if (!found) throw new NotFound({ what: 'credit note', id: number })
      return { ...found, lines: await tx.repos.creditNotes.listLines(found.id) }
    })
  }

  /** One page of credit notes, newest first. */
  list(filter: CreditNoteFilter = {}, request: PageRequest = {}): Promise<Page<CreditNote>> {
    return this.#scope.transaction((tx) => tx.repos.creditNotes.listFiltered(filter, request))
  }

  /**
   * A credit note as its reader sees it, of which documents are drawn.
   *
   * @throws {@link NotFound}
   */
  document(id: string): Promise<CreditNoteFacts> {
    return this.#scope.transaction(async (tx) => {
      const note = await view(tx, id)
      const { language } = await tx.repos.tenant.get()
      return toCreditNoteDocument(note, await tx.repos.invoices.getById(note.invoiceId), language)
    })
  }
}

/** Gives the customer what was paid: what credit had paid is credit again, and so is the rest. */
async function settle(
  tx: CreditNotesScope,
  { invoice, note }: { readonly invoice: Invoice; readonly note: CreditNoteView },
): Promise<void> {
  const { id: invoiceId, customerId, currency } = invoice
  const byCredit = await tx.repos.credits.sumOfInvoice(invoiceId)
  const rest = note.released > byCredit ? note.released - byCredit : 0n
  const returned = note.released - rest
  const source = `credit_note:${note.id}`
  const owner = { customerId, currency, invoiceId, source, note: note.number }
  if (returned > 0n) await tx.credit.giveBack({ ...owner, invoiceId, amount: returned })
  if (rest > 0n) {
    await tx.credit.add({ ...owner, amount: rest, reason: 'credit_note' })
    await becomeCredit(tx, invoiceId, rest)
  }
  await tx.journal.bookCreditNote({
    ...{ invoice, creditNoteId: note.id, lines: note.lines },
    ...{ reduces: note.lowered, toCredit: note.released },
  })
  const { number, total, lowered, released } = note
  const after = { number, invoiceId, currency, total, lowered, released }
  await tx.record({ action: 'credit_note.issued', subject: `credit_note:${note.id}`, after })
  await tellOf(tx, { invoice, note })
}

/** Has the payments of an invoice say how much of them is credit now, the oldest first. */
async function becomeCredit(
  tx: CreditNotesScope,
  invoiceId: string,
  amount: bigint,
): Promise<void> {
  let rest = amount
  for (const payment of await tx.repos.invoicePayments.listOfInvoice(invoiceId)) {
    const { id, taken, takenBack, left } = payment
    const over = rest - (taken - takenBack)
    const part = over > 0n ? taken - takenBack : rest
    if (part === 0n) continue
    rest -= part
    const moved = { taken: taken - part, left: left + part, updatedAt: tx.clock.now() }
    await tx.repos.invoicePayments.update(id, moved)
  }
}

async function tellOf(
  tx: CreditNotesScope,
  { invoice, note }: { readonly invoice: Invoice; readonly note: CreditNote },
): Promise<void> {
  const { tenantId, id: creditNoteId, invoiceId, customerId, number, currency, createdAt } = note
  const payload = {
    ...{ tenantId, creditNoteId, invoiceId, customerId, number, currency },
    ...{ total: String(note.total), lowered: String(note.lowered) },
    released: String(note.released),
  }
  const occurred = { occurredAt: createdAt, subjectId: creditNoteId }
  await tx.tell([creditNoteIssued.create({ ...occurred, payload })])
  const now = await tx.repos.invoices.getById(invoiceId)
  const isPaidNow = now.state === 'paid' && invoice.state !== 'paid'
  if (!isPaidNow) return
  await tx.repos.dunnings.recover(invoiceId, createdAt)
  await tx.tell([invoiceEvent('paid', now, createdAt)])
  if (now.subscriptionId === null) return
  const recovered = await tx.repos.subscriptions.catchUp(now.subscriptionId, createdAt)
  await tx.tell(recovered.map((each) => subscriptionEvent('recovered', each, createdAt)))
}

async function view(tx: CreditNotesScope, id: string): Promise<CreditNoteView> {
  const note = await tx.repos.creditNotes.getById(id)
  return { ...note, lines: await tx.repos.creditNotes.listLines(id) }
}
