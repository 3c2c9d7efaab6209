import type { Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): { readonly lateFees: { chargeDue(): Promise<number> } }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/** Asks for late fees, tenant by tenant. */
export const chargeLateFees: DueWork<DueScope> = {
  name: 'billing.charge_late_fees',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('late_fee')) ?? null,
  async runDue({ clock, billing, repos }) {
    let count = 0
    for (const id of await repos.billingTenants.listDue('late_fee', clock.now())) {
      count += await billing.forTenant(id).lateFees.chargeDue()
    }
    return count
  },
}
