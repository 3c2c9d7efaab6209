import { type AppError, deriveId, InvalidValue, isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import type { Payment, PaymentGateway, Refund } from '../../payments/index.ts'
import { readFields } from '../fields.ts'
import type { Invoice } from '../invoices/invoice.ts'
import {
  type ChargeOutcome,
  type InvoicePayment,
  type InvoiceReturn,
  outcomeOf,
  type StartInvoicePayment,
  startFields,
} from './invoice-payment.ts'
import { InvoiceNotPayable, PaymentUnderWay } from './invoice-payments.errors.ts'
import type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
import { invoiceFacts, isPayable, NOTHING_CAME } from './quote-invoice.ts'
import { vatCodeOf } from './receipt-terms.ts'
import { recordClosed } from './take-in.ts'

/** Charges of one tenant that are made in one go. */
const CHARGES_MAX = 20
/** Longest row of charges of one invoice. */
const ATTEMPTS_MAX = 100

/** A payment of an invoice with what went back of it. */
export interface InvoicePaymentView extends InvoicePayment {
  readonly returns: readonly InvoiceReturn[]
}

/** A refund of a payment of an invoice. */
export interface RefundInvoicePayment {
  /** Idempotency key: the same id gives the first refund again. */
  readonly id: string
  readonly paymentId: string
  /** In minor units. [all that is left] */
  readonly amount?: bigint | undefined
}

/**
 * Money in: payments of invoices by the gateways of the app. Payments add up; what an invoice does
 * not ask for becomes the customer's credit, and what goes back the invoice asks for again.
 */
export class InvoicePaymentsService {
  readonly #scope: InvoicePaymentsScope

  constructor(scope: InvoicePaymentsScope) {
    this.#scope = scope
  }

  /**
   * Starts a payment of an invoice, of all that remains or of a part, and gives it with the address
   * where the customer pays. Idempotent by `id`.
   *
   * Must not be called inside a transaction, as it calls the provider. Where the provider's answer
   * was lost the payment is `unknown` and has no address yet; the kit asks again by itself.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound}
   * @throws {@link InvoiceNotPayable} when it is a draft, paid or void, or asks for less
   * @throws {@link PaymentUnderWay} while a charge of it is
   * @throws {@link ReceiptNotPossible}, or what `services.payments.startQuoted` throws
   * @example
   * const { confirmationUrl } = await billing.payments.start({
   *   id: newId(), invoiceId, gateway: 'stripe', returnUrl: 'https://shop.example/invoices/',
   * })
   */
  async start(input: StartInvoicePayment): Promise<Payment> {
    const { id, invoiceId, amount, ...fields } = readFields(startFields, input)
    assertNoTransaction('billing.payments.start')
    await this.#scope.transaction(async (tx) => {
      const { customerId } = await tx.repos.invoices.getById(invoiceId)
      await ensurePayer(tx, customerId)
    })
    const { tenantId, core } = this.#scope
    return core.payments.startQuoted({
      ...{ ...fields, id, surface: 'web' },
      ...invoiceFacts({ tenantId, invoiceId, amount }),
    })
  }

  /**
   * Charges all that remains of an invoice by its customer's default method, once for each number of
   * an attempt: asked again, it says what came of the first. What refuses the charge before the
   * provider is asked, such as a missing method, counts as an attempt that was declined.
   *
   * Must not be called inside a transaction, as it calls the provider.
   *
   * @throws {@link InvalidValue} for an attempt that is not from 1 to 100
   * @throws {@link NotFound}
   */
  async charge(invoiceId: string, attempt: number): Promise<ChargeOutcome> {
    assertNoTransaction('billing.payments.charge')
    if (!Number.isInteger(attempt) || attempt < 1 || attempt > ATTEMPTS_MAX) {
      throw new InvalidValue({ field: 'attempt', problem: `is not from 1 to ${ATTEMPTS_MAX}` })
    }
    const { tenantId, core } = this.#scope
    const plan = await this.#scope.transaction((tx) => planCharge(tx, invoiceId, attempt))
    if ('outcome' in plan) return plan
    const { id, gateway, methodId } = plan
    try {
      const facts = invoiceFacts({ tenantId, invoiceId, attempt, methodId })
      await core.payments.startQuoted({ ...facts, id, gateway, surface: 'web' })
    } catch (error) {
      if (!isAppError(error) || error.kind === 'internal') throw error
      return this.#scope.transaction((tx) =>
        afterRefusal(tx, { invoiceId, attempt, gateway }, error),
      )
    }
    return outcomeOf(await this.#scope.transaction((tx) => tx.repos.invoicePayments.getById(id)))
  }

  /**
   * Charges up to 20 invoices whose due day has come, for the first time, to customers with
   * `autoCharge` and a default method, and gives their number. A charge that fails for a reason of
   * its own is thrown after all others were made.
   */
  async chargeDue(): Promise<number> {
    const ids = await this.#scope.transaction((tx) =>
      tx.repos.invoicePayments.listChargeable(tx.clock.now(), CHARGES_MAX),
    )
    const failures: unknown[] = []
    for (const id of ids) {
      await this.charge(id, 1).catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    return ids.length
  }

  /**
   * Gives money of a payment back. First goes what of it became credit, such as by a credit note;
   * the rest the invoice asks for again. Idempotent by `id`.
   *
   * Must not be called inside a transaction, as it calls the provider.
   *
   * @throws {@link NotFound}
   * @throws {@link CreditTooLow} when what became credit is spent, or what
   * `services.refunds.request` throws, such as for more than was paid
   */
  async refund(request: RefundInvoicePayment): Promise<Refund> {
    assertNoTransaction('billing.payments.refund')
    // A payment of another tenant is not found.
    await this.#scope.transaction((tx) => tx.repos.invoicePayments.getById(request.paymentId))
    const { core, caller } = this.#scope
    return core.refunds.request({ ...request, actor: caller.actor })
  }

  /**
   * Reads a payment with what went back of it.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<InvoicePaymentView> {
    return this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.invoicePayments.getById(id)
      return { ...payment, returns: await tx.repos.invoiceReturns.listOfPayments([id]) }
    })
  }

  /**
   * The payments of an invoice, oldest first, with what went back of each.
   *
   * @throws {@link NotFound}
   */
  list(invoiceId: string): Promise<InvoicePaymentView[]> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.invoices.getById(invoiceId)
      const payments = await tx.repos.invoicePayments.listOfInvoice(invoiceId)
      const returns = await tx.repos.invoiceReturns.listOfPayments(payments.map(({ id }) => id))
      return payments.map((payment) => ({
        ...payment,
        returns: returns.filter(({ paymentId }) => paymentId === payment.id),
      }))
    })
  }

  /**
   * Names of the gateways by which an invoice can be paid as a whole; none where it asks for nothing.
   * One that must issue receipts is left out where it could issue none.
   *
   * @throws {@link NotFound}
   */
  gateways(invoiceId: string): Promise<string[]> {
    return this.#scope.transaction(async (tx) => {
      const invoice = await tx.repos.invoices.getById(invoiceId)
      if (!isPayable(invoice)) return []
      const all = [...tx.core.gateways.values()].filter((gateway) => takes(gateway, invoice))
      if (!all.some(({ capabilities }) => capabilities.receipts)) return all.map(({ name }) => name)
      const { receipts: terms } = tx.core.billingOptions
      const lines = await tx.repos.invoices.listLines([invoiceId])
      const hasReceipt = terms !== undefined && 'vatCode' in vatCodeOf(lines, terms)
      const able = all.filter(({ capabilities }) => hasReceipt || !capabilities.receipts)
      return able.map(({ name }) => name)
    })
  }
}

