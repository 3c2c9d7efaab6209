import { addMs, type Currency, type Money } from '../../kernel/index.ts'
import type { PaymentSnapshot, Surface } from './payment.ts'
import type { Product, ProductSnapshot } from './product.ts'
import type { ReceiptDesk, ReceiptDraft, ReceiptStatus } from './receipts/receipt.ts'
import type { BookPage, BooksRequest } from './reconciliation/reconciliation.ts'
import type { RefundReport } from './refunds/refund.ts'

/** What a gateway can do; `payments.start` and refunds ask it before anything else. */
export interface GatewayCapabilities {
  readonly currencies: readonly Currency[]
  /** Goods it may sell on each surface. */
  readonly goods: Readonly<Record<Surface, readonly Product['goods'][]>>
  readonly partialRefund: boolean
  /** Who charges a subscription again: the provider by itself, or the kit by a saved method. */
  readonly renewals: 'provider' | 'saved_method'
  /** Values of `failureReason` after which the same method is never charged again. [none] */
  readonly finalDeclines?: readonly string[]
  /** Longest the provider lets a buyer take; afterwards an unpaid payment expires. */
  readonly paymentTtlMs: number
  /**
   * How a buyer gets the receipt that the law asks for with each sale (54-FZ): each product then
   * needs a tax profile and each payment the buyer's contact. Absent where no receipts are issued.
   */
  readonly receipts?: { readonly contact: 'email' | 'email_or_phone' }
}

/** What a gateway needs to offer a payment to a buyer. */
export interface StartRequest {
  /** Idempotency key towards the provider, and what it gives back as our reference. */
  readonly paymentId: string
  readonly money: Money
  readonly product: ProductSnapshot
  readonly returnUrl: string | null
  /** The buyer agreed to be charged again each period. */
  readonly savesMethod: boolean
  /** What the law wants on the buyer's receipt, where the gateway issues receipts. */
  readonly receipt?: ReceiptDraft | undefined
}

/** Where the buyer pays. */
export interface StartResult {
  /** Null where the provider gives an id only once it is paid (Stars). */
  readonly providerPaymentId: string | null
  readonly confirmationUrl: string
}

/** A charge without the buyer, by the method they saved. */
export interface SavedMethodCharge {
  readonly paymentId: string
  readonly money: Money
  readonly product: ProductSnapshot
  readonly savedMethodId: string
  readonly receipt?: ReceiptDraft | undefined
}

/** Money of a two-stage payment that is to be taken. */
export interface CaptureCall {
  readonly paymentId: string
  readonly providerPaymentId: string
  readonly money: Money
  /** Of a part of the payment; of the whole the provider has it. */
  readonly receipt?: ReceiptDraft | undefined
}

/** A two-stage payment that is to be called off. */
export interface CancelCall {
  readonly paymentId: string
  readonly providerPaymentId: string
}

/** Money back to the buyer. */
export interface RefundRequest {
  readonly refundId: string
  readonly providerPaymentId: string
  readonly money: Money
  /** Null for people the provider does not know by Telegram. */
  readonly payerTelegramId: bigint | null
  readonly receipt?: ReceiptDraft | undefined
}

/** What a provider says about a refund. */
export interface RefundSnapshot {
  readonly providerRefundId: string
  readonly status: 'pending' | 'succeeded' | 'failed'
  readonly failureReason?: string | undefined
  readonly receiptStatus?: ReceiptStatus | undefined
}

/** Finds out what became of a call whose answer was lost. */
export interface LookUp {
  /** Until then the call is made again; less than the provider remembers an idempotency key. */
  readonly afterMs: number
  /** Finds a payment by our id; undefined where the provider has none. */
  payment(request: { paymentId: string; createdAt: Date }): Promise<PaymentSnapshot | undefined>
  /** Finds a refund by our id; undefined where the provider has none. */
  refund(request: {
    refundId: string
    providerPaymentId: string
    createdAt: Date
  }): Promise<RefundReport | undefined>
}

/**
 * Tells whether the provider may have forgotten the key of a payment or refund: the call, made again,
 * could move money a second time, so what became of it is to be looked up.
 */
export function isKeyForgotten(
  { lookUp }: Pick<PaymentGateway, 'lookUp'>,
  { createdAt }: { readonly createdAt: Date },
  now: Date,
): boolean {
  return lookUp !== undefined && now >= addMs(createdAt, lookUp.afterMs)
}

/** Switches a subscription that the provider renews by itself. */
export interface RenewalSwitch {
  readonly payerTelegramId: bigint
  readonly providerPaymentId: string
  readonly isCanceled: boolean
}

/** What a gateway may leave out. */
type Optional<Member> = Member | undefined

/**
 * A provider that moves money.
 *
 * Every method may be called again with the same id and must then answer as the first time, without
 * a second effect. A definite no is {@link ProviderRejected}; anything that leaves the effect open
 * (timeout, lost answer, 5xx) is {@link ProviderUnavailable}, also of a question: `undefined` means
 * that the provider said it has none. Neither carries a secret.
 * Called outside transactions only.
 */
export interface PaymentGateway {
  /** Name under which payments keep it, such as `yookassa`. */
  readonly name: string
  readonly capabilities: GatewayCapabilities
  start(request: StartRequest): Promise<StartResult>
  /** Asks the provider how a payment stands; undefined where it has no such payment. */
  readonly fetch?: Optional<(providerPaymentId: string) => Promise<PaymentSnapshot | undefined>>
  readonly chargeSavedMethod?: Optional<(request: SavedMethodCharge) => Promise<PaymentSnapshot>>
  /** Takes reserved money, all of it or a part; the rest goes back to the buyer. */
  readonly capture?: Optional<(request: CaptureCall) => Promise<PaymentSnapshot>>
  /** Gives reserved money back. */
  readonly cancel?: Optional<(request: CancelCall) => Promise<PaymentSnapshot>>
  refund(request: RefundRequest): Promise<RefundSnapshot>
  /** Asks the provider how a refund stands; undefined where it has no such refund. */
  readonly fetchRefund?: Optional<(providerRefundId: string) => Promise<RefundReport | undefined>>
  readonly switchRenewal?: Optional<(request: RenewalSwitch) => Promise<void>>
  /** Where `capabilities.receipts` says that receipts are issued. */
  readonly receipts?: Optional<ReceiptDesk>
  /** Absent where an idempotency key is recognised for ever. */
  readonly lookUp?: Optional<LookUp>
  /**
   * Reads a page of the provider's books from the cursor of an earlier page, or from the beginning.
   * Every payment that got its money and every refund until `until` is on some page.
   */
  readonly readBooks?: Optional<(request: BooksRequest) => Promise<BookPage>>
}

/** The gateways of an app, by name. */
export type GatewayRegistry = ReadonlyMap<string, PaymentGateway>
