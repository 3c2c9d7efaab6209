import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly runs: { workDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Bills what is due, tenant by tenant; workers share the run of a tenant. */
export const billDueSubscriptions: DueWork<DueScope> = {
  name: 'billing.bill_due',
  // Whoever starts a run looks on.
  everyMs: 2_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('billing')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('billing', clock.now())) {
      count += await billing.forTenant(id).runs.workDue()
    }
    return count
  },
}
