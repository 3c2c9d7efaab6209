import { AppError } from '../../../kernel/index.ts'
import type { InvoiceState } from '../invoices/invoice.ts'

/** An invoice that asks for nothing, or for less than somebody wants to pay. */
export class InvoiceNotPayable extends AppError {
  readonly code = 'billing.invoice_not_payable'
  readonly kind = 'conflict'

  constructor(facts: {
    invoiceId: string
    state: InvoiceState
    /** Major units, as decimals. */
    remaining: string
    amount: string
  }) {
    const { state, remaining, amount } = facts
    super(
      `The invoice is ${state.replace('_', ' ')} and asks for ${remaining}, so ${amount} of it cannot be paid`,
      facts,
    )
  }
}

/** A charge of the invoice is under way: what comes of it has to be known first. */
export class PaymentUnderWay extends AppError {
  readonly code = 'billing.payment_under_way'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; paymentId: string }) {
    super('The invoice is being paid at this moment: look at it again in a minute', facts)
  }
}

/** A receipt would have to be issued that says the truth about each tax, and none can. */
export class ReceiptNotPossible extends AppError {
  readonly code = 'billing.receipt_not_possible'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; gateway: string; problem: string }) {
    super(
      `${facts.gateway} issues a receipt for each payment, and the invoice ${facts.problem}`,
      facts,
    )
  }
}
