import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly quotas: { tellDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Tells of quotas that usage took the last of, tenant by tenant. */
export const tellDueQuotas: DueWork<DueScope> = {
  name: 'billing.tell_quotas',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('quota')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('quota', clock.now())) {
      count += await billing.forTenant(id).quotas.tellDue()
    }
    return count
  },
}
