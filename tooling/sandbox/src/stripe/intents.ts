import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { type Balance, toSeconds } from './balance.ts'
import { checkCharge, checkUnit } from './currencies.ts'
import type { StripeCustomers } from './customers.ts'
import type { StripeEvents, StripeEventType } from './events.ts'
import { newStripeId } from './ids.ts'
import type { Charge, newIntentSchema, PaymentIntent, PaymentMethod } from './objects.ts'
import { invalid, StripeError } from './stripe-error.ts'
import { isLive, type StoredObject, StripeObjects } from './stripe-objects.ts'

const HOLD_MS = 7 * 24 * 3_600_000

type StoredIntent = StoredObject<PaymentIntent>

/** What a payment is opened with. */
export type IntentFacts = Pick<
  PaymentIntent,
  'amount' | 'currency' | 'customer' | 'description' | 'metadata' | 'setup_future_usage'
> & { readonly capture_method: PaymentIntent['capture_method'] }

/** Payments of the accounts, and the charges that they made. */
export class StripeIntents {
  readonly intents: StripeObjects<PaymentIntent>
  readonly charges: StripeObjects<Charge>
  readonly #context: SandboxContext
  readonly #events: StripeEvents
  readonly #balance: Balance
  readonly #customers: StripeCustomers

  constructor(
    context: SandboxContext,
    parts: { events: StripeEvents; balance: Balance; customers: StripeCustomers },
  ) {
    this.#context = context
    this.#events = parts.events
    this.#balance = parts.balance
    this.#customers = parts.customers
    this.intents = new StripeObjects(context, 'payment_intent')
    this.charges = new StripeObjects(context, 'charge')
  }

