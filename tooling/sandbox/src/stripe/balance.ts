import type { SandboxContext } from '../context.ts'
import { newStripeId } from './ids.ts'
import type { BalanceTransaction } from './objects.ts'
import { StripeObjects } from './stripe-objects.ts'

/** What Stripe keeps of a charge, in thousandths, and for each. */
const FEE_PER_MILLE = 29
const FEE_FIXED = 30

/** The books of the accounts: a line for all money that comes in or goes out. */
export class Balance {
  readonly lines: StripeObjects<BalanceTransaction>
  readonly #context: SandboxContext

  constructor(context: SandboxContext) {
    this.#context = context
    this.lines = new StripeObjects(context, 'balance_transaction')
  }

  /** Writes a line and gives its id. */
  add(
    accountId: string,
    line: Pick<BalanceTransaction, 'amount' | 'currency' | 'source' | 'type' | 'livemode'>,
  ): string {
    const { amount, type } = line
    const fee = type === 'charge' ? Math.ceil((amount * FEE_PER_MILLE) / 1_000) + FEE_FIXED : 0
    const object: BalanceTransaction = {
      id: newStripeId('txn'),
      object: 'balance_transaction',
      created: toSeconds(this.#context.clock.now()),
      ...line,
      fee,
      net: amount - fee,
    }
    return this.lines.put({ accountId, object, dueMs: null }).object.id
  }
}

/** Stripe's times: whole seconds since 1970. */
export function toSeconds(ms: number): number {
  return Math.floor(ms / 1_000)
}
