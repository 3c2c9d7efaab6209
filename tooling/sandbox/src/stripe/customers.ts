import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { toSeconds } from './balance.ts'
import { newStripeId } from './ids.ts'
import type { Customer, newCustomerSchema, PaymentMethod } from './objects.ts'
import { isLive, StripeObjects } from './stripe-objects.ts'

/** People who pay, and the cards they pay with. */
export class StripeCustomers {
  readonly people: StripeObjects<Customer>
  readonly methods: StripeObjects<PaymentMethod>
  readonly #context: SandboxContext

  constructor(context: SandboxContext) {
    this.#context = context
    this.people = new StripeObjects(context, 'customer')
    this.methods = new StripeObjects(context, 'payment_method')
  }

  /** Adds somebody. */
  add(accountId: string, input: z.output<typeof newCustomerSchema>): Customer {
    const { email = null, name = null, metadata } = input
    const object: Customer = {
      ...this.#named(accountId, 'cus'),
      object: 'customer',
      email,
      name,
      metadata,
    }
    return this.people.put({ accountId, object, dueMs: null }).object
  }

  /** Adds a card, kept for a customer or used once. */
  addCard(accountId: string, customer: string | null): PaymentMethod {
    const object: PaymentMethod = {
      ...this.#named(accountId, 'pm'),
      object: 'payment_method',
      type: 'card',
      customer,
      card: { brand: 'visa', last4: '4242', exp_year: 2040 },
    }
    return this.methods.put({ accountId, object, dueMs: null }).object
  }

  /** Takes a card from its customer: it can never be charged again. */
  detach(accountId: string, id: string): PaymentMethod {
    const stored = this.methods.of(accountId, id)
    return this.methods.put({ ...stored, object: { ...stored.object, customer: null } }).object
  }

  #named(accountId: string, prefix: string) {
    return {
      id: newStripeId(prefix),
      livemode: isLive(this.#context, accountId),
      created: toSeconds(this.#context.clock.now()),
    }
  }
}