  /** Opens a payment that nobody has paid yet. */
  open(accountId: string, facts: IntentFacts): StoredIntent {
    const object: PaymentIntent = {
      id: newStripeId('pi'),
      object: 'payment_intent',
      livemode: isLive(this.#context, accountId),
      created: toSeconds(this.#context.clock.now()),
      ...facts,
      amount_capturable: 0,
      amount_received: 0,
      cancellation_reason: null,
      last_payment_error: null,
      latest_charge: null,
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    }
    return this.intents.put({ accountId, object, dueMs: null })
  }

  /** Charges a saved card without its owner: at once, unless a fault says otherwise. */
  charge(accountId: string, input: z.output<typeof newIntentSchema>): PaymentIntent {
    const { amount, currency, metadata, automatic_payment_methods: automatic } = input
    checkCharge(amount, currency)
    if (!input.return_url && automatic?.allow_redirects !== 'never') {
      throw invalid('A return_url is needed where a payment method may redirect', 'return_url')
    }
    const { object: customer } = this.#customers.people.of(accountId, input.customer, 'customer')
    const { object: method } = this.#customers.methods.of(
      accountId,
      input.payment_method,
      'payment_method',
    )
    if (method.customer !== customer.id) {
      throw invalid('The payment method does not belong to the customer', 'payment_method')
    }
    const stored = this.open(accountId, {
      amount,
      currency,
      customer: customer.id,
      description: input.description ?? null,
      metadata,
      setup_future_usage: null,
      capture_method: 'automatic_async',
    })
    const { faults, clock } = this.#context
    const call = { method: 'POST /payment_intents', paymentMethodId: method.id }
    const declined = faults.take('stripe', 'decline', call)
    if (declined) {
      const failed = this.decline(stored, declined.reason)
      throw new StripeError(402, 'Your card was declined.', {
        ...failed.object.last_payment_error,
        payment_intent: failed.object,
      })
    }
    const slow = faults.take('stripe', 'pending', call)
    if (!slow) return this.authorize(stored, method).object
    const processing = this.#put({
      ...stored,
      dueMs: clock.now() + slow.settle_after_seconds * 1_000,
      outcome: { succeeds: slow.outcome === 'succeeded', reason: slow.reason },
      object: { ...stored.object, status: 'processing', payment_method: method.id },
    })
    return this.#tell(processing, 'payment_intent.processing').object
  }

  /** The bank allows a payment: its money is taken, or held where it is captured by hand. */
  authorize(stored: StoredIntent, method: PaymentMethod): StoredIntent {
    const { accountId, object } = stored
    const { amount, currency, customer, livemode, metadata } = object
    const isHeld = object.capture_method === 'manual'
    const charge: Charge = {
      id: newStripeId('ch'),
      object: 'charge',
      livemode,
      created: toSeconds(this.#context.clock.now()),
      amount,
      amount_captured: 0,
      amount_refunded: 0,
      balance_transaction: null,
      captured: false,
      currency,
      customer,
      disputed: false,
      metadata,
      paid: true,
      payment_intent: object.id,
      payment_method: method.id,
      refunded: false,
      status: 'succeeded',
    }
    this.charges.put({ accountId, object: charge, dueMs: null })
    const authorized: StoredIntent = {
      accountId,
      dueMs: isHeld ? this.#context.clock.now() + HOLD_MS : null,
      object: {
        ...object,
        latest_charge: charge.id,
        last_payment_error: null,
        next_action: null,
        payment_method: method.id,
        status: 'requires_capture',
        amount_capturable: amount,
      },
    }
    if (!isHeld) return this.#take(authorized, amount)
    return this.#tell(this.#put(authorized), 'payment_intent.amount_capturable_updated')
  }

  /** The bank refuses; the payment can be tried again. */
  decline(stored: StoredIntent, reason = 'generic_decline'): StoredIntent {
    const failed = this.#put({
      accountId: stored.accountId,
      dueMs: null,
      object: {
        ...stored.object,
        status: 'requires_payment_method',
        next_action: null,
        payment_method: null,
        last_payment_error: {
          type: 'card_error',
          code: OWN_CODES.includes(reason) ? reason : 'card_declined',
          decline_code: reason,
          message: 'Your card was declined.',
        },
      },
    })
    return this.#tell(failed, 'payment_intent.payment_failed')
  }

  /** The bank asks who pays to show that it is them. */
  askToAuthenticate(stored: StoredIntent): StoredIntent {
    const asked = this.#put({
      ...stored,
      object: {
        ...stored.object,
        status: 'requires_action',
        next_action: { type: 'use_stripe_sdk' },
      },
    })
    return this.#tell(asked, 'payment_intent.requires_action')
  }

  /** Takes held money, all or less; what is left goes back. */
  capture(stored: StoredIntent, amount = stored.object.amount_capturable): PaymentIntent {
    const { status, amount_capturable, currency } = stored.object
    if (status !== 'requires_capture') throw unexpected(stored.object, 'captured')
    checkUnit(amount, currency, 'amount_to_capture')
    if (amount === 0 || amount > amount_capturable) {
      throw invalid(
        'The amount to capture is more than is held',
        'amount_to_capture',
        'amount_too_large',
      )
    }
    return this.#take(stored, amount).object
  }

  /** Calls a payment off that has no money yet. */
  cancel(stored: StoredIntent, reason: string | null): PaymentIntent {
    const { status } = stored.object
    if (status === 'succeeded' || status === 'canceled' || status === 'processing') {
      throw unexpected(stored.object, 'canceled')
    }
    const canceled = this.#put({
      accountId: stored.accountId,
      dueMs: null,
      object: {
        ...stored.object,
        status: 'canceled',
        cancellation_reason: reason,
        amount_capturable: 0,
        next_action: null,
      },
    })
    return this.#tell(canceled, 'payment_intent.canceled').object
  }

  /** The charge of a payment that has its money. */
  chargeOf(accountId: string, intentId: string): StoredObject<Charge> {
    const { object } = this.intents.of(accountId, intentId, 'payment_intent')
    if (object.status !== 'succeeded' || object.latest_charge === null) {
      throw invalid('This payment has no successful charge', 'payment_intent')
    }
    return this.charges.of(accountId, object.latest_charge)
  }

  /** Settles what is due and lets holds expire; gives how many. */
  settleDue(): number {
    const due = this.intents.due()
    for (const stored of due) this.#context.store.transaction(() => this.#settle(stored))
    return due.length
  }

  #settle(stored: StoredIntent): void {
    const { accountId, object, outcome } = stored
    if (!outcome) this.cancel(stored, 'automatic')
    else if (!outcome.succeeds) this.decline(stored, outcome.reason)
    else {
      const { payment_method } = object
      this.authorize(stored, this.#customers.methods.of(accountId, payment_method ?? '').object)
    }
  }

  #take(stored: StoredIntent, amount: number): StoredIntent {
    const { accountId, object } = stored
    const { currency, livemode, latest_charge } = object
    const charge = this.charges.of(accountId, latest_charge ?? '')
    const source = charge.object.id
    const line = { amount, currency, livemode, source, type: 'charge' as const }
    const balance_transaction = this.#balance.add(accountId, line)
    this.charges.put({
      ...charge,
      object: { ...charge.object, amount_captured: amount, captured: true, balance_transaction },
    })
    const taken = this.#put({
      accountId,
      dueMs: null,
      object: { ...object, status: 'succeeded', amount_capturable: 0, amount_received: amount },
    })
    return this.#tell(taken, 'payment_intent.succeeded')
  }

  #put(stored: StoredIntent): StoredIntent {
    return this.intents.put(stored)
  }

  #tell(stored: StoredIntent, type: StripeEventType): StoredIntent {
    this.#events.send(stored.accountId, type, stored.object)
    return stored
  }
}

/** Refusals that have a code of their own; the others are a card that was declined. */
const OWN_CODES: readonly string[] = [
  'authentication_required',
  'expired_card',
  'incorrect_number',
  'processing_error',
]

function unexpected({ status }: PaymentIntent, what: string): StripeError {
  return invalid(
    `This PaymentIntent could not be ${what} because it has a status of ${status}`,
    undefined,
    'payment_intent_unexpected_state',
  )
}
