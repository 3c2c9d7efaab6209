import {
  fractionOf,
  InvalidValue,
  localDay,
  multiply,
  NotFound,
  newId,
  type Page,
  type PageRequest,
  roundToMinor,
} from '../../../kernel/index.ts'
import type { PaymentSource } from '../billing.events.ts'
import type { InvoiceFacts } from '../documents/invoice-document.ts'
import { goAfter } from '../dunning/go-after.ts'
import { readFields } from '../fields.ts'
import { followAnew, followLate } from '../late-fees/follow-late.ts'
import { subscriptionEvent } from '../subscriptions/tell-subscriptions.ts'
import { makeDraft } from './draft.ts'
import {
  type Invoice,
  type InvoiceFilter,
  type InvoiceState,
  type InvoiceStep,
  invoiceAfter,
  invoiceFilter,
  type OneOffInput,
  oneOffFields,
  remainingOf,
} from './invoice.ts'
import type { InvoiceLine } from './invoice-line.ts'
import { DraftOfRun, InvoiceRefuses, MoreThanPaid } from './invoices.errors.ts'
import type { InvoicesScope } from './invoices.scope.ts'
import { issueDrafts } from './issue.ts'
import { type InvoiceFact, invoiceEvent, takenBackEvent, takenEvents } from './tell-invoices.ts'
import { toDocument } from './to-document.ts'

/** Invoices that fall overdue in one transaction. */
const OVERDUE_MAX = 200

/** An invoice with its lines. */
export interface InvoiceView extends Invoice {
  readonly lines: readonly InvoiceLine[]
}

/** What became of money that came for an invoice. */
export interface ReceivedMoney {
  readonly invoice: Invoice
  /** What the invoice took of it. */
  readonly taken: bigint
  /** What it did not ask for, as it is paid, void or still a draft; whoever calls keeps it. */
  readonly left: bigint
}

/**
 * What is asked of customers. A draft is priced and has no number; a finalized invoice has one and
 * never changes: it is paid, made void, written off, or corrected by a credit note.
 */
export class InvoicesService {
  readonly #scope: InvoicesScope

  constructor(scope: InvoicesScope) {
    this.#scope = scope
  }

