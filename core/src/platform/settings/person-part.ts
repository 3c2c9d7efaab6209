import type { PersonPart, PersonRows } from '../people/index.ts'
import { setting } from './setting.table.ts'

/** Who changed which setting, by ids: versions are never changed, so nothing moves and nothing is erased. */
export const settingsPart: PersonPart<{ readonly repos: { readonly personRows: PersonRows } }> = {
  name: 'settings',
  tables: [setting],
  merge: async () => {},
  export: async ({ repos }, userId) => ({
    changes: await repos.personRows.read(setting.actor, userId),
  }),
  erase: async () => {},
}
