import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { type Balance, toSeconds } from './balance.ts'
import { checkUnit } from './currencies.ts'
import type { StripeEvents } from './events.ts'
import { newStripeId } from './ids.ts'
import type { StripeIntents } from './intents.ts'
import type { Charge, newRefundSchema, Refund } from './objects.ts'
import { invalid } from './stripe-error.ts'
import { type StoredObject, StripeObjects } from './stripe-objects.ts'

/** Money back to who paid, never more than was taken. */
export class StripeRefunds {
  readonly refunds: StripeObjects<Refund>
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
    this.refunds = new StripeObjects(context, 'refund')
  }

  /** Gives money of a payment back; at once unless a fault says otherwise. */
  create(accountId: string, input: z.output<typeof newRefundSchema>): Refund {
    const charge = this.#intents.chargeOf(accountId, input.payment_intent)
    const { amount_captured, amount_refunded, currency, livemode } = charge.object
    const left = amount_captured - amount_refunded
    const amount = input.amount ?? left
    checkUnit(amount, currency)
    if (charge.object.disputed) {
      throw invalid('This charge is disputed', undefined, 'charge_disputed')
    }
    if (left === 0) {
      throw invalid(
        `Charge ${charge.object.id} has already been refunded.`,
        undefined,
        'charge_already_refunded',
      )
    }
    if (amount === 0 || amount > left) {
      throw invalid('Refund amount is greater than unrefunded amount on charge', 'amount')
    }
    const { clock, faults } = this.#context
    const slow = faults.take('stripe', 'pending', { method: 'POST /refunds' })
    const id = newStripeId('re')
    const line = { amount: -amount, currency, livemode, source: id, type: 'refund' as const }
    const object: Refund = {
      id,
      object: 'refund',
      livemode,
      created: toSeconds(clock.now()),
      amount,
      // It leaves the account with the request, however long the bank takes.
      balance_transaction: this.#balance.add(accountId, line),
      charge: charge.object.id,
      currency,
      metadata: input.metadata,
      payment_intent: input.payment_intent,
      reason: input.reason ?? null,
      status: slow ? 'pending' : 'succeeded',
    }
    this.#addRefunded(charge, amount)
    const stored = slow
      ? {
          accountId,
          object,
          dueMs: clock.now() + slow.settle_after_seconds * 1_000,
          outcome: { succeeds: slow.outcome === 'succeeded', reason: slow.reason },
        }
      : { accountId, object, dueMs: null }
    this.refunds.put(stored)
    this.#events.send(accountId, 'refund.created', object)
    return object
  }

  /** Settles the refunds that are due; gives how many. */
  settleDue(): number {
    const due = this.refunds.due()
    for (const stored of due) {
      this.#context.store.transaction(() => {
        if (stored.outcome?.succeeds) this.#succeed(stored)
        else this.#fail(stored, stored.outcome?.reason ?? 'unknown')
      })
    }
    return due.length
  }

  #succeed({ accountId, object }: StoredObject<Refund>): void {
    const done: Refund = { ...object, status: 'succeeded' }
    this.refunds.put({ accountId, object: done, dueMs: null })
    this.#events.send(accountId, 'refund.updated', done)
  }

  /** The bank sends the money back to the account. */
  #fail({ accountId, object }: StoredObject<Refund>, failure_reason: string): void {
    const { amount, currency, livemode, id: source } = object
    const type = 'refund_failure'
    this.#balance.add(accountId, { amount, currency, livemode, source, type })
    this.#addRefunded(this.#intents.charges.get(object.charge), -amount)
    const failed: Refund = { ...object, status: 'failed', failure_reason }
    this.refunds.put({ accountId, object: failed, dueMs: null })
    this.#events.send(accountId, 'refund.failed', failed)
  }

  #addRefunded(charge: StoredObject<Charge>, amount: number): void {
    const amount_refunded = charge.object.amount_refunded + amount
    const refunded = amount_refunded === charge.object.amount_captured
    this.#intents.charges.put({
      ...charge,
      object: { ...charge.object, amount_refunded, refunded },
    })
  }
}
