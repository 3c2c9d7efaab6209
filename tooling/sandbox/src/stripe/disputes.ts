import type { SandboxContext } from '../context.ts'
import { type Balance, toSeconds } from './balance.ts'
import type { StripeEvents } from './events.ts'
import { newStripeId } from './ids.ts'
import type { StripeIntents } from './intents.ts'
import type { Dispute } from './objects.ts'
import { invalid } from './stripe-error.ts'
import { StripeObjects } from './stripe-objects.ts'

/** Money that banks want back: taken at once, and given back where the account wins. */
export class StripeDisputes {
  readonly disputes: StripeObjects<Dispute>
  readonly #context: SandboxContext
  readonly #events: StripeEvents
  readonly #balance: Balance
  readonly #intents: StripeIntents

  constructor(
    context: SandboxContext,
    parts: { events: StripeEvents; balance: Balance; intents: StripeIntents },
  ) {
    this.#context = context
    this.#events = parts.events
    this.#balance = parts.balance
    this.#intents = parts.intents
    this.disputes = new StripeObjects(context, 'dispute')
  }

  /** Somebody tells their bank that they did not buy this. */
  open(
    intentId: string,
    facts: { amount?: number | undefined; reason?: string | undefined } = {},
  ): Dispute {
    const { accountId } = this.#intents.intents.get(intentId)
    const charge = this.#intents.chargeOf(accountId, intentId)
    const { id, amount_captured, currency, livemode, disputed } = charge.object
    if (disputed) throw invalid('This charge is disputed', undefined, 'charge_disputed')
    const object: Dispute = {
      id: newStripeId('dp'),
      object: 'dispute',
      livemode,
      created: toSeconds(this.#context.clock.now()),
      amount: facts.amount ?? amount_captured,
      charge: id,
      currency,
      metadata: {},
      payment_intent: intentId,
      reason: facts.reason ?? 'fraudulent',
      status: 'needs_response',
    }
    this.#move(accountId, object, -object.amount)
    this.#intents.charges.put({ ...charge, object: { ...charge.object, disputed: true } })
    this.disputes.put({ accountId, object, dueMs: null })
    this.#events.send(accountId, 'charge.dispute.created', object)
    return object
  }

  /** The bank decides. */
  close(id: string, status: 'won' | 'lost'): Dispute {
    const { accountId, object } = this.disputes.get(id)
    if (object.status === 'won' || object.status === 'lost') {
      throw invalid(`This dispute is ${object.status}`)
    }
    if (status === 'won') {
      this.#move(accountId, object, object.amount)
      const charge = this.#intents.charges.get(object.charge)
      this.#intents.charges.put({ ...charge, object: { ...charge.object, disputed: false } })
    }
    const closed: Dispute = { ...object, status }
    this.disputes.put({ accountId, object: closed, dueMs: null })
    this.#events.send(accountId, 'charge.dispute.closed', closed)
    return closed
  }

  #move(accountId: string, dispute: Dispute, amount: number): void {
    const { currency, livemode, id: source } = dispute
    this.#balance.add(accountId, { amount, currency, livemode, source, type: 'adjustment' })
  }
}
