import type {
  Customer,
  CustomerInput,
  PlanInput,
  PlanTermsInput,
  PlanView,
  TenantBilling,
  TenantInput,
} from '../features/billing/index.ts'
import { newId } from '../kernel/index.ts'
import type { CoreServices } from '../services.ts'

/** The billing of a tenant that nobody else in the process has. */
export async function aTenant(
  services: CoreServices,
  fields: Partial<TenantInput> = {},
): Promise<TenantBilling> {
  const code = `tenant-${newId()}`
  const tenant = { code, name: 'Acme', currency: 'EUR', ...fields } as const
  const { id } = await services.billing.createTenant(tenant)
  return services.billing.forTenant(id)
}

/** A customer of a tenant. */
export function aCustomer(
  billing: TenantBilling,
  fields: Partial<CustomerInput> = {},
): Promise<Customer> {
  return billing.customers.create({ code: `customer-${newId()}`, name: 'John Doe', ...fields })
}

/** What a plan costs that costs 29.99 a month, in advance. */
export const PLAN_TERMS: PlanTermsInput = {
  currency: 'EUR',
  cycle: 'monthly',
  charges: [{ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '29.99' }],
}

/** A plan of a tenant, as a draft. */
export function aPlan(billing: TenantBilling, fields: Partial<PlanInput> = {}): Promise<PlanView> {
  return billing.plans.create({ code: `plan-${newId()}`, name: 'Basic', ...PLAN_TERMS, ...fields })
}
