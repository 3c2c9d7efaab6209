import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly revenue: { recogniseDue(): Promise<number> } }>

/** Recognises what was earned in months that are over, tenant by tenant, a batch of each. */
export const recogniseDueRevenue: DueWork<DueScope> = {
  name: 'billing.recognise_revenue',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('recognition')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'recognition', ({ revenue }) => revenue.recogniseDue()),
}
