import { createHmac } from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import type { StripeAccountOptions } from '../options.ts'
import { toSeconds } from './balance.ts'
import { newStripeId } from './ids.ts'

/** What happens to the objects of an account, as far as its endpoint is subscribed to it. */
export type StripeEventType =
  | 'charge.dispute.closed'
  | 'charge.dispute.created'
  | 'checkout.session.completed'
  | 'checkout.session.expired'
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed'
  | 'payment_intent.processing'
  | 'payment_intent.requires_action'
  | 'payment_intent.succeeded'
  | 'refund.created'
  | 'refund.failed'
  | 'refund.updated'

/** Stripe tries for three days. */
const LIFE_MS = 3 * 24 * 3_600_000
const CONNECTIONS = 10

/** The version of the API that objects are of. */
const API_VERSION = '2026-10-28.endive'

/** Tells accounts what happened: each event by itself, so in any order. */
export class StripeEvents {
  readonly #context: SandboxContext

  constructor(context: SandboxContext) {
    this.#context = context
    context.deliveries.route('stripe', ({ account, body }) => {
      const known = context.stripeAccounts.find(({ accountId }) => accountId === account)
      if (!known?.webhookUrl) return undefined
      return {
        url: known.webhookUrl,
        maxConnections: CONNECTIONS,
        accepts: (status) => status >= 200 && status < 300,
        // Each try is signed anew, at its own time.
        headers: { 'stripe-signature': this.#sign(known, body) },
      }
    })
  }

  /** Sends an object as it is now. */
  send(accountId: string, type: StripeEventType, object: { readonly livemode: boolean }): void {
    const { clock, deliveries } = this.#context
    const id = newStripeId('evt')
    const event = {
      id,
      object: 'event',
      api_version: API_VERSION,
      created: toSeconds(clock.now()),
      data: { object },
      livemode: object.livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    }
    deliveries.add({
      provider: 'stripe',
      account: accountId,
      queue: `stripe:${accountId}:${id}`,
      kind: type,
      url: null,
      body: JSON.stringify(event),
      expiresAt: clock.now() + LIFE_MS,
    })
  }

  #sign({ webhookSecret }: StripeAccountOptions, body: string): string {
    const time = toSeconds(this.#context.clock.now())
    const v1 = createHmac('sha256', webhookSecret).update(`${time}.${body}`).digest('hex')
    return `t=${time},v1=${v1}`
  }
}
