import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly runs: { workDue(): Promise<number> } }>

/** Bills what is due, tenant by tenant; workers share the run of a tenant. */
export const billDueSubscriptions: DueWork<DueScope> = {
  name: 'billing.bill_due',
  // Whoever starts a run looks on.
  everyMs: 2_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('billing')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'billing', ({ runs }) => runs.workDue()),
}
