import type { TenantBilling } from '../../features/billing/index.ts'
import type { CoreServices } from '../../services.ts'
import { aCustomer } from '../billing.ts'
import { aPerson } from '../people.ts'

/**
 * Gives a tenant at least one row in each table of billing. The mark stands wherever a text fits, so
 * that it is seen wherever it gets to.
 */
export async function fillTenant(services: CoreServices, billing: TenantBilling, mark: string) {
  const tenant = await billing.tenant.update({ name: mark })
  const { id: userId } = await aPerson(services)
  const customer = await aCustomer(billing, { name: mark, code: mark, userId })
  return { tenant, userId, customer }
}

/** What a tenant has who was filled. */
export type Contents = Awaited<ReturnType<typeof fillTenant>>
