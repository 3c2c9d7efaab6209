import { AppError } from '../../../kernel/index.ts'
import type { InvoiceState, InvoiceStep } from './invoice.ts'

/** An invoice in whose state something does not happen. */
export class InvoiceRefuses extends AppError {
  readonly code = 'billing.invoice_refuses'
  readonly kind = 'conflict'

  constructor(facts: {
    invoiceId: string
    state: InvoiceState
    step: InvoiceStep | 'discard' | 'credit'
  }) {
    super(
      `The invoice is ${facts.state.replace('_', ' ')}, so it refuses to ${facts.step.replaceAll('_', ' ')}`,
      facts,
    )
  }
}

/** A draft that a run made: discarded, its period would never be billed. */
export class DraftOfRun extends AppError {
  readonly code = 'billing.draft_of_run'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; runId: string }) {
    super('The draft bills a period; void the invoice once the run has numbered it', facts)
  }
}

/** The lines of an invoice come to less than nothing: what is given back is a credit note. */
export class NothingToInvoice extends AppError {
  readonly code = 'billing.nothing_to_invoice'
  readonly kind = 'invalid'

  constructor(facts: { total: string }) {
    super(`The lines come to ${facts.total}: an invoice asks for 0 or more`, facts)
  }
}

/** More is taken back from an invoice than was paid. */
export class MoreThanPaid extends AppError {
  readonly code = 'billing.more_than_paid'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; paid: string; amount: string }) {
    super(`${facts.amount} is more than the ${facts.paid} that were paid`, facts)
  }
}
