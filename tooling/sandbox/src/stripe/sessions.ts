import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { toSeconds } from './balance.ts'
import { checkCharge } from './currencies.ts'
import type { StripeCustomers } from './customers.ts'
import type { StripeEvents } from './events.ts'
import { newStripeId } from './ids.ts'
import type { IntentFacts, StripeIntents } from './intents.ts'
import type { CheckoutSession, newSessionSchema, PaymentIntent } from './objects.ts'
import { invalid, type StripeError } from './stripe-error.ts'
import { isLive, type StoredObject, StripeObjects } from './stripe-objects.ts'

const LIFE_MS = 24 * 3_600_000

/** A session with what its page shows, and with what its payment is opened. */
export interface StoredSession extends StoredObject<CheckoutSession> {
  readonly title: string
  readonly intent: Omit<IntentFacts, 'customer'>
}

/** Pages on which people pay. */
export class CheckoutSessions {
  readonly #sessions: StripeObjects<CheckoutSession>
  readonly #context: SandboxContext
  readonly #events: StripeEvents
  readonly #intents: StripeIntents
  readonly #customers: StripeCustomers
  readonly #details

  constructor(
    context: SandboxContext,
    parts: { events: StripeEvents; intents: StripeIntents; customers: StripeCustomers },
  ) {
    this.#context = context
    this.#events = parts.events
    this.#intents = parts.intents
    this.#customers = parts.customers
    this.#sessions = new StripeObjects(context, 'checkout.session')
    this.#details =
      context.store.collection<Pick<StoredSession, 'title' | 'intent'>>('stripe_checkout')
  }

  /** Opens a page. The payment itself begins with the first try to pay. */
  create(accountId: string, input: z.output<typeof newSessionSchema>): CheckoutSession {
    const { line_items, payment_intent_data, metadata, customer } = input
    const [first] = line_items
    const currency = first?.price_data.currency ?? ''
    if (line_items.some(({ price_data }) => price_data.currency !== currency)) {
      throw invalid('All line items must have the same currency', 'line_items')
    }
    const amount = line_items.reduce(
      (sum, { quantity, price_data }) => sum + quantity * price_data.unit_amount,
      0,
    )
    checkCharge(amount, currency, 'line_items[0][price_data][unit_amount]')
    if (customer) this.#customers.people.of(accountId, customer, 'customer')
    if (customer && input.customer_creation) {
      throw invalid(
        'customer_creation cannot be set where a customer is given',
        'customer_creation',
      )
    }
    const livemode = isLive(this.#context, accountId)
    const id = newStripeId(livemode ? 'cs_live' : 'cs_test')
    const now = this.#context.clock.now()
    const object: CheckoutSession = {
      id,
      object: 'checkout.session',
      livemode,
      created: toSeconds(now),
      amount_subtotal: amount,
      amount_total: amount,
      cancel_url: input.cancel_url ?? null,
      client_reference_id: input.client_reference_id ?? null,
      currency,
      customer: customer ?? null,
      customer_creation: input.customer_creation ?? 'if_required',
      expires_at: toSeconds(now + LIFE_MS),
      metadata,
      mode: 'payment',
      payment_intent: null,
      payment_status: 'unpaid',
      status: 'open',
      success_url: input.success_url,
      url: `${this.#context.publicUrl()}/sandbox/stripe/checkout/${id}`,
    }
    const { capture_method = 'automatic_async', description = null } = payment_intent_data
    this.#details.put(id, {
      title: line_items.map(({ price_data }) => price_data.product_data.name).join(', '),
      intent: {
        amount,
        currency,
        capture_method,
        description,
        metadata: payment_intent_data.metadata,
        setup_future_usage: payment_intent_data.setup_future_usage ?? null,
      },
    })
    return this.#sessions.put({ accountId, object, dueMs: now + LIFE_MS }).object
  }

  /** A session of any account, which must exist. */
  get(id: string): StoredSession {
    const details = this.#details.get(id)
    const stored = this.#sessions.get(id)
    if (!details) throw new Error(`The session ${id} has no page`)
    return { ...stored, ...details }
  }

  /** A session of an account, which must exist. */
  of(accountId: string, id: string): CheckoutSession {
    return this.#sessions.of(accountId, id).object
  }

  /** Sessions of an account, newest first. */
  list(accountId: string): CheckoutSession[] {
    return this.#sessions.list(accountId)
  }

  /** Somebody pays; the card is kept for a customer where that was asked for. */
  pay(id: string): CheckoutSession {
    const { accountId, intent, object } = this.#open(id)
    const keeps = object.customer_creation === 'always' && object.customer === null
    const customer = keeps ? this.#customers.add(accountId, { metadata: {} }).id : object.customer
    const isSaved = intent.setup_future_usage !== null
    const card = this.#customers.addCard(accountId, isSaved ? customer : null)
    const begun = this.#intent(id)
    const paid = this.#intents.authorize(
      { ...begun, object: { ...begun.object, customer } },
      card,
    ).object
    return this.#complete(id, {
      customer,
      payment_intent: paid.id,
      payment_status: paid.status === 'succeeded' ? 'paid' : 'unpaid',
    })
  }

  /** The bank refuses; the page stays open for another try. */
  decline(id: string, reason?: string): CheckoutSession {
    this.#intents.decline(this.#intent(id), reason)
    return this.get(id).object
  }

  /** The bank asks who pays to show that it is them. */
  askToAuthenticate(id: string): CheckoutSession {
    this.#intents.askToAuthenticate(this.#intent(id))
    return this.get(id).object
  }

  /** The time to pay runs out. */
  expire(id: string): CheckoutSession {
    const { accountId, object } = this.#open(id)
    if (object.payment_intent) {
      this.#intents.cancel(this.#intents.intents.get(object.payment_intent), 'expired')
    }
    const expired: CheckoutSession = { ...object, status: 'expired', url: null }
    this.#sessions.put({ accountId, object: expired, dueMs: null })
    this.#events.send(accountId, 'checkout.session.expired', expired)
    return expired
  }

  /** When the next page closes, or null. */
  nextDue(): number | null {
    return this.#sessions.nextDue()
  }

  /** Closes the pages whose time has run out; gives how many. */
  settleDue(): number {
    const due = this.#sessions.due()
    for (const { object } of due) this.#context.store.transaction(() => this.expire(object.id))
    return due.length
  }

  /** The payment of a page, opened with the first try. */
  #intent(id: string): StoredObject<PaymentIntent> {
    const { accountId, object, intent, dueMs } = this.#open(id)
    if (object.payment_intent) return this.#intents.intents.get(object.payment_intent)
    const opened = this.#intents.open(accountId, { ...intent, customer: object.customer })
    this.#sessions.put({
      accountId,
      dueMs,
      object: { ...object, payment_intent: opened.object.id },
    })
    return opened
  }

  #complete(
    id: string,
    facts: Pick<CheckoutSession, 'customer' | 'payment_intent' | 'payment_status'>,
  ): CheckoutSession {
    const { accountId, object } = this.#open(id)
    const completed: CheckoutSession = { ...object, ...facts, status: 'complete', url: null }
    this.#sessions.put({ accountId, object: completed, dueMs: null })
    this.#events.send(accountId, 'checkout.session.completed', completed)
    return completed
  }

  #open(id: string): StoredSession {
    const stored = this.get(id)
    if (stored.object.status !== 'open') throw closed(stored.object)
    return stored
  }
}

function closed({ status }: CheckoutSession): StripeError {
  return invalid(`This Checkout Session is ${status}`)
}