/** A charge that may be made, or what came of it already. */
type ChargePlan =
  | { readonly id: string; readonly gateway: string; readonly methodId: string }
  | ChargeOutcome

async function planCharge(
  tx: InvoicePaymentsScope,
  invoiceId: string,
  attempt: number,
): Promise<ChargePlan> {
  const invoice = await tx.repos.invoices.getById(invoiceId)
  const id = chargeIdOf(tx.tenantId, invoiceId, attempt)
  const known = await tx.repos.invoicePayments.findById(id)
  if (known) return outcomeOf(known)
  if (!isPayable(invoice)) return { outcome: 'nothing_due' }
  const methods = await tx.repos.paymentMethods.listOfCustomer(invoice.customerId)
  const method = methods.find(({ isDefault }) => isDefault)
  const refuse = (reason: string, gateway: string | null): Promise<ChargeOutcome> =>
    refuseCharge(tx, invoiceId, { attempt, gateway, reason, declineClass: 'final' })
  if (!method) return refuse('no_method', null)
  const gateway = tx.core.gateways.get(method.gateway)
  if (!gateway?.chargeSavedMethod) return refuse('gateway_not_set_up', method.gateway)
  if (!takes(gateway, invoice)) return refuse('currency_not_accepted', method.gateway)
  await ensurePayer(tx, invoice.customerId)
  return { id, gateway: gateway.name, methodId: method.id }
}

