import type { PersonPart, PersonRows } from '../../../platform/people/index.ts'
import { broadcast, broadcastRecipient } from './broadcast.table.ts'

/** Which messages to many somebody got. A guest is not on Telegram, so a guest got none. */
export const broadcastsPart: PersonPart<{ readonly repos: { readonly personRows: PersonRows } }> = {
  name: 'broadcasts',
  tables: [broadcast, broadcastRecipient],
  merge: async () => {},
  export: async ({ repos }, userId) => ({
    broadcasts: await repos.personRows.read(broadcastRecipient.userId, userId),
  }),
  erase: ({ repos }, userId) => repos.personRows.remove(broadcastRecipient.userId, userId),
}
