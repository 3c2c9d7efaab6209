import { AppError } from '../../../kernel/index.ts'

/** More is taken back of an invoice's line than is left of it. */
export class MoreThanInvoiced extends AppError {
  readonly code = 'billing.more_than_invoiced'
  readonly kind = 'conflict'

  constructor(facts: { invoiceId: string; lineId: string; left: string; amount: string }) {
    super(`${facts.amount} is more than the ${facts.left} that are left of the line`, facts)
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
