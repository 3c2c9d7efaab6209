import type { PgTable } from 'drizzle-orm/pg-core'

/** A guest who turns out to be somebody known. */
export interface PersonMerge {
  readonly guestId: string
  readonly userId: string
  /** How often what is the guest's has been moved before: 0 at the merge itself. */
  readonly round: number
}

/** What is known of a person, as readable values under the names of what they are. */
export type PersonFacts = Readonly<Record<string, unknown>>

/**
 * What one feature knows of people: which tables name them, and what becomes of those rows when a
 * guest is merged into a user, when a person asks for their data, and when they want to be forgotten.
 *
 * Every table that names a person belongs to exactly one part (`people.db.test.ts` of the shop).
 * Merging and erasing run in one transaction over all parts, may run again at any time and then
 * change only what has come since.
 *
 * @example
 * export const orderPart: PersonPart<{ readonly repos: { readonly personRows: PersonRows } }> = {
 *   name: 'orders',
 *   tables: [order],
 *   merge: ({ repos }, merge) => repos.personRows.move(order.userId, merge),
 *   export: async ({ repos }, userId) => ({ orders: await repos.personRows.read(order.userId, userId) }),
 *   erase: async () => {},
 * }
 */
export interface PersonPart<Tx> {
  /** The feature, in the plural; one file of an export. */
  readonly name: string
  /** Every table of the feature that says something about a person. */
  readonly tables: readonly PgTable[]
  /** Makes the user's what is the guest's. Both rows of `user_account` are locked. */
  merge(tx: Tx, merge: PersonMerge): Promise<void>
  /** Reads all that is kept of a person, save secrets. */
  export(tx: Tx, userId: string): Promise<PersonFacts>
  /** Removes what tells who the person is; money and what the law wants stays under their id. */
  erase(tx: Tx, userId: string): Promise<void>
  /** Tells whether something still has to stay with a guest who was merged; asked after `merge`. [no] */
  isWaiting?(tx: Tx, guestId: string): Promise<boolean>
  /**
   * Names what keeps a person from being erased now, as stable codes; asked before `beforeErasure`,
   * and `isLast` after it, in the transaction that erases. [nothing]
   */
  erasureObstacles?(
    services: Tx,
    userId: string,
    asked: { readonly isLast: boolean },
  ): Promise<readonly string[]>
  /** Does what must reach others before a person is erased; no transaction is open. [nothing] */
  beforeErasure?(services: Tx, userId: string): Promise<void>
}

/** A part that is bound to a transaction's services; optional steps do nothing. */
export interface BoundPersonPart {
  readonly name: string
  merge(merge: PersonMerge): Promise<void>
  export(userId: string): Promise<PersonFacts>
  erase(userId: string): Promise<void>
  isWaiting(guestId: string): Promise<boolean>
  erasureObstacles(userId: string, asked: { readonly isLast: boolean }): Promise<readonly string[]>
  beforeErasure(userId: string): Promise<void>
}

/** Binds parts to a transaction's services. */
export function bindPeople<Tx>(
  parts: readonly PersonPart<Tx>[],
  tx: Tx,
): readonly BoundPersonPart[] {
  return parts.map((part) => ({
    name: part.name,
    merge: (merge) => part.merge(tx, merge),
    export: (userId) => part.export(tx, userId),
    erase: (userId) => part.erase(tx, userId),
    isWaiting: async (guestId) => (await part.isWaiting?.(tx, guestId)) ?? false,
    erasureObstacles: async (userId, asked) =>
      (await part.erasureObstacles?.(tx, userId, asked)) ?? [],
    beforeErasure: async (userId) => part.beforeErasure?.(tx, userId),
  }))
}

/** Makes an app's part callable with core's services. */
export function adaptPersonPart<Services, Core>(
  part: PersonPart<Services>,
  servicesOf: (core: Core) => Services,
): PersonPart<Core> {
  const { erasureObstacles, beforeErasure, isWaiting } = part
  return {
    name: part.name,
    tables: part.tables,
    merge: (tx, merge) => part.merge(servicesOf(tx), merge),
    export: (tx, userId) => part.export(servicesOf(tx), userId),
    erase: (tx, userId) => part.erase(servicesOf(tx), userId),
    ...(isWaiting ? { isWaiting: (tx, guestId) => isWaiting(servicesOf(tx), guestId) } : {}),
    ...(erasureObstacles
      ? {
          erasureObstacles: (core, userId, asked) =>
            erasureObstacles(servicesOf(core), userId, asked),
        }
      : {}),
    ...(beforeErasure
      ? { beforeErasure: (core, userId) => beforeErasure(servicesOf(core), userId) }
      : {}),
  }
}
