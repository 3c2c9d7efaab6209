import type { DueWork } from '../../../platform/jobs/index.ts'
import type { HoldsRepository } from './holds.repository.ts'
import type { HoldsService } from './holds.service.ts'

/** Frees what was held for too long. */
export const expireDueHolds: DueWork<{
  readonly holds: Pick<HoldsService, 'expireDue'>
  readonly repos: { readonly holds: Pick<HoldsRepository, 'findNextExpiry'> }
}> = {
  name: 'balance.expire_holds',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.holds.findNextExpiry()) ?? null,
  runDue: ({ holds }) => holds.expireDue(),
}
