import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly quotas: { tellDue(): Promise<number> } }>

/** Tells of quotas that usage took the last of, tenant by tenant. */
export const tellDueQuotas: DueWork<DueScope> = {
  name: 'billing.tell_quotas',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('quota')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'quota', ({ quotas }) => quotas.tellDue()),
}
