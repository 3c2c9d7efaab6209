import type { PersonPart } from '../../platform/people/index.ts'
import type { BillingScope } from './billing.scope.ts'
import type { BillingService } from './billing.service.ts'
import { billingCustomer } from './customers/customer.table.ts'
import { CUSTOMER_PERSONAL, forgotten } from './customers/customer.ts'
import type { TenantBilling } from './tenant-billing.ts'
import { billingTenant } from './tenants/tenant.table.ts'

interface PersonServices extends BillingScope {
  readonly billing: Pick<BillingService, 'forTenant'>
}

/** Runs work for each tenant of which somebody is a customer, one after the other. */
async function eachTenant<T>(
  tx: PersonServices,
  userId: string,
  work: (billing: TenantBilling) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const tenantId of await tx.repos.billingTenants.listOfUser(userId)) {
    results.push(await tx.billing.forTenant(tenantId).transaction(work))
  }
  return results
}

/** Customers who are users. What invoices say of them stays with the invoices, as the law wants it. */
export const billingPart: PersonPart<PersonServices> = {
  name: 'billing',
  // Who sells is nobody's account, and its particulars are those of a business.
  tables: [billingCustomer, billingTenant],
  async merge(tx, { guestId, userId }) {
    await eachTenant(tx, guestId, ({ repos }) => repos.customers.moveUser(guestId, userId))
  },
  async export(tx, userId) {
    const found = await eachTenant(tx, userId, ({ repos }) => repos.customers.listOfUser(userId))
    return { customers: found.flat() }
  },
  async erase(tx, userId) {
    await eachTenant(tx, userId, async (billing) => {
      for (const before of await billing.repos.customers.listOfUser(userId)) {
        const after = await billing.repos.customers.update(before.id, {
          ...forgotten(before),
          updatedAt: billing.clock.now(),
        })
        await billing.record({
          ...{ action: 'customer.erased', subject: `customer:${before.id}` },
          ...{ before, after, personal: CUSTOMER_PERSONAL },
        })
      }
    })
  },
}
