import type { DueWork } from '../../platform/jobs/index.ts'
import type { AuditRepository } from './audit.repository.ts'
import type { AuditService } from './audit.service.ts'

/** Seals what was written since the last time. */
export const sealDueAudit: DueWork<{
  readonly audit: Pick<AuditService, 'seal'>
  readonly repos: { readonly audit: Pick<AuditRepository, 'listUnsealedStreams'> }
}> = {
  name: 'audit.seal_due',
  everyMs: 5_000,
  nextDueAt: async ({ repos }) => (await repos.audit.listUnsealedStreams(1))[0]?.since ?? null,
  runDue: ({ audit }) => audit.seal(),
}