/** What came of a charge that was refused before the provider was asked, unless another made it. */
async function afterRefusal(
  tx: InvoicePaymentsScope,
  charge: { readonly invoiceId: string; readonly attempt: number; readonly gateway: string },
  error: AppError,
): Promise<ChargeOutcome> {
  const { invoiceId, attempt, gateway } = charge
  const known = await tx.repos.invoicePayments.findById(chargeIdOf(tx.tenantId, invoiceId, attempt))
  if (known) return outcomeOf(known)
  if (error instanceof InvoiceNotPayable) return { outcome: 'nothing_due' }
  if (error instanceof PaymentUnderWay) return { outcome: 'under_way', payment: undefined }
  const refused = { attempt, gateway, reason: error.code, declineClass: 'temporary' as const }
  return refuseCharge(tx, invoiceId, refused)
}

/** Writes down a charge that was refused before the provider was asked. */
async function refuseCharge(
  tx: InvoicePaymentsScope,
  invoiceId: string,
  refused: Pick<InvoicePayment, 'gateway' | 'attempt' | 'reason' | 'declineClass'>,
): Promise<ChargeOutcome> {
  const { customerId, currency, total, paid, credited } = await tx.repos.invoices.getById(invoiceId)
  const id = chargeIdOf(tx.tenantId, invoiceId, refused.attempt ?? 0)
  const now = tx.clock.now()
  const isNew = await tx.repos.invoicePayments.insertOnce({
    ...{ ...NOTHING_CAME, ...refused, id, invoiceId, customerId, currency, state: 'closed' },
    ...{ amount: total - paid - credited, createdAt: now, updatedAt: now },
  })
  const kept = await tx.repos.invoicePayments.getById(id)
  if (isNew) await recordClosed(tx, kept)
  return outcomeOf(kept)
}

/** The same attempt is the same payment, whoever makes it. */
function chargeIdOf(tenantId: string, invoiceId: string, attempt: number): string {
  return deriveId(`${tenantId}:${invoiceId}`, `charge:${attempt}`)
}

function takes({ capabilities }: PaymentGateway, { currency }: Invoice): boolean {
  return capabilities.currencies.includes(currency) && capabilities.goods.web.includes('digital')
}

/** Payments belong to users: a customer who is none gets one without a login. */
async function ensurePayer(tx: InvoicePaymentsScope, customerId: string): Promise<void> {
  const customer = await tx.repos.customers.getByIdWithLock(customerId, { mode: 'no key update' })
  if (customer.userId !== null) return
  const { id: userId } = await tx.core.users.createWithoutLogin()
  await tx.customers.update(customerId, { userId })
}
