import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly dunning: { workDue(): Promise<number> } }>

/** Goes after what nobody paid, tenant by tenant. */
export const goAfterDebts: DueWork<DueScope> = {
  name: 'billing.go_after_debts',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('dunning')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'dunning', ({ dunning }) => dunning.workDue()),
}
