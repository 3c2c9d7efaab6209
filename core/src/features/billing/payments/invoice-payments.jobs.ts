import type { DueWork } from '../../../platform/jobs/index.ts'
import { type DueTenantsScope, workDueTenants } from '../tenants/due-tenants.ts'

type DueScope = DueTenantsScope<{ readonly payments: { chargeDue(): Promise<number> } }>

/** Charges invoices that are due to customers who agreed to it, tenant by tenant. */
export const chargeDueInvoices: DueWork<DueScope> = {
  name: 'billing.charge_due',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('charge')) ?? null,
  runDue: (scope) => workDueTenants(scope, 'charge', ({ payments }) => payments.chargeDue()),
}
