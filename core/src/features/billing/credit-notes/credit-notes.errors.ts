import { AppError } from '../../../kernel/index.ts'

/** More is taken back than is left, of an invoice's line or of all that the invoice asked for. */
export class MoreThanInvoiced extends AppError {
  readonly code = 'billing.more_than_invoiced'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; lineId: string | null; left: string; amount: string }) {
    const of = facts.lineId === null ? 'invoice' : 'line'
    super(`${facts.amount} is more than the ${facts.left} that are left of the ${of}`, facts)
  }
}

/** What a credit note would take back comes to nothing, or to less. */
export class NothingToCredit extends AppError {
  readonly code = 'billing.nothing_to_credit'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; total: string }) {
    super(`The lines come to ${facts.total}: a credit note takes back more than 0`, facts)
  }
}