  /**
   * Makes the draft of an invoice that belongs to no subscription; asked again with an id, it gives the
   * one that it made.
   *
   * @throws {@link NotFound} for a customer that is not there
   * @throws {@link InvalidValue}
   * @throws {@link NothingToInvoice}
   * @example
   * const draft = await billing.invoices.draft({
   *   customerId, lines: [{ title: 'Installation', quantity: '2.5', unitPrice: '80' }],
   * })
   * const invoice = await billing.invoices.finalize(draft.id)
   */
  async draft(input: OneOffInput, id: string = newId()): Promise<InvoiceView> {
    const { customerId, lines, ...fields } = readFields(oneOffFields, input)
    return this.#scope.transaction(async (tx) => {
      const [made] = await tx.repos.invoices.getByIds([id])
      if (made) return view(tx, id)
      const customer = await tx.repos.customers.getById(customerId)
      const tenant = await tx.repos.tenant.get()
      const currency = fields.currency ?? customer.currency
      const priced = lines.map(({ title, quantity, unitPrice, taxCategory }) => ({
        ...{ kind: 'item' as const, title, quantity, unitPrice, taxCategory, steps: [] },
        ...{ fromOn: null, untilOn: null },
        amount: roundToMinor(multiply(fractionOf(quantity), fractionOf(unitPrice)), currency),
      }))
      const now = tx.clock.now()
      const on = localDay(now, tenant.timeZone)
      const facts = { ...fields, tenant, customer, currency, lines: priced, on, now }
      const taxProvider = await tx.taxes.provider()
      const draft = makeDraft({ ...facts, fromOn: null, untilOn: null }, taxProvider)
      await tx.repos.invoices.insertDrafts([{ ...draft, invoice: { ...draft.invoice, id } }])
      return record(tx, 'invoice.drafted', id)
    })
  }

  /**
   * Gives a draft its number and its due day; from now on it does not change. The
   * customer's credit pays it as far as it goes, and nothing to pay is paid. Until the transaction ends nobody else gets a number of the series.
   *
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses}
   */
  finalize(id: string): Promise<InvoiceView> {
    return this.#scope.transaction(async (tx) => {
      const draft = await tx.repos.invoices.getByIdWithLock(id)
      after(draft, 'finalize')
      await issueDrafts(tx, [draft])
      return record(tx, 'invoice.finalized', id, draft)
    })
  }

  /**
   * Throws a draft away.
   *
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses}
   * @throws {@link DraftOfRun}
   */
  discard(id: string): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      const draft = await tx.repos.invoices.getByIdWithLock(id)
      const { state, runId } = draft
      if (state !== 'draft') throw new InvoiceRefuses({ invoiceId: id, state, step: 'discard' })
      if (runId !== null) throw new DraftOfRun({ invoiceId: id, runId })
      await tx.repos.invoices.remove(id)
      const subject = `invoice:${id}`
      await tx.record({ action: 'invoice.discarded', subject, before: told(draft) })
    })
  }

  /**
   * Asks for nothing any more; the number stays used. What was carried over to it becomes credit.
   *
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses} also when something was paid: that is a credit note's business
   */
  void(id: string): Promise<InvoiceView> {
    return this.#move(id, 'void')
  }

  /**
   * Expects no payment any more; one that comes is welcome.
   *
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses}
   */
  writeOff(id: string): Promise<InvoiceView> {
    return this.#move(id, 'write_off')
  }

  /**
   * Takes money that came for an invoice, or credit: payments add up, and nothing is taken twice. What it does
   * not ask for is left to the caller.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue} for an amount that is not above 0
   */
  async receive(
    id: string,
    amount: bigint,
    source: PaymentSource = 'payment',
  ): Promise<ReceivedMoney> {
    requirePositive(amount)
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.invoices.getByIdWithLock(id)
      const rest = remainingOf(before)
      const taken = amount < rest ? amount : rest
      const aim = invoiceAfter(before.state, taken < rest ? 'pay_part' : 'pay_rest')
      if (aim === undefined) return { invoice: before, taken: 0n, left: amount }
      const { lines, ...invoice } = await moveTo(tx, before, { aim, payment: taken, source })
      return { invoice, taken, left: amount - taken }
    })
  }

  /**
   * Gives money back that was paid, as a refund or a chargeback does: the invoice asks for it again.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue} for an amount that is not above 0
   * @throws {@link MoreThanPaid}
   */
  async takeBack(id: string, amount: bigint): Promise<InvoiceView> {
    requirePositive(amount)
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.invoices.getByIdWithLock(id)
      if (amount > before.paid) {
        const [paid, asked] = [String(before.paid), String(amount)]
        throw new MoreThanPaid({ invoiceId: id, paid, amount: asked })
      }
      const aim = after(before, amount < before.paid ? 'take_back_part' : 'take_back_all')
      if (before.state === 'paid') await followAnew(tx.repos.lateFees, before, tx.clock.now())
      return moveTo(tx, before, { aim, payment: -amount })
    })
  }

  /**
   * Reads an invoice with its lines.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<InvoiceView> {
    return this.#scope.transaction((tx) => view(tx, id))
  }

  /**
   * Reads an invoice by its number.
   *
   * @throws {@link NotFound}
   */
  getByNumber(number: string): Promise<InvoiceView> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.invoices.findByNumber(number)
      if (!found) throw new NotFound({ what: 'invoice', id: number })
      return { ...found, lines: await tx.repos.invoices.listLines([found.id]) }
    })
  }

  /**
   * One page of invoices, newest first.
   *
   * @throws {@link InvalidValue}
   */
  async list(filter: InvoiceFilter = {}, request: PageRequest = {}): Promise<Page<Invoice>> {
    const read = readFields(invoiceFilter, filter)
    return this.#scope.transaction((tx) => tx.repos.invoices.listFiltered(read, request))
  }

  /**
   * An invoice as its reader sees it, of which documents are drawn.
   *
   * @throws {@link NotFound}
   * @example
   * const page = documentPage(await billing.invoices.document(id, { payUrl }))
   */
  document(
    id: string,
    { payUrl = null }: { readonly payUrl?: string | null | undefined } = {},
  ): Promise<InvoiceFacts> {
    return this.#scope.transaction(async (tx) => {
      const { language, timeZone } = await tx.repos.tenant.get()
      const today = localDay(tx.clock.now(), timeZone)
      return toDocument(await view(tx, id), { language, today, payUrl })
    })
  }

  /** Lets one batch of invoices fall overdue whose due day and days of grace are over. */
  fallOverdue(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const ids = await tx.repos.invoices.lockOverdue(now, OVERDUE_MAX)
      if (ids.length === 0) return 0
      await tx.repos.invoices.move(ids, { aim: 'overdue', payment: 0n, at: now })
      const overdue = await tx.repos.invoices.getByIds(ids)
      await tx.tell(overdue.map((invoice) => invoiceEvent('overdue', invoice, now)))
      const behind = await tx.repos.subscriptions.fallBehind(ids, now)
      await tx.tell(behind.map((each) => subscriptionEvent('pastDue', each, now)))
      await goAfter(tx.repos.dunnings, overdue, { declineClass: null, now })
      await followLate(tx.repos.lateFees, overdue, now)
      for (const id of ids) {
        const subject = `invoice:${id}`
        await tx.record({ action: 'invoice.overdue', subject, after: { state: 'overdue' } })
      }
      return ids.length
    })
  }

  #move(id: string, step: 'void' | 'write_off'): Promise<InvoiceView> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.invoices.getByIdWithLock(id)
      const { state, paid, credited } = before
      if (step === 'void' && paid + credited > 0n) {
        throw new InvoiceRefuses({ invoiceId: id, state, step })
      }
      const aim = after(before, step)
      if (step === 'void') await tx.journal.bookVoid(before)
      else await tx.journal.bookWrittenOff(before, remainingOf(before))
      const moved = await moveTo(tx, before, { aim, payment: 0n })
      if (step === 'void') await giveBackCarried(tx, moved)
      return moved
    })
  }
}

