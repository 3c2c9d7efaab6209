import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly invoices: { fallOverdue(): Promise<number> } }>

/** Lets invoices fall overdue, tenant by tenant. */
export const fallOverdueInvoices: DueWork<DueScope> = {
  name: 'billing.fall_overdue',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('overdue')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'overdue', ({ invoices }) => invoices.fallOverdue()),
}
