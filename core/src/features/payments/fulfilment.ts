import { assert } from '../../kernel/index.ts'
import type { Payment } from './payment.ts'
import type { Quote, QuoteRequest } from './quotes/quote.ts'

/** The money of one refund. */
export interface RefundedPart {
  readonly refundId: string
  readonly amount: bigint
}

/** What a refund takes back: the money of this refund and of all refunds so far. */
export interface Reversal extends RefundedPart {
  /** Sum of all refunds of the payment, this one included. */
  readonly refundedAmount: bigint
}

/**
 * Gives what was sold, and takes it back. One for each kind of product, called in the transaction
 * that settles the payment: once for each charge, once for each refund. If it throws, nothing of
 * the payment is committed and the report is tried again.
 */
export interface Fulfilment<Services> {
  fulfil(tx: Services, payment: Payment): Promise<void>
  reverse(tx: Services, payment: Payment, reversal: Reversal): Promise<void>
  /**
   * Keeps the goods of a refund from being used while the provider is asked, or refuses the refund
   * by throwing a typed error when they are used up.
   */
  reserve?(tx: Services, payment: Payment, refund: RefundedPart): Promise<void>
  /** Lets them be used again, as the refund has failed. */
  release?(tx: Services, payment: Payment, refund: RefundedPart): Promise<void>
  /** Refuses a sale that is pointless or forbidden right now, by throwing a typed error. */
  checkSellable?(tx: Services, payment: Payment): Promise<void>
  /** Tells whether an automatic renewal should still be charged; asked right before. [yes] */
  wantsCharge?(tx: Services, payment: Payment): Promise<boolean>
  /** Hears that a payment ended without money: declined, called off, or not paid in time. */
  closed?(tx: Services, payment: Payment): Promise<void>
  /**
   * Says what is sold and for how much, where no catalog does, or refuses by throwing a typed error.
   * Called in the transaction that writes the payment.
   */
  quote?(tx: Services, request: QuoteRequest): Promise<Quote>
  /** Hears that the payment of its quote was written, in the same transaction. */
  opened?(tx: Services, payment: Payment): Promise<void>
}

/** The fulfilments of an app, by kind of product. */
export type FulfilmentRegistry<Services> = Readonly<Record<string, Fulfilment<Services>>>

/** A fulfilment that is bound to a scope's transaction; optional steps do nothing. */
export interface BoundFulfilment {
  fulfil(payment: Payment): Promise<void>
  reverse(payment: Payment, reversal: Reversal): Promise<void>
  reserve(payment: Payment, refund: RefundedPart): Promise<void>
  release(payment: Payment, refund: RefundedPart): Promise<void>
  checkSellable(payment: Payment): Promise<void>
  wantsCharge(payment: Payment): Promise<boolean>
  closed(payment: Payment): Promise<void>
  quote(request: QuoteRequest): Promise<Quote>
  opened(payment: Payment): Promise<void>
}

/** Binds the fulfilment of a kind of product to a transaction's services. */
export function bindFulfilment<Services>(
  registry: FulfilmentRegistry<Services>,
  kind: string,
  tx: Services,
): BoundFulfilment {
  const fulfilment = registry[kind]
  assert(fulfilment, `Nobody fulfils products of kind ${kind}: register a fulfilment for it`)
  return {
    fulfil: (payment) => fulfilment.fulfil(tx, payment),
    reverse: (payment, reversal) => fulfilment.reverse(tx, payment, reversal),
    reserve: async (payment, refund) => fulfilment.reserve?.(tx, payment, refund),
    release: async (payment, refund) => fulfilment.release?.(tx, payment, refund),
    checkSellable: async (payment) => fulfilment.checkSellable?.(tx, payment),
    wantsCharge: async (payment) => (await fulfilment.wantsCharge?.(tx, payment)) ?? true,
    closed: async (payment) => fulfilment.closed?.(tx, payment),
    async quote(request) {
      assert(fulfilment.quote, `Products of kind ${kind} are of the catalog`)
      return fulfilment.quote(tx, request)
    },
    opened: async (payment) => fulfilment.opened?.(tx, payment),
  }
}
