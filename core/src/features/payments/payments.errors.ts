import { AppError } from '../../kernel/index.ts'

/** No such product is sold. */
export class UnknownProduct extends AppError {
  readonly code = 'payments.unknown_product'
  readonly kind = 'not_found'

  constructor(facts: { productId: string }) {
    super(`There is no product ${facts.productId}`, facts)
  }
}

/** The product is no longer sold. */
export class ProductRetired extends AppError {
  readonly code = 'payments.product_retired'
  readonly kind = 'gone'

  constructor(facts: { productId: string }) {
    super(`The product ${facts.productId} is no longer sold`, facts)
  }
}

/** The product has no price in the currency; another price never stands in. */
export class CurrencyNotPriced extends AppError {
  readonly code = 'payments.currency_not_priced'
  readonly kind = 'conflict'

  constructor(facts: { productId: string; currency: string }) {
    super(`The product ${facts.productId} has no price in ${facts.currency}`, facts)
  }
}

/** No such gateway is set up. */
export class UnknownGateway extends AppError {
  readonly code = 'payments.unknown_gateway'
  readonly kind = 'not_found'

  constructor(facts: { gateway: string }) {
    super(`There is no gateway ${facts.gateway}`, facts)
  }
}

/** The gateway does not take the currency. */
export class CurrencyNotAccepted extends AppError {
  readonly code = 'payments.currency_not_accepted'
  readonly kind = 'conflict'

  constructor(facts: { gateway: string; currency: string }) {
    super(`${facts.gateway} does not take ${facts.currency}`, facts)
  }
}

/** The gateway may not sell such goods where the buyer is. */
export class GoodsNotAllowed extends AppError {
  readonly code = 'payments.goods_not_allowed'
  readonly kind = 'forbidden'

  constructor(facts: { gateway: string; goods: string; surface: string }) {
    super(
      `${facts.gateway} may not sell ${facts.goods} goods on ${facts.surface}` +
        (facts.surface === 'telegram' ? ': inside Telegram they are sold for Stars only' : ''),
      facts,
    )
  }
}

/** The address to return to is not one of the app's. */
export class ReturnUrlNotAllowed extends AppError {
  readonly code = 'payments.return_url_not_allowed'
  readonly kind = 'forbidden'

  constructor() {
    super('The return address is not on the allow-list of this app')
  }
}

/** The idempotency key belongs to another purchase. */
export class PaymentConflict extends AppError {
  readonly code = 'payments.conflict'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string }) {
    super(`The payment ${facts.paymentId} exists with other contents`, facts)
  }
}

/** There is no such payment, or it belongs to somebody else. */
export class PaymentNotFound extends AppError {
  readonly code = 'payments.not_found'
  readonly kind = 'not_found'

  constructor(facts: { paymentId: string }) {
    super(`There is no payment ${facts.paymentId}`, facts)
  }
}

/** The payment no longer waits for money. */
export class PaymentClosed extends AppError {
  readonly code = 'payments.closed'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; status: string }) {
    super(`The payment ${facts.paymentId} is ${facts.status} and takes no more money`, facts)
  }
}

/** Somebody else than the buyer tries to pay. */
export class ForeignPayer extends AppError {
  readonly code = 'payments.foreign_payer'
  readonly kind = 'forbidden'

  constructor(facts: { paymentId: string }) {
    super('This invoice was made for another person', facts)
  }
}

/** The reported amount or currency is not what was asked for. */
export class AmountMismatch extends AppError {
  readonly code = 'payments.amount_mismatch'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; expected: string; actual: string }) {
    super(`Expected ${facts.expected}, got ${facts.actual}`, facts)
  }
}

/** The payment's state does not allow this. */
export class NotRefundable extends AppError {
  readonly code = 'payments.not_refundable'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; status: string; refundable: string }) {
    super(
      `The payment ${facts.paymentId} is ${facts.status}; ${facts.refundable} can be refunded`,
      facts,
    )
  }
}

/** What a provider reports of a refund does not fit its payment; nothing was taken back. */
export class RefundMismatch extends AppError {
  readonly code = 'payments.refund_mismatch'
  readonly kind = 'invalid'

  constructor(facts: { providerPaymentId: string; problem: string }) {
    super(`A refund of ${facts.providerPaymentId} was not taken in: ${facts.problem}`, facts)
  }
}

/** What a provider says of money cannot be read, or is of another shop or of play money. */
export class ReportUnreadable extends AppError {
  readonly code = 'payments.report_unreadable'
  readonly kind = 'invalid'

  constructor(facts: { gateway: string; problem: string }) {
    super(`What ${facts.gateway} says of a payment cannot be read: ${facts.problem}`, facts)
  }
}

/** Only money that has arrived can be disputed. */
export class NotDisputable extends AppError {
  readonly code = 'payments.not_disputable'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; status: string }) {
    super(`The payment ${facts.paymentId} is ${facts.status}: nothing of it can be disputed`, facts)
  }
}

/** A dispute is about more than was paid, or known under its reference with another amount. */
export class DisputeMismatch extends AppError {
  readonly code = 'payments.dispute_mismatch'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; reference: string }) {
    super(`The dispute ${facts.reference} has an amount that does not fit its payment`, facts)
  }
}

/** The gateway gives back all or nothing. */
export class PartialRefundUnsupported extends AppError {
  readonly code = 'payments.partial_refund_unsupported'
  readonly kind = 'conflict'

  constructor(facts: { gateway: string }) {
    super(`${facts.gateway} refunds a payment in full only`, facts)
  }
}

/** What was sold is used up, so the payment is not refunded. */
export class GoodsUsed extends AppError {
  readonly code = 'payments.goods_used'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string }, options?: ErrorOptions) {
    super('What was bought has been used already', facts, options)
  }
}

/** A user has begun more purchases than anybody needs. */
export class TooManyOpen extends AppError {
  readonly code = 'payments.too_many_open'
  readonly kind = 'rate_limited'

  constructor(facts: { limit: number }) {
    super(`At most ${facts.limit} payments may be open at once; pay or wait`, facts)
  }
}

/** The payment cannot be captured or cancelled in its state or by its gateway. */
export class NotCapturable extends AppError {
  readonly code = 'payments.not_capturable'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; status: string }) {
    super(`The payment ${facts.paymentId} is ${facts.status}, not waiting for capture`, facts)
  }
}

/** The provider said no; the same request would be refused again. */
export class ProviderRejected extends AppError {
  readonly code = 'payments.provider_rejected'
  readonly kind = 'conflict'

  constructor(facts: { gateway: string; reason: string }) {
    super(`${facts.gateway} refused: ${facts.reason}`, facts)
  }
}

/** The provider did not answer clearly: the effect is unknown until it is asked again. */
export class ProviderUnavailable extends AppError {
  readonly code = 'payments.provider_unavailable'
  readonly kind = 'unavailable'

  constructor(facts: { gateway: string; reason: string }) {
    super(`${facts.gateway} cannot be reached right now (${facts.reason})`, facts)
  }
}

/** A notification comes from an address that is not the provider's. */
export class WebhookSourceRefused extends AppError {
  readonly code = 'payments.webhook_source_refused'
  readonly kind = 'forbidden'

  constructor() {
    super('Notifications are taken from the provider’s own addresses only')
  }
}

/** A webhook that the provider signs carries no signature of its own, or one that is too old. */
export class WebhookSignatureInvalid extends AppError {
  readonly code = 'payments.webhook_signature_invalid'
  readonly kind = 'unauthenticated'

  constructor() {
    super('The webhook is not signed by the provider')
  }
}
