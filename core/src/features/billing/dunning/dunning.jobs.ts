import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly dunning: { workDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Goes after what nobody paid, tenant by tenant. */
export const goAfterDebts: DueWork<DueScope> = {
  name: 'billing.go_after_debts',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('dunning')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('dunning', clock.now())) {
      count += await billing.forTenant(id).dunning.workDue()
    }
    return count
  },
}
