import { createPlatform } from '@gramkit/core'

/** Makes a tenant that bills a customer 29.99 a month. */
export async function setUpBilling(databaseUrl: string) {
  const platform = await createPlatform({ databaseUrl })
  const service = platform.core.billing

  // Who sells: all that follows is seen by this tenant alone.
  const { id } = await service.createTenant({ code: 'acme', name: 'Acme', currency: 'USD' })
  const billing = service.forTenant(id)

  // Who buys.
  const customer = await billing.customers.create({
    code: 'CUST001',
    email: 'john@example.com',
    name: 'John Doe',
  })

  // What is sold, in a version that never changes once it is published.
  const plan = await billing.plans.create({
    code: 'BASIC',
    name: 'Basic Plan',
    currency: 'USD',
    cycle: 'monthly',
    charges: [{ key: 'base', title: 'Basic Plan', model: 'flat', when: 'advance', rate: '29.99' }],
  })
  await billing.plans.publish(plan.id)

  const subscription = await billing.subscriptions.create({
    customerId: customer.id,
    planId: plan.id,
  })
  return { platform, billing, subscription }
}
