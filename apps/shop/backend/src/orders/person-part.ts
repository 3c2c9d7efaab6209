import type { PersonPart, PersonRows } from '@gramkit/core/people'
import { order } from './order.table.ts'

/** What somebody has ordered; an order says nothing of them but their id. */
export const ordersPart: PersonPart<{
  readonly repos: { readonly personRows: PersonRows }
}> = {
  name: 'orders',
  tables: [order],
  merge: ({ repos }, merge) => repos.personRows.move(order.userId, merge),
  export: async ({ repos }, userId) => ({
    orders: await repos.personRows.read(order.userId, userId),
  }),
  erase: async () => {},
}
