import type { Clock } from '../../../kernel/index.ts'
import type { DueKind, TenantsRepository } from './tenants.repository.ts'

/** What due work of many tenants touches; a tenant's services are what is named of them. */
export interface DueTenantsScope<Services> {
  readonly clock: Clock
  readonly billing: { forTenant(tenantId: string): Services }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/**
 * Works a batch of each tenant of which something is due, and says how much was done. A tenant whose
 * work fails holds up no other: the first failure is thrown when nothing else is left to do.
 */
export async function workDueTenants<Services>(
  { clock, billing, repos }: DueTenantsScope<Services>,
  kind: DueKind,
  work: (services: Services) => Promise<number>,
): Promise<number> {
  const failures: unknown[] = []
  let count = 0
  for (const id of await repos.billingTenants.listDue(kind, clock.now())) {
    try {
      count += await work(billing.forTenant(id))
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (count === 0 && failures.length > 0) throw failures[0]
  return count
}
