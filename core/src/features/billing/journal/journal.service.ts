import { localDay, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { Booking } from './booking.ts'
import type { JournalScope } from './journal.scope.ts'
import {
  type AccountBalances,
  type BalanceQuery,
  balanceQuery,
  type JournalEntry,
  type JournalFilter,
  type JournalSource,
  journalFilter,
  type Postings,
} from './journal.ts'

/** Lines of an invoice are fewer. */
const LINES_MAX = 10_000

/** What is booked of an invoice. */
export type BookedInvoice = Pick<Invoice, 'id' | 'customerId' | 'currency'>

/** Money that came for an invoice. */
export interface ReceivedBooking {
  readonly invoice: BookedInvoice
  /** Of what it is booked; once. */
  readonly paymentId: string
  /** What the invoice took, in minor units. */
  readonly taken: bigint
  /** What is left to the customer's credit. */
  readonly left: bigint
}

/** Money that went back, by a refund or a chargeback; in minor units. */
export interface TakenBackBooking {
  readonly invoice: BookedInvoice
  /** Of what it is booked, such as a refund; once. */
  readonly takeBackId: string
  /** What the invoice asks for again. [nothing] */
  readonly reopened?: bigint
  /** What the customer had as credit. [nothing] */
  readonly fromCredit?: bigint
  /** What neither of them has any more, as the credit is spent: given for nothing. [nothing] */
  readonly lost?: bigint
}

/** A credit note of an invoice; in minor units above 0. */
export interface CreditNoteBooking {
  readonly invoice: BookedInvoice
  readonly creditNoteId: string
  /** What it takes back; of a line of the invoice, or of none. */
  readonly lines: readonly {
    readonly invoiceLineId: string | null
    readonly net: bigint
    readonly tax: bigint
  }[]
  /** What the invoice asks for no more. [nothing] */
  readonly reduces?: bigint
  /** What becomes the customer's credit. [nothing] */
  readonly toCredit?: bigint
}

/** Credit of a customer that pays an invoice; below 0 when it is given back. */
export interface CreditAppliedBooking {
  readonly invoice: BookedInvoice
  readonly applicationId: string
  readonly amount: bigint
}

/** Credit that a customer was given for nothing, or has no more; or was paid out. */
export interface CreditBooking extends Pick<Invoice, 'customerId' | 'currency'> {
  /** Of what it is booked; once. */
  readonly creditId: string
  readonly amount: bigint
}

/** What was carried on to the next bill, and is credit as none comes. */
export interface CreditUnusedBooking extends Omit<CreditBooking, 'amount'> {
  readonly net: bigint
  readonly tax: bigint
}

/**
 * The double-entry journal of a tenant. Whatever changes what customers owe, have paid or have left
 * books it in its own transaction, once: what is booked of the same again is refused by the database.
 *
 * Entries never change. Each booking is hashed into the audit (stream `tenant:<id>:journal`).
 */
export class JournalService {
  readonly #scope: JournalScope

  constructor(scope: JournalScope) {
    this.#scope = scope
  }

  /**
   * Books drafts that are being finalized in this transaction, up to 1,000: what they ask for is
   * owed; what is earned day by day is deferred, and what was earned before today was unbilled.
   */
  bookFinalized(invoiceIds: readonly string[]): Promise<void> {
    return this.#book((tx, booking) => tx.repos.journal.insertFinalized(invoiceIds, booking))
  }

  /** Books that an invoice of which nothing is paid is void: it was never owed nor earned. */
  bookVoid({ id }: BookedInvoice): Promise<void> {
    return this.#book(async (tx, booking) => {
      await tx.repos.recognitions.stop(id)
      await tx.repos.journal.insertVoid(id, booking)
    })
  }

  /** Books that what an invoice still asks for is not expected any more. */
  bookWrittenOff(invoice: BookedInvoice, amount: bigint): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      // What was written off and paid all the same may be taken back and written off again.
      const times = await tx.repos.journal.countOf(invoice.id, 'write_off')
      await this.#bookOf(invoice, 'write_off', `${invoice.id}:${times + 1}`, async () => ({
        ...{ badDebt: amount, receivable: -amount },
      }))
    })
  }

  /** Books money that came: what the invoice took, and what is left to the customer's credit. */
  bookReceived({ invoice, paymentId, taken, left }: ReceivedBooking): Promise<void> {
    return this.#bookOf(invoice, 'payment', paymentId, async (tx) => ({
      ...{ cash: taken + left, customerCredit: -left, ...(await owed(tx, invoice, -taken)) },
    }))
  }

  /** Books money that went back. */
  bookTakenBack(back: TakenBackBooking): Promise<void> {
    const { invoice, takeBackId, reopened = 0n, fromCredit = 0n, lost = 0n } = back
    return this.#bookOf(invoice, 'take_back', takeBackId, async (tx) => ({
      ...{ cash: -reopened - fromCredit - lost, customerCredit: fromCredit, concession: lost },
      ...(await owed(tx, invoice, reopened)),
    }))
  }

  /**
   * Books a credit note: what is taken back of a line reduces what it has not earned yet by today,
   * and only then the revenue.
   */
  bookCreditNote(note: CreditNoteBooking): Promise<void> {
    const { invoice, creditNoteId, lines, reduces = 0n, toCredit = 0n } = note
    return this.#bookOf(invoice, 'credit_note', creditNoteId, async (tx, booking) => {
      const aim = { untilOn: booking.today, invoiceId: invoice.id, limit: LINES_MAX }
      await tx.repos.recognitions.recognise(aim, booking)
      let [deferred, revenue, tax] = [0n, 0n, 0n]
      for (const { invoiceLineId: id, net, tax: taxed } of lines) {
        const taken = id === null ? 0n : await tx.repos.recognitions.reduce(id, net)
        deferred += taken
        revenue += net - taken
        tax += taxed
      }
      const given = { customerCredit: -toCredit, ...(await owed(tx, invoice, -reduces)) }
      return { deferred, revenue, tax, ...given }
    })
  }

  /** Books that a customer's credit pays an invoice, or is given back by it. */
  bookCreditApplied({ invoice, applicationId, amount }: CreditAppliedBooking): Promise<void> {
    return this.#bookOf(invoice, 'credit_applied', applicationId, async (tx) => ({
      ...{ customerCredit: amount, ...(await owed(tx, invoice, -amount)) },
    }))
  }

  /**
   * Books what up to a number of lines earned before a day, and says of how many lines. Lines that
   * another worker has are left to it.
   */
  bookRecognition(untilOn: string, limit: number): Promise<number> {
    return this.#book((tx, booking) => tx.repos.recognitions.recognise({ untilOn, limit }, booking))
  }

  /** Books credit that a customer was given for nothing; below 0 when it is taken away. */
  bookCreditGranted({ amount, ...credit }: CreditBooking): Promise<void> {
    const postings = { concession: amount, customerCredit: -amount }
    return this.#bookCredit(credit, 'credit_granted', postings)
  }

  /** Books credit that was paid out to the customer. */
  bookCreditPaidOut({ amount, ...credit }: CreditBooking): Promise<void> {
    return this.#bookCredit(credit, 'credit_paid_out', { customerCredit: amount, cash: -amount })
  }

  /** Books that what was carried on for bills which do not come is the customer's, with its tax. */
  bookCreditUnused({ net, tax, ...credit }: CreditUnusedBooking): Promise<void> {
    const postings = { carried: net, tax, customerCredit: -net - tax }
    return this.#bookCredit(credit, 'credit_unused', postings)
  }

  /**
   * One page of entries, newest first.
   *
   * @throws {@link InvalidValue}
   */
  async list(filter: JournalFilter = {}, request: PageRequest = {}): Promise<Page<JournalEntry>> {
    const read = readFields(journalFilter, filter)
    return this.#scope.transaction((tx) => tx.repos.journal.listFiltered(read, request))
  }

  /**
   * What is in each account, in minor units of each currency: debits above 0, credits below, all
   * together 0.
   *
   * @throws {@link InvalidValue}
   */
  async balances(query: BalanceQuery = {}): Promise<AccountBalances[]> {
    const { untilOn } = readFields(balanceQuery, query)
    return this.#scope.transaction((tx) => tx.repos.journal.listBalances(untilOn))
  }

  #bookCredit(
    credit: Omit<CreditBooking, 'amount'>,
    source: JournalSource,
    postings: Postings,
  ): Promise<void> {
    const { creditId: sourceId, customerId, currency } = credit
    const entry = { source, sourceId, customerId, currency, invoiceId: null, postings }
    return this.#book((tx, booking) => tx.repos.journal.insert([entry], booking))
  }

  #bookOf(
    { id, customerId, currency }: BookedInvoice,
    source: JournalSource,
    sourceId: string,
    postingsOf: (tx: JournalScope, booking: Booking) => Promise<Postings>,
  ): Promise<void> {
    return this.#book(async (tx, booking) => {
      const postings = await postingsOf(tx, booking)
      const entry = { source, sourceId, customerId, currency, invoiceId: id, postings }
      await tx.repos.journal.insert([entry], booking)
    })
  }

  /** Books in the open transaction, and has the audit keep a hash of it. */
  #book<T>(work: (tx: JournalScope, booking: Booking) => Promise<T>): Promise<T> {
    return this.#scope.transaction(async (tx) => {
      const { timeZone } = await tx.repos.tenant.get()
      const at = tx.clock.now()
      const today = localDay(at, timeZone)
      const openFromOn = await tx.repos.journal.findOpenFromOn()
      let on = today
      // A month may be closed that is not over in a time zone that the tenant has gone to.
      if (on < openFromOn) on = openFromOn
      const booking = { id: newId(), today, openFromOn, on, timeZone, at }
      const result = await work(tx, booking)
      await seal(tx, booking)
      return result
    })
  }
}

/**
 * What an invoice asks for more, or less. What is written off of it is no receivable: of that money
 * comes and goes.
 */
async function owed(tx: JournalScope, { id }: BookedInvoice, change: bigint): Promise<Postings> {
  const isWrittenOff = (await tx.repos.journal.sumBadDebt(id)) > 0n
  return isWrittenOff ? { badDebt: change } : { receivable: change }
}

async function seal(tx: JournalScope, { id, at }: Booking): Promise<void> {
  const { entries, digest } = await tx.repos.journal.digest(id)
  if (entries === 0) return
  await tx.core.repos.audit.insert({
    ...{ stream: `tenant:${tx.tenantId}:journal`, actor: tx.caller.actor },
    ...{ action: 'journal.booked', subject: `booking:${id}` },
    ...{ facts: { entries: String(entries), digest }, createdAt: at },
  })
}
