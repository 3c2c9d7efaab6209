/**
 * Billing of many tenants: customers, and what is sold to them.
 *
 * Every row belongs to a tenant. `services.billing.forTenant(id)` sees one tenant's rows, in the
 * statements it sends and by row-level security; every change is written into the tenant's audit.
 *
 * When something is billed is reckoned in local days of the customer, by pure functions.
 *
 * @module
 */

export { CodeTaken, NoDefaultTenant } from './billing.errors.ts'
export type { BillingOptions, BillingScope } from './billing.scope.ts'
export { BillingService } from './billing.service.ts'
export type { Change } from './change.ts'
export { billingCustomer } from './customers/customer.table.ts'
export {
  type Customer,
  type CustomerFilter,
  type CustomerInput,
  customerFields,
  customerFilter,
} from './customers/customer.ts'
export { CustomersRepository } from './customers/customers.repository.ts'
export type { CustomersScope } from './customers/customers.scope.ts'
export { CustomersService } from './customers/customers.service.ts'
export {
  type BillingPeriod,
  type Boundary,
  boundaryAt,
  CYCLES,
  type Cycle,
  dueBoundaries,
  periodAt,
  periodOf,
  type Schedule,
} from './periods/billing-period.ts'
export {
  type DaySpan,
  dueOn,
  isOverdue,
  shareOf,
  type TrialSpan,
  trialFrom,
} from './periods/days.ts'
export { localMidnight } from './periods/local-midnight.ts'
export { billingPart } from './person-part.ts'
export { readTaxId } from './tax-id.ts'
export { TenantBilling } from './tenant-billing.ts'
export { TenantRepositories } from './tenant-repositories.ts'
export { TenantService } from './tenants/tenant.service.ts'
export { billingTenant } from './tenants/tenant.table.ts'
export { type Caller, type Tenant, type TenantInput, tenantFields } from './tenants/tenant.ts'
export { TenantRowRepository, TenantsRepository } from './tenants/tenants.repository.ts'
export type { TenantRowScope, TenantScope } from './tenants/tenants.scope.ts'
