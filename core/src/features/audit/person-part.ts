import type { PersonPart } from '../../platform/people/index.ts'
import type { AuditRepository } from './audit.repository.ts'
import { auditEntry, auditSeal, auditUnsealed } from './audit.table.ts'

/** Who did what, by ids: sealed entries are never changed, so nothing moves and nothing is erased. */
export const auditPart: PersonPart<{
  readonly repos: { readonly audit: Pick<AuditRepository, 'listAbout'> }
}> = {
  name: 'audit',
  tables: [auditEntry, auditSeal, auditUnsealed],
  merge: async () => {},
  export: async ({ repos }, userId) => ({ entries: await repos.audit.listAbout(userId) }),
  erase: async () => {},
}
