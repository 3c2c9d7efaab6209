/**
 * Stripe through its official client: payment pages, one and two stages, saved methods, refunds.
 *
 * @module
 */
import { Stripe } from 'stripe'
import { assert, DAY_MS, type Money } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { PaymentGateway } from '../payment-gateway.ts'
import { ProviderRejected } from '../payments.errors.ts'
import {
  callStripe,
  findStripe,
  readStripe,
  type StripeOptions,
  stripeClient,
} from './stripe-call.ts'
import { readStripeBooks, type StripeReaders, stripeLookUp } from './stripe-lists.ts'
import {
  intentSnapshot,
  refundReport,
  STRIPE,
  type StripeIntent,
  sessionSnapshot,
  stripeIntentSchema,
  stripeRefundSchema,
  stripeSessionSchema,
} from './stripe-objects.ts'

export type { StripeOptions } from './stripe-call.ts'

/** The card is gone for us; Stripe would refuse the charge of a method without its customer. */
const DETACHED = 'payment_method_detached'

/** Makes the gateway of one account. */
export function stripeGateway(options: StripeOptions): PaymentGateway {
  const client = stripeClient(options)
  const { checkout, paymentIntents, paymentMethods, refunds } = client
  const isTest = /^[rs]k_test_/.test(options.secretKey)
  const readIntent = (object: unknown) => readStripe(stripeIntentSchema(isTest), object)
  const readSession = (object: unknown) => readStripe(stripeSessionSchema(isTest), object)
  const readRefund = (object: unknown) => readStripe(stripeRefundSchema(isTest), object)
  const expand = ['payment_intent']

  /** The session on which a payment was made; undefined for a charge of a saved method. */
  async function pageOf({ id, metadata }: StripeIntent) {
    if (metadata.from !== 'checkout') return undefined
    const { data } = await callStripe(() =>
      checkout.sessions.list({ payment_intent: id, limit: 1, expand: ['data.payment_intent'] }),
    )
    return readSession(data[0])
  }

  /** The payment that a page has begun, or the payment itself. */
  async function intentOf(providerPaymentId: string): Promise<string> {
    if (!isSession(providerPaymentId)) return providerPaymentId
    const session = await callStripe(() => checkout.sessions.retrieve(providerPaymentId))
    if (typeof session.payment_intent === 'string') return session.payment_intent
    throw new ProviderRejected({ gateway: STRIPE, reason: 'not_paid' })
  }

  const readers: StripeReaders = {
    client,
    ofSession: (object) => sessionSnapshot(readSession(object)),
    async ofIntent(object) {
      const intent = readIntent(object)
      return intent.metadata.payment_id ? intentSnapshot(intent, await pageOf(intent)) : undefined
    },
    async ofRefund(object) {
      const refund = readRefund(object)
      const { payment_intent: intent } = refund
      if (!intent?.metadata.payment_id) return undefined
      return refundReport(refund, (await pageOf(intent))?.id ?? intent.id)
    },
    async fetch(id) {
      if (isSession(id)) {
        const session = await findStripe(() => checkout.sessions.retrieve(id, { expand }))
        return session?.metadata?.['payment_id'] ? readers.ofSession(session) : undefined
      }
      const intent = await findStripe(() => paymentIntents.retrieve(id))
      return intent && readers.ofIntent(intent)
    },
    async fetchRefund(id) {
      const refund = await findStripe(() => refunds.retrieve(id, { expand }))
      return refund && readers.ofRefund(refund)
    },
  }

  /** A payment after a call of ours that names it. */
  function snapshotOf(object: unknown, providerPaymentId: string): PaymentSnapshot {
    const page = { id: providerPaymentId, status: 'complete' } as const
    return intentSnapshot(readIntent(object), isSession(providerPaymentId) ? page : undefined)
  }

  return {
    name: STRIPE,
    capabilities: {
      currencies: ['USD', 'EUR', 'GBP', 'JPY', 'KWD', 'KZT', 'RUB'],
      goods: { telegram: ['physical'], web: ['digital', 'physical'] },
      partialRefund: true,
      renewals: 'saved_method',
      finalDeclines: FINAL_DECLINES,
      paymentTtlMs: DAY_MS,
    },

    async start({ paymentId, money, product, returnUrl, savesMethod }) {
      assert(returnUrl, 'Stripe sends the buyer back: allow at least one return address')
      const { title: name, description } = product
      const { url, id } = await callStripe(() =>
        checkout.sessions.create(
          {
            mode: 'payment',
            line_items: [
              {
                quantity: 1,
                price_data: {
                  currency: money.currency.toLowerCase(),
                  unit_amount: toNumber(money),
                  product_data: { name, description },
                },
              },
            ],
            client_reference_id: paymentId,
            metadata: { payment_id: paymentId },
            payment_intent_data: {
              capture_method: product.capture === 'manual' ? 'manual' : 'automatic_async',
              description,
              metadata: { payment_id: paymentId, from: 'checkout' },
              ...(savesMethod ? { setup_future_usage: 'off_session' } : {}),
            },
            ...(savesMethod ? { customer_creation: 'always' } : {}),
            // The price is the one that was shown, in its own currency.
            adaptive_pricing: { enabled: false },
            success_url: returnUrl,
            cancel_url: returnUrl,
          },
          { idempotencyKey: paymentId },
        ),
      )
      assert(url, 'A session that was just made is open')
      return { providerPaymentId: id, confirmationUrl: url }
    },

    fetch: readers.fetch,

    async chargeSavedMethod({ paymentId, money, product, savedMethodId }) {
      const { customer } = await callStripe(() => paymentMethods.retrieve(savedMethodId))
      if (typeof customer !== 'string') {
        throw new ProviderRejected({ gateway: STRIPE, reason: DETACHED })
      }
      const charged = await callStripe(() =>
        paymentIntents
          .create(
            {
              amount: toNumber(money),
              currency: money.currency.toLowerCase(),
              customer,
              payment_method: savedMethodId,
              off_session: true,
              confirm: true,
              automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
              description: product.description,
              metadata: { payment_id: paymentId },
            },
            { idempotencyKey: paymentId },
          )
          .catch(declinedIntent),
      )
      return intentSnapshot(readIntent(charged))
    },

    async capture({ paymentId, providerPaymentId, money }) {
      const id = await intentOf(providerPaymentId)
      const amount_to_capture = toNumber(money)
      const options = { idempotencyKey: `${paymentId}-capture` }
      const taken = await callStripe(() =>
        paymentIntents.capture(id, { amount_to_capture }, options),
      )
      return snapshotOf(taken, providerPaymentId)
    },

    async cancel({ paymentId, providerPaymentId }) {
      const id = await intentOf(providerPaymentId)
      const options = { idempotencyKey: `${paymentId}-cancel` }
      const canceled = await callStripe(() => paymentIntents.cancel(id, {}, options))
      return snapshotOf(canceled, providerPaymentId)
    },

    async refund({ refundId, providerPaymentId, money }) {
      const payment_intent = await intentOf(providerPaymentId)
      const amount = toNumber(money)
      const body = { payment_intent, amount, metadata: { refund_id: refundId }, expand }
      const made = await callStripe(() => refunds.create(body, { idempotencyKey: refundId }))
      const { providerRefundId, status, failureReason } = refundReport(
        readRefund(made),
        providerPaymentId,
      )
      return { providerRefundId, status, failureReason }
    },

    fetchRefund: readers.fetchRefund,
    lookUp: stripeLookUp(readers, intentOf),
    readBooks: (request) => readStripeBooks(readers, request),
  }
}

/**
 * Refusals after which the card is never charged again (docs.stripe.com/declines/codes); the first
 * says that its owner would have to be there.
 */
const FINAL_DECLINES: readonly string[] = [
  ...['authentication_required', DETACHED, 'resource_missing', 'expired_card', 'incorrect_number'],
  ...['invalid_account', 'new_account_information_available', 'card_not_supported'],
  ...['currency_not_supported', 'transaction_not_allowed', 'lost_card', 'stolen_card'],
  ...['pickup_card', 'restricted_card', 'fraudulent', 'merchant_blacklist', 'stop_payment_order'],
  ...['revocation_of_authorization', 'revocation_of_all_authorizations'],
]

function isSession(providerPaymentId: string): boolean {
  return providerPaymentId.startsWith('cs_')
}

/** Stripe refuses amounts far below the point at which a number would not be exact. */
function toNumber({ amount }: Money): number {
  return Number(amount)
}

/** A declined charge is an answer: the payment, which says why. Everything else is a failure. */
function declinedIntent(error: unknown): unknown {
  const isDecline = error instanceof Stripe.errors.StripeCardError && error.payment_intent
  if (isDecline) return error.payment_intent
  throw error
}
