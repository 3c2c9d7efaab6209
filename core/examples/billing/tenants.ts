import type { BillingService } from '@gramkit/core/billing'

/** Two tenants of one database: the same codes, and nothing in common. */
export async function twoTenants(service: BillingService) {
  const north = await service.createTenant({ code: 'north', name: 'North', currency: 'EUR' })
  const south = await service.createTenant({ code: 'south', name: 'South', currency: 'RUB' })

  for (const { id } of [north, south]) {
    await service.forTenant(id).customers.create({ code: 'CUST001', name: 'John Doe' })
  }
  // One customer each: the others are kept away by the database itself.
  const { items } = await service.forTenant(north.id).customers.list()
  return items
}
