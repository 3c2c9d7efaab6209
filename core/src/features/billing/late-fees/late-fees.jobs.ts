import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly lateFees: { chargeDue(): Promise<number> } }>

/** Asks for late fees, tenant by tenant. */
export const chargeLateFees: DueWork<DueScope> = {
  name: 'billing.charge_late_fees',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('late_fee')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'late_fee', ({ lateFees }) => lateFees.chargeDue()),
}