/** What a void invoice had taken of the one before it becomes credit: the next bill was made without it. */
async function giveBackCarried(
  tx: InvoicesScope,
  { id, lines, ...of }: InvoiceView,
): Promise<void> {
  const line = lines.find(({ kind }) => kind === 'carried')
  if (!line) return
  const { customerId, currency } = of
  const [net, tax] = [-line.net, -line.tax]
  const gain = { customerId, currency, amount: net + tax, reason: 'unused' as const }
  const entry = await tx.credit.add({ ...gain, invoiceId: id, source: `invoice:${id}` })
  await tx.journal.bookCreditUnused({ customerId, currency, creditId: entry.id, net, tax })
}

function after({ id, state }: Invoice, step: InvoiceStep): InvoiceState {
  const aim = invoiceAfter(state, step)
  if (aim === undefined) throw new InvoiceRefuses({ invoiceId: id, state, step })
  return aim
}

interface Move {
  readonly aim: InvoiceState
  /** Negative for what goes back. */
  readonly payment: bigint
  readonly source?: PaymentSource
}

async function moveTo(
  tx: InvoicesScope,
  before: Invoice,
  { aim, payment, source = 'payment' }: Move,
): Promise<InvoiceView> {
  const at = tx.clock.now()
  await tx.repos.invoices.move([before.id], { aim, payment, at })
  if (aim === 'paid' || aim === 'void') await tx.repos.dunnings.recover(before.id, at)
  // A declined charge has left a subscription behind before its invoice is overdue.
  const isOver = aim === 'paid' || aim === 'void' || aim === 'uncollectible'
  if (isOver && before.subscriptionId !== null) {
    const recovered = await tx.repos.subscriptions.catchUp(before.subscriptionId, at)
    await tx.tell(recovered.map((each) => subscriptionEvent('recovered', each, at)))
  }
  const action = aim === 'partially_paid' ? 'invoice.paid' : `invoice.${aim}`
  const moved = await record(tx, action, before.id, before)
  const fact = FACTS[aim]
  if (payment > 0n) await tx.tell(takenEvents(moved, { amount: payment, source }, at))
  else if (payment < 0n) await tx.tell([takenBackEvent(moved, -payment, at)])
  else if (fact) await tx.tell([invoiceEvent(fact, moved, at)])
  return moved
}

/** What is told of an invoice that gets somewhere without a payment. */
const FACTS: Readonly<Partial<Record<InvoiceState, InvoiceFact>>> = {
  void: 'voided',
  uncollectible: 'uncollectible',
}

async function view(tx: InvoicesScope, id: string): Promise<InvoiceView> {
  const invoice = await tx.repos.invoices.getById(id)
  return { ...invoice, lines: await tx.repos.invoices.listLines([id]) }
}

async function record(
  tx: InvoicesScope,
  action: string,
  id: string,
  before?: Invoice,
): Promise<InvoiceView> {
  const now = await view(tx, id)
  const facts = { ...(before ? { before: told(before) } : {}), after: told(now) }
  await tx.record({ action, subject: `invoice:${id}`, ...facts })
  return now
}

/** What the audit keeps: who buys stands on the invoice, which stays as well. */
function told({ state, number, customerId, currency, total, paid, credited }: Invoice): object {
  return { state, number, customerId, currency, total, paid, credited }
}

function requirePositive(amount: bigint): void {
  if (amount > 0n) return
  throw new InvalidValue({ field: 'amount', problem: 'is not above 0' })
}
