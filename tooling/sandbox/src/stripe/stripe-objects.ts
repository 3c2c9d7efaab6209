import type { SandboxContext } from '../context.ts'
import type { Collection } from '../store/collection.ts'
import { missing } from './stripe-error.ts'

/** An object with whose it is, and when something happens to it by itself. */
export interface StoredObject<T> {
  readonly accountId: string
  readonly object: T
  /** In ms since 1970, or null. */
  readonly dueMs: number | null
  /** How it settles by itself; absent when it expires. */
  readonly outcome?: { readonly succeeds: boolean; readonly reason: string } | undefined
}

/** Objects of one kind of all accounts. */
export class StripeObjects<T extends { readonly id: string; readonly object: string }> {
  readonly #context: SandboxContext
  readonly #kind: string
  readonly #objects: Collection<StoredObject<T>>

  constructor(context: SandboxContext, kind: T['object']) {
    this.#context = context
    this.#kind = kind
    this.#objects = context.store.collection<StoredObject<T>>(`stripe_${kind}`, {
      owner: ({ accountId }) => accountId,
      due: ({ dueMs }) => dueMs,
    })
  }

  /** An object of any account, which must exist. */
  get(id: string, param?: string): StoredObject<T> {
    const stored = this.#objects.get(id)
    if (!stored) throw missing(this.#kind, id, param)
    return stored
  }

  /** An object of an account, which must exist. */
  of(accountId: string, id: string, param?: string): StoredObject<T> {
    const stored = this.get(id, param)
    if (stored.accountId !== accountId) throw missing(this.#kind, id, param)
    return stored
  }

  /** Objects of an account, newest first. */
  list(accountId: string): T[] {
    return this.#objects
      .ownedBy(accountId)
      .map(({ object }) => object)
      .reverse()
  }

  /** Adds an object, or replaces the one of the same id. */
  put(stored: StoredObject<T>): StoredObject<T> {
    this.#context.activity.changed('stripe')
    return this.#objects.put(stored.object.id, stored)
  }

  /** When the next object settles or expires, or null. */
  nextDue(): number | null {
    return this.#objects.nextDue()
  }

  /** Objects to which something is to happen by now. */
  due(): StoredObject<T>[] {
    return this.#objects.dueBy(this.#context.clock.now())
  }
}

/** Tells whether an account moves real money, which Stripe tells by its key. */
export function isLive({ stripeAccounts }: SandboxContext, accountId: string): boolean {
  const account = stripeAccounts.find((known) => known.accountId === accountId)
  return account !== undefined && /^[rs]k_live_/.test(account.secretKey)
}
