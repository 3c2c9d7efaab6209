import { isUniqueViolation } from '../../../platform/database/index.ts'
import { CodeTaken } from '../billing.errors.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import { type Tenant, type TenantInput, tenantFields } from './tenant.ts'
import type { TenantRowScope } from './tenants.scope.ts'

/** A tenant as it sees itself: who sells, and how its invoices are made out. */
export class TenantService {
  readonly #scope: TenantRowScope

  constructor(scope: TenantRowScope) {
    this.#scope = scope
  }

  /**
   * Reads the tenant.
   *
   * @throws {@link NotFound}
   */
  get(): Promise<Tenant> {
    return this.#scope.transaction((tx) => tx.repos.tenant.get())
  }

  /**
   * Changes the tenant; what was made before keeps what it was made with.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @example
   * await billing.tenant.update({ company: 'Example GmbH', country: 'DE' })
   */
  update(changes: Changes<TenantInput>): Promise<Tenant> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.tenant.getByIdWithLock(tx.tenantId)
      const { id, createdAt, updatedAt, ...fields } = before
      const changed = readFields(tenantFields, laidOver(fields, changes))
      const after = await storeTenant(changed.code, () =>
        tx.repos.tenant.update(id, { ...changed, updatedAt: tx.clock.now() }),
      )
      await tx.record({ action: 'tenant.changed', subject: `tenant:${id}`, before, after })
      return after
    })
  }
}

/** Stores a tenant under its code. */
export async function storeTenant(code: string, store: () => Promise<Tenant>): Promise<Tenant> {
  try {
    return await store()
  } catch (error) {
    if (!isUniqueViolation(error, 'billing_tenant_code_key')) throw error
    throw new CodeTaken({ what: 'tenant', taken: code }, { cause: error })
  }
}
