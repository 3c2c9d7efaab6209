import { InvalidValue, idSchema, newId, type Page, type PageRequest } from '../../kernel/index.ts'
import { type ApiGrant, hashApiKey } from './api-keys/api-key.ts'
import { ApiKeyInvalid } from './api-keys/api-keys.errors.ts'
import { NoDefaultTenant, NoPrinter } from './billing.errors.ts'
import type { BillingScope } from './billing.scope.ts'
import type { InvoiceDocument } from './documents/invoice-document.ts'
import { readFields } from './fields.ts'
import { TenantBilling } from './tenant-billing.ts'
import { storeTenant } from './tenants/tenant.service.ts'
import { type Caller, type Tenant, type TenantInput, tenantFields } from './tenants/tenant.ts'

const SYSTEM: Caller = { actor: 'system' }

/** Billing of many tenants: makes them, and gives the billing of each. */
export class BillingService {
  readonly #scope: BillingScope

  constructor(scope: BillingScope) {
    this.#scope = scope
  }

  /**
   * All of billing for one tenant, and nothing of the others.
   *
   * @throws {@link InvalidValue} when the id is none
   * @example
   * const billing = services.billing.forTenant(tenantId, { actor: userId, requestId })
   * const page = await billing.customers.list({ search: 'doe' })
   */
  forTenant(tenantId: string, caller: Caller = SYSTEM): TenantBilling {
    if (!idSchema.safeParse(tenantId).success) {
      throw new InvalidValue({ field: 'tenantId', problem: 'is no id' })
    }
    return new TenantBilling(this.#scope, tenantId, caller)
  }

  /**
   * The billing of the tenant that the app was configured with, for an app of one tenant.
   *
   * @throws {@link NoDefaultTenant}
   */
  get default(): TenantBilling {
    const { defaultTenantId } = this.#scope.billingOptions
    if (!defaultTenantId) throw new NoDefaultTenant()
    return this.forTenant(defaultTenantId)
  }

  /**
   * Prints a document as a PDF: the same document gives the same bytes. Runs outside of transactions.
   *
   * @throws {@link NoPrinter}
   * @throws {@link PrinterBusy} when too many wait: the same call may go through later
   * @throws {@link InvalidValue} when it is too long
   * @example
   * const pdf = await services.billing.print(await billing.invoices.document(id))
   */
  async print(document: InvoiceDocument): Promise<Uint8Array> {
    const { printer } = this.#scope.billingOptions
    if (!printer) throw new NoPrinter()
    return printer.print(document)
  }

  /**
   * Makes a tenant; with an id of the caller's choice, such as that of the default tenant.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @example
   * const tenant = await services.billing.createTenant({ code: 'acme', name: 'Acme', currency: 'EUR' })
   */
  async createTenant(
    { id = newId(), ...input }: TenantInput & { readonly id?: string | undefined },
    caller: Caller = SYSTEM,
  ): Promise<Tenant> {
    const fields = readFields(tenantFields, input)
    return this.forTenant(id, caller).transaction(async (tx) => {
      const now = tx.clock.now()
      const after = await storeTenant(fields.code, () =>
        tx.repos.tenant.insert({ ...fields, id, createdAt: now, updatedAt: now }),
      )
      await tx.record({ action: 'tenant.created', subject: `tenant:${id}`, after })
      return after
    })
  }

  /**
   * Says for which tenant an API key speaks and what it may do. Whatever is wrong with a key, the
   * answer is the same.
   *
   * @throws {@link ApiKeyInvalid}
   * @example
   * const grant = await services.billing.authenticate(key)
   * requireScope(grant, 'customers:read')
   * const caller = { actor: `key:${grant.keyId}`, requestId, grant }
   * const page = await services.billing.forTenant(grant.tenantId, caller).customers.list()
   */
  authenticate(key: string): Promise<ApiGrant> {
    return this.#scope.transaction(async (tx) => {
      const tenantId = await tx.repos.billingTenants.findOfKey(hashApiKey(key))
      if (!tenantId) throw new ApiKeyInvalid()
      return new TenantBilling(tx, tenantId, SYSTEM).apiKeys.use(key)
    })
  }

  /** One page of all tenants, oldest first; for operators. */
  listTenants(request: PageRequest = {}): Promise<Page<Tenant>> {
    return this.#scope.transaction(async (tx) => {
      const page = await tx.repos.billingTenants.listIds(request)
      const items: Tenant[] = []
      for (const id of page.items) {
        items.push(await new TenantBilling(tx, id, SYSTEM).tenant.get())
      }
      return { ...page, items }
    })
  }
}
