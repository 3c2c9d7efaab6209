import type { User } from '@grammyjs/types'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'

/** What a new customer is made of. */
export const newCustomerSchema = z.object({
  first_name: z.string().min(1).max(64),
  last_name: z.string().max(64).optional(),
  username: z.string().min(1).max(32).optional(),
  language_code: z.string().max(35).optional(),
  stars: z.int().nonnegative().optional(),
})

/** A person who uses Telegram in the sandbox, with a wallet of Stars. */
export interface Customer {
  readonly id: number
  readonly first_name: string
  readonly last_name?: string | undefined
  readonly username?: string | undefined
  readonly language_code: string
  readonly stars: number
}

const FIRST_ID = 5_000_000_000

/** The customers and their wallets. */
export class Customers {
  readonly #context: SandboxContext
  readonly #customers

  constructor(context: SandboxContext) {
    this.#context = context
    this.#customers = context.store.collection<Customer>('customers')
  }

  /** Adds a customer. */
  add(input: z.output<typeof newCustomerSchema>): Customer {
    const customer = this.#add(input)
    this.#context.activity.changed('users')
    return customer
  }

  /** Adds many customers at once, who are told apart by a number behind their first name. */
  addMany(
    count: number,
    input: z.output<typeof newCustomerSchema>,
  ): { readonly first: number; readonly last: number } {
    const added = Array.from(
      { length: count },
      (_, index) => this.#add({ ...input, first_name: `${input.first_name} ${index + 1}` }).id,
    )
    this.#context.activity.changed('users')
    return { first: added[0] ?? 0, last: added.at(-1) ?? 0 }
  }

  /** All customers, oldest first. */
  list(): Customer[] {
    return this.#customers.all()
  }

  /** The customer of an id, or undefined. */
  find(id: number): Customer | undefined {
    return this.#customers.get(String(id))
  }

  /** The customer of an id, who must exist. */
  get(id: number): Customer {
    const customer = this.find(id)
    if (!customer) throw new ControlError(404, `There is no user ${id}`)
    return customer
  }

  /** Puts Stars into a wallet, or takes them out. */
  addStars(id: number, amount: number): Customer {
    const customer = this.get(id)
    const stars = customer.stars + amount
    if (stars < 0) throw new ControlError(409, `User ${id} has only ${customer.stars} Stars`)
    this.#context.activity.changed('users')
    return this.#customers.put(String(id), { ...customer, stars })
  }

  #add(input: z.output<typeof newCustomerSchema>): Customer {
    const { store, limits } = this.#context
    const id = store.next('customer', FIRST_ID)
    return this.#customers.put(String(id), {
      ...input,
      id,
      language_code: input.language_code ?? 'en',
      stars: input.stars ?? limits.startingStars,
    })
  }
}

/** A customer as bots see them. */
export function toUser(customer: Customer): User {
  const { id, first_name, last_name, username, language_code } = customer
  return {
    id,
    is_bot: false,
    first_name,
    ...(last_name ? { last_name } : {}),
    ...(username ? { username } : {}),
    language_code,
  }
}
