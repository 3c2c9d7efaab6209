import type { Page, PageRequest } from '../../../kernel/index.ts'
import type { AuditEntry, AuditReport } from '../../audit/index.ts'
import type { BillingScope } from '../billing.scope.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'

/** All that the audit trail of a tenant may touch. */
export interface AuditTrailScope extends TenantScope<AuditTrailScope> {
  readonly core: Pick<BillingScope, 'audit'>
}

/** Who changed what for a tenant: written with each change, sealed and verified by itself. */
export class AuditTrailService {
  readonly #scope: AuditTrailScope

  constructor(scope: AuditTrailScope) {
    this.#scope = scope
  }

  /** One page of what was changed, newest first. */
  list(request: PageRequest = {}): Promise<Page<AuditEntry>> {
    return this.#scope.transaction(({ core, tenantId }) =>
      core.audit.list({ ...request, stream: `tenant:${tenantId}` }),
    )
  }

  /** Walks the tenant's whole chain and names every entry whose seal does not fit or is missing. */
  verify(): Promise<AuditReport> {
    return this.#scope.transaction(({ core, tenantId }) =>
      core.audit.verify({ stream: `tenant:${tenantId}` }),
    )
  }
}
