import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { qualityAlert } from './alerts/alert.table.ts'
import { qualityGateChange, qualitySnapshot } from './quality.table.ts'

/** What admins did about the gate, by their ids: kept as it was, so nothing moves and nothing is erased. */
export const qualityPart: PersonPart<{ readonly repos: { readonly personRows: PersonRows } }> = {
  name: 'quality',
  tables: [qualityAlert, qualityGateChange, qualitySnapshot],
  merge: async () => {},
  export: async ({ repos: { personRows } }, userId) => ({
    acknowledged: await personRows.read(qualityAlert.acknowledgedBy, userId),
    changes: await personRows.read(qualityGateChange.actor, userId),
    posted: await personRows.read(qualitySnapshot.actor, userId),
  }),
  erase: async () => {},
}
