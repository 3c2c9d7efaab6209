import { assert, formatDecimal, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import { invoiceAfter, remainingOf } from '../invoices/invoice.ts'
import { InvoiceRefuses } from '../invoices/invoices.errors.ts'
import {
  appliedFields,
  type CreditBalance,
  type CreditEntry,
  type CreditInput,
  creditFields,
  type PayoutInput,
  payoutFields,
  type ReturnInput,
  returnFields,
} from './credit.ts'
import { CreditTooLow } from './credits.errors.ts'
import type { CreditOwner } from './credits.repository.ts'
import type { CreditsScope } from './credits.scope.ts'

/** What is done about credit at once, before it is written. */
type Movement = Omit<CreditEntry, 'tenantId' | 'id' | 'createdAt'>

/**
 * What a tenant owes its customers: paid too much, credited or given. It pays the customer's next
 * invoices in its currency by itself, as soon as they are finalized. The database keeps it at 0 or
 * above, whoever spends it at once.
 */
export class CreditsService {
  readonly #scope: CreditsScope

  constructor(scope: CreditsScope) {
    this.#scope = scope
  }

  /**
   * Gives a customer credit. Whoever adds what a payment or a credit note leaves books it there; a
   * grant is booked here. With a source it is given once: what the source gave already comes back.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @example
   * await billing.credit.add({ customerId, currency: 'EUR', amount: 500n, reason: 'grant' })
   */
  async add(input: CreditInput): Promise<CreditEntry> {
    const movement = readFields(creditFields, input)
    return this.#scope.transaction(async (tx) => {
      const { customerId, currency, amount, reason } = movement
      await tx.repos.customers.getById(customerId)
      const { entry, isNew } = await write(tx, 'credit.added', movement)
      if (isNew && reason === 'grant') {
        await tx.journal.bookCreditGranted({ customerId, currency, amount, creditId: entry.id })
      }
      return entry
    })
  }

  /**
   * Takes out of a customer's credit what was paid out to them, such as by a bank. With a source it
   * is taken once. What refunds that are under way will take is not paid out.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @throws {@link CreditTooLow}
   */
  payOut(input: PayoutInput): Promise<CreditEntry> {
    return this.#scope.transaction(async (tx) => {
      const { credits } = tx.repos
      const { entry, isNew } = await takeOut(tx, input, (owner) => credits.lockSpendable([owner]))
      const { id: creditId, customerId, currency, amount } = entry
      if (isNew) {
        const paidOut = { creditId, customerId, currency, amount: -amount }
        await tx.journal.bookCreditPaidOut(paidOut)
      }
      return entry
    })
  }

  /**
   * Takes out of a customer's credit what goes back with the money of a payment. Whoever gives the
   * money back books it. With a source it is taken once.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @throws {@link CreditTooLow}
   */
  takeOut(input: PayoutInput): Promise<CreditEntry> {
    return this.#scope.transaction(async (tx) => {
      const { credits } = tx.repos
      return (await takeOut(tx, input, (owner) => credits.lockBalances([owner]))).entry
    })
  }

  /**
   * Pays an invoice by its customer's credit: what is left to pay, or up to an amount, as far as the
   * credit goes. Says how much it was. With a source it is applied once.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @throws {@link InvoiceRefuses} when it is a draft, paid or void
   */
  async apply(invoiceId: string, most?: bigint, source: string | null = null): Promise<bigint> {
    readFields(appliedFields, { amount: most })
    return this.#scope.transaction(async (tx) => {
      const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
      const known = source ? await tx.repos.credits.findBySource('applied', source) : undefined
      if (known) return -known.amount
      const { state, customerId, currency } = invoice
      if (invoiceAfter(state, 'pay_rest') === undefined) {
        throw new InvoiceRefuses({ invoiceId, state, step: 'pay_part' })
      }
      const [balance] = await tx.repos.credits.lockSpendable([invoice])
      const amounts = [remainingOf(invoice), balance?.amount ?? 0n, ...(most ? [most] : [])]
      const amount = amounts.reduce((least, each) => (each < least ? each : least))
      if (amount === 0n) return 0n
      const { entry } = await write(tx, 'credit.applied', {
        ...{ customerId, currency, reason: 'applied', amount: -amount, invoiceId },
        ...{ note: null, source },
      })
      await tx.journal.bookCreditApplied({ invoice, applicationId: entry.id, amount })
      const { taken } = await tx.invoices.receive(invoiceId, amount, 'credit')
      assert(taken === amount, 'Of a locked invoice as much is left as was read')
      return amount
    })
  }

  /**
   * Gives credit back that had paid an invoice which is credited now, once for a source.
   *
   * @throws {@link InvalidValue}
   */
  async giveBack(input: ReturnInput): Promise<CreditEntry> {
    const movement = readFields(returnFields, input)
    return this.#scope.transaction(async (tx) => {
      const returned = { ...movement, reason: 'returned' as const }
      return (await write(tx, 'credit.returned', returned)).entry
    })
  }

  /**
   * What a customer has, by currency.
   *
   * @throws {@link NotFound}
   */
  balances(customerId: string): Promise<CreditBalance[]> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.customers.getById(customerId)
      return tx.repos.credits.listBalances(customerId)
    })
  }

  /** One page of what changed a customer's credit, newest first. */
  list(customerId: string, request: PageRequest = {}): Promise<Page<CreditEntry>> {
    return this.#scope.transaction((tx) => tx.repos.credits.listOfCustomer(customerId, request))
  }
}

/** An entry, and whether it was not there before. */
interface Written {
  readonly entry: CreditEntry
  readonly isNew: boolean
}

async function takeOut(
  tx: CreditsScope,
  input: PayoutInput,
  lock: (owner: CreditOwner) => Promise<CreditBalance[]>,
): Promise<Written> {
  const { amount, ...fields } = readFields(payoutFields, input)
  const { customerId, currency, source } = fields
  await tx.repos.customers.getById(customerId)
  const [balance] = await lock({ customerId, currency })
  const known = source ? await tx.repos.credits.findBySource('refunded', source) : undefined
  if (known) return { entry: known, isNew: false }
  const has = balance?.amount ?? 0n
  if (has < amount) {
    const text = (minor: bigint) => formatDecimal({ amount: minor, currency })
    throw new CreditTooLow({ customerId, balance: text(has), amount: text(amount) })
  }
  const reason = 'refunded' as const
  return write(tx, 'credit.refunded', { ...fields, reason, amount: -amount, invoiceId: null })
}

/** Writes an entry, or finds the one that its source has already. */
async function write(tx: CreditsScope, action: string, movement: Movement): Promise<Written> {
  const made = { ...movement, id: newId(), createdAt: tx.clock.now() }
  const { reason, source, customerId } = movement
  if (!(await tx.repos.credits.insertOnce(made))) {
    const known = source === null ? undefined : await tx.repos.credits.findBySource(reason, source)
    assert(known, 'An entry that was not written is there')
    return { entry: known, isNew: false }
  }
  const { currency, amount, invoiceId, note } = movement
  const after = { reason, currency, amount, invoiceId, note, source }
  await tx.record({ action, subject: `customer:${customerId}`, after })
  return { entry: { ...made, tenantId: tx.tenantId }, isNew: true }
}
