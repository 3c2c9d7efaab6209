import type { DueWork } from '../../platform/jobs/index.ts'
import type { AuditRepository } from './audit.repository.ts'
import type { AuditService } from './audit.service.ts'

/** Seals what was written since the last time. */
export const sealDueAudit: DueWork<{
  readonly audit: Pick<AuditService, 'seal'>
  readonly repos: { readonly audit: Pick<AuditRepository, 'findOldestUnsealedAt'> }
}> = {
  name: 'audit.seal_due',
  everyMs: 5_000,
  nextDueAt: async ({ repos }) => (await repos.audit.findOldestUnsealedAt()) ?? null,
  runDue: ({ audit }) => audit.seal(),
}
