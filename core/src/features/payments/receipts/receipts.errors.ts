import { AppError } from '../../../kernel/index.ts'

/** A receipt has to be issued, and nobody knows where to send it. */
export class ContactRequired extends AppError {
  readonly code = 'receipts.contact_required'
  readonly kind = 'invalid'

  constructor(facts: { field: 'contact.email' | 'contact' }) {
    super(`A receipt has to be sent to the buyer: give ${facts.field}`, facts)
  }
}

/** What the buyer gave is no address or number; the value itself is nobody's business. */
export class ContactInvalid extends AppError {
  readonly code = 'receipts.contact_invalid'
  readonly kind = 'invalid'

  constructor(facts: { field: 'contact.email' | 'contact.phone' }) {
    super(`${facts.field} cannot be what it says: check it for mistakes`, facts)
  }
}

/** A receipt has to be issued, and nobody said what the law wants to know of what is sold. */
export class TaxProfileMissing extends AppError {
  readonly code = 'receipts.tax_profile_missing'
  readonly kind = 'conflict'

  constructor(facts: { gateway: string; productId: string }) {
    super(
      `${facts.gateway} issues a receipt for all that it sells, and ${facts.productId} has no tax profile`,
      facts,
    )
  }
}

/** There is no prepayment to settle: not paid, refunded, or sold without prepayment. */
export class NotSettleable extends AppError {
  readonly code = 'receipts.not_settleable'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; status: string }) {
    super(
      `The payment ${facts.paymentId} is ${facts.status} and has no prepayment to settle`,
      facts,
    )
  }
}
