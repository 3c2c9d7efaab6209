import { assert, formatDecimal } from '../../../kernel/index.ts'
import type { Payment, RefundedPart } from '../../payments/index.ts'
import type { CreditBalance } from '../credits/credit.ts'
import { CreditTooLow } from '../credits/credits.errors.ts'
import { least } from '../pricing/order.ts'
import type { InvoicePayment, InvoiceReturn } from './invoice-payment.ts'
import type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
import { told } from './take-in.ts'

/** Where money that goes back is taken from. */
export type ReturnSplit = Pick<InvoiceReturn, 'fromInvoice' | 'fromCredit' | 'lost'>

/**
 * Decides where money of a payment that goes back comes from: first what of it became credit, then
 * the invoice, which asks for it again, then whatever credit the customer has. The rest is lost.
 */
export function splitReturn(
  { taken, left, takenBack }: Pick<InvoicePayment, 'taken' | 'left' | 'takenBack'>,
  money: {
    readonly amount: bigint
    /** What earlier returns of the payment took out of credit. */
    readonly creditBack: bigint
    /** What the customer has as credit. */
    readonly balance: bigint
  },
): ReturnSplit {
  const { amount, creditBack, balance } = money
  const own = left > creditBack ? left - creditBack : 0n
  const first = least(amount, least(own, balance))
  const fromInvoice = least(amount - first, taken - takenBack)
  const fromCredit = first + least(amount - first - fromInvoice, balance - first)
  return { fromInvoice, fromCredit, lost: amount - fromInvoice - fromCredit }
}

/**
 * Refuses a refund of what the customer has spent as credit, or of what another refund will take: it
 * would be the tenant's loss. Until the refund has ended nobody spends what it will take.
 *
 * @throws {@link CreditTooLow}
 */
export async function checkReturnable(
  tx: InvoicePaymentsScope,
  { id }: Payment,
  { refundId, amount }: RefundedPart,
): Promise<void> {
  const payment = await tx.repos.invoicePayments.getById(id)
  const { customerId, currency } = payment
  const owner = { customerId, currency }
  const spendable = await tx.repos.credits.lockSpendable([owner], { exceptRefund: refundId })
  const { split, balance } = await splitNow(tx, payment, { amount, balances: spendable })
  if (split.lost === 0n) return
  const text = (minor: bigint) => formatDecimal({ amount: minor, currency })
  const needed = split.lost + split.fromCredit
  throw new CreditTooLow({ customerId, balance: text(balance), amount: text(needed) })
}

/** Takes back what money bought that went back, by a refund or by a lost dispute. */
export async function takeBack(
  tx: InvoicePaymentsScope,
  { id }: Payment,
  { refundId, amount }: RefundedPart,
): Promise<void> {
  const { invoiceId } = await tx.repos.invoicePayments.getById(id)
  // The lock of the invoice comes before that of the credit, as wherever both are taken.
  const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
  const before = await tx.repos.invoicePayments.getByIdWithLock(id)
  assert(before.state === 'received', 'Money that goes back has come')
  const { customerId, currency } = before
  const balances = await tx.repos.credits.lockBalances([{ customerId, currency }])
  const { split } = await splitNow(tx, before, { amount, balances })
  if (split.fromInvoice > 0n) await tx.invoices.takeBack(invoiceId, split.fromInvoice)
  if (split.fromCredit > 0n) {
    const source = `refund:${refundId}`
    await tx.credit.takeOut({ customerId, currency, amount: split.fromCredit, source })
  }
  const { fromInvoice: reopened, fromCredit, lost } = split
  await tx.journal.bookTakenBack({ invoice, takeBackId: refundId, reopened, fromCredit, lost })
  const now = tx.clock.now()
  await tx.repos.invoiceReturns.insert({
    ...{ ...split, id: refundId, paymentId: id, amount, createdAt: now },
  })
  const after = await tx.repos.invoicePayments.update(id, {
    returned: before.returned + amount,
    takenBack: before.takenBack + split.fromInvoice,
    updatedAt: now,
  })
  const facts = { before: told(before), after: { ...told(after), refundId, ...split } }
  await tx.record({ action: 'payment.returned', subject: `payment:${id}`, ...facts })
}

async function splitNow(
  tx: InvoicePaymentsScope,
  payment: InvoicePayment,
  { amount, balances }: { readonly amount: bigint; readonly balances: readonly CreditBalance[] },
) {
  const returns = await tx.repos.invoiceReturns.listOfPayments([payment.id])
  const creditBack = returns.reduce((sum, { fromCredit }) => sum + fromCredit, 0n)
  const balance = balances[0]?.amount ?? 0n
  return { split: splitReturn(payment, { amount, creditBack, balance }), balance }
}
