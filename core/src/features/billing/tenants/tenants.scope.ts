import type { Clock } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { BillingEvent } from '../billing.events.ts'
import type { Change } from '../change.ts'
import type { Caller } from './tenant.ts'
import type { TenantRowRepository } from './tenants.repository.ts'

/** What every service of a tenant may touch; each part's scope says what it needs beside. */
export interface TenantScope<Scope> extends Transactional<Scope> {
  readonly tenantId: string
  readonly clock: Clock
  readonly caller: Caller
  /** Writes down who changed what, in the open transaction. */
  record(change: Change): Promise<void>
  /** Writes a detail for whoever looks for a fault. */
  debug(namespace: string, facts: object, message: string): void
  /** Tells others what became true, once the open transaction is committed. */
  tell(events: readonly BillingEvent[]): Promise<void>
}

/** All that the service of a tenant's own row may touch. */
export interface TenantRowScope extends TenantScope<TenantRowScope> {
  readonly repos: { readonly tenant: TenantRowRepository }
}
