import type { SandboxContext } from '../context.ts'
import { Balance } from './balance.ts'
import { StripeCustomers } from './customers.ts'
import { StripeDisputes } from './disputes.ts'
import { StripeEvents } from './events.ts'
import { StripeIdempotency } from './idempotency.ts'
import { StripeIntents } from './intents.ts'
import { StripeRefunds } from './refunds.ts'
import { CheckoutSessions } from './sessions.ts'

/** The parts of Stripe that the sandbox plays. */
export interface Stripe {
  readonly sessions: CheckoutSessions
  readonly payments: StripeIntents
  readonly refunds: StripeRefunds
  readonly disputes: StripeDisputes
  readonly customers: StripeCustomers
  readonly balance: Balance
  readonly idempotency: StripeIdempotency
  /** When something settles or expires by itself next, or null. */
  nextDue(): number | null
  /** Settles and expires what is due; gives how many. */
  settleDue(): number
  /** An object of an account by its id, whatever it is; undefined where there is none. */
  find(accountId: string, id: string): object | undefined
}

/** Builds Stripe on the sandbox's state. */
export function openStripe(context: SandboxContext): Stripe {
  const events = new StripeEvents(context)
  const balance = new Balance(context)
  const customers = new StripeCustomers(context)
  const payments = new StripeIntents(context, { events, balance, customers })
  const sessions = new CheckoutSessions(context, { events, intents: payments, customers })
  const refunds = new StripeRefunds(context, { events, balance, intents: payments })
  const disputes = new StripeDisputes(context, { events, balance, intents: payments })
  const kinds: Readonly<Record<string, (accountId: string, id: string) => object>> = {
    cs: (accountId, id) => sessions.of(accountId, id),
    pi: (accountId, id) => payments.intents.of(accountId, id).object,
    ch: (accountId, id) => payments.charges.of(accountId, id).object,
    re: (accountId, id) => refunds.refunds.of(accountId, id).object,
    dp: (accountId, id) => disputes.disputes.of(accountId, id).object,
    pm: (accountId, id) => customers.methods.of(accountId, id).object,
    cus: (accountId, id) => customers.people.of(accountId, id).object,
    txn: (accountId, id) => balance.lines.of(accountId, id).object,
  }
  return {
    sessions,
    payments,
    refunds,
    disputes,
    customers,
    balance,
    idempotency: new StripeIdempotency(context),
    nextDue: () =>
      [sessions.nextDue(), payments.intents.nextDue(), refunds.refunds.nextDue()].reduce(
        (a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)),
        null,
      ),
    settleDue: () => sessions.settleDue() + payments.settleDue() + refunds.settleDue(),
    find: (accountId, id) => kinds[id.split('_')[0] ?? '']?.(accountId, id),
  }
}
