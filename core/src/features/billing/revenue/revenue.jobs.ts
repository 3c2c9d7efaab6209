import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly revenue: { recogniseDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Recognises what was earned in months that are over, tenant by tenant, a batch of each. */
export const recogniseDueRevenue: DueWork<DueScope> = {
  name: 'billing.recognise_revenue',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('recognition')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('recognition', clock.now())) {
      count += await billing.forTenant(id).revenue.recogniseDue()
    }
    return count
  },
}
