import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly payments: { chargeDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Charges invoices that are due to customers who agreed to it, tenant by tenant. */
export const chargeDueInvoices: DueWork<DueScope> = {
  name: 'billing.charge_due',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('charge')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('charge', clock.now())) {
      count += await billing.forTenant(id).payments.chargeDue()
    }
    return count
  },
}
