import { assert, type Clock } from '../../kernel/index.ts'
import type { WebhookReach } from '../../platform/webhooks/index.ts'
import { ApiKeysService } from './api-keys/api-keys.service.ts'
import { AuditTrailService } from './audit-trail/audit-trail.service.ts'
import type { BillingEvent } from './billing.events.ts'
import type { BillingScope } from './billing.scope.ts'
import { type Change, changedFacts } from './change.ts'
import { CouponsService } from './coupons/coupons.service.ts'
import { CreditNotesService } from './credit-notes/credit-notes.service.ts'
import { CreditsService } from './credits/credits.service.ts'
import { CustomersService } from './customers/customers.service.ts'
import { DunningService } from './dunning/dunning.service.ts'
import { ExchangeRatesService } from './exchange-rates/exchange-rates.service.ts'
import { InvoicesService } from './invoices/invoices.service.ts'
import { JournalService } from './journal/journal.service.ts'
import { LateFeesService } from './late-fees/late-fees.service.ts'
import { NoticesService } from './notices/notices.service.ts'
import { PaymentMethodsService } from './payment-methods/payment-methods.service.ts'
import { InvoicePaymentsService } from './payments/invoice-payments.service.ts'
import { PlansService } from './plans/plans.service.ts'
import { type PricingPlugIns, pricingPlugIns } from './pricing/pricing-plug-in.ts'
import { ReportsService } from './reports/reports.service.ts'
import { RevenueService } from './revenue/revenue.service.ts'
import { RunsService } from './runs/runs.service.ts'
import { BilledSubscriptionsService } from './subscriptions/subscriptions.service.ts'
import { type TaxCalculation, taxCalculations } from './taxes/tax-calculation.ts'
import { TaxesService } from './taxes/taxes.service.ts'
import { TenantRepositories } from './tenant-repositories.ts'
import { TenantService } from './tenants/tenant.service.ts'
import type { Caller } from './tenants/tenant.ts'
import { MetersService } from './usage/meters.service.ts'
import { QuotasService } from './usage/quotas.service.ts'
import { UsageService } from './usage/usage.service.ts'
import { enqueueDeliveries } from './webhooks/enqueue-deliveries.ts'
import { WebhooksService } from './webhooks/webhooks.service.ts'

/**
 * All of billing for one tenant. Each service is built when it is first touched.
 *
 * Repositories exist inside `transaction` alone: there the database sees one tenant's rows, and
 * outside of it none.
 *
 * @example
 * const billing = services.billing.forTenant(tenantId, { actor: userId, requestId })
 * await billing.transaction(async (tx) => {
 *   const customer = await tx.customers.create({ code: 'CUST001', name: 'John Doe' })
 * })
 */
export class TenantBilling {
  #apiKeys?: ApiKeysService
  #auditTrail?: AuditTrailService
  #coupons?: CouponsService
  #credit?: CreditsService
  #creditNotes?: CreditNotesService
  #customers?: CustomersService
  #exchangeRates?: ExchangeRatesService
  #meters?: MetersService
  #paymentMethods?: PaymentMethodsService
  #payments?: InvoicePaymentsService
  #notices?: NoticesService
  #plans?: PlansService
  #dunning?: DunningService
  #lateFees?: LateFeesService
  #invoices?: InvoicesService
  #journal?: JournalService
  #quotas?: QuotasService
  #taxes?: TaxesService
  #reports?: ReportsService
  #revenue?: RevenueService
  #runs?: RunsService
  #subscriptions?: BilledSubscriptionsService
  #tenant?: TenantService
  #usage?: UsageService
  #webhooks?: WebhooksService
  readonly tenantId: string
  readonly caller: Caller
  readonly #core: BillingScope
  readonly #repos: TenantRepositories | undefined

  constructor(core: BillingScope, tenantId: string, caller: Caller, repos?: TenantRepositories) {
    this.#core = core
    this.tenantId = tenantId
    this.caller = caller
    this.#repos = repos
  }

  get clock(): Clock {
    return this.#core.clock
  }

  /** How the app calculates taxes. */
  get taxCalculation(): TaxCalculation {
    const { taxCalculation = 'table', taxCalculations: known } = this.#core.billingOptions
    return (known ?? taxCalculations()).get(taxCalculation)
  }

  /** Core's services, in the same transaction. */
  get core(): BillingScope {
    return this.#core
  }

  /** Ways to price of the app's own. */
  get pricingPlugIns(): PricingPlugIns {
    return this.#core.billingOptions.pricingPlugIns ?? pricingPlugIns()
  }

  /** The tenant's repositories; there are none outside of a transaction. */
  get repos(): TenantRepositories {
    assert(this.#repos, 'Rows of a tenant are read and written inside TenantBilling.transaction')
    return this.#repos
  }

  get apiKeys(): ApiKeysService {
    return (this.#apiKeys ??= new ApiKeysService(this))
  }

  get auditTrail(): AuditTrailService {
    return (this.#auditTrail ??= new AuditTrailService(this))
  }

  get coupons(): CouponsService {
    return (this.#coupons ??= new CouponsService(this))
  }

  get credit(): CreditsService {
    return (this.#credit ??= new CreditsService(this))
  }

  get creditNotes(): CreditNotesService {
    return (this.#creditNotes ??= new CreditNotesService(this))
  }

  get customers(): CustomersService {
    return (this.#customers ??= new CustomersService(this))
  }

  get meters(): MetersService {
    return (this.#meters ??= new MetersService(this))
  }

  get exchangeRates(): ExchangeRatesService {
    return (this.#exchangeRates ??= new ExchangeRatesService(this))
  }

  get paymentMethods(): PaymentMethodsService {
    return (this.#paymentMethods ??= new PaymentMethodsService(this))
  }

  get payments(): InvoicePaymentsService {
    return (this.#payments ??= new InvoicePaymentsService(this))
  }

  get notices(): NoticesService {
    return (this.#notices ??= new NoticesService(this))
  }

  get plans(): PlansService {
    return (this.#plans ??= new PlansService(this))
  }

  get dunning(): DunningService {
    return (this.#dunning ??= new DunningService(this))
  }

  get lateFees(): LateFeesService {
    return (this.#lateFees ??= new LateFeesService(this))
  }

  get invoices(): InvoicesService {
    return (this.#invoices ??= new InvoicesService(this))
  }

  get journal(): JournalService {
    return (this.#journal ??= new JournalService(this))
  }

  get quotas(): QuotasService {
    return (this.#quotas ??= new QuotasService(this))
  }

  get taxes(): TaxesService {
    return (this.#taxes ??= new TaxesService(this))
  }

  get reports(): ReportsService {
    return (this.#reports ??= new ReportsService(this))
  }

  get revenue(): RevenueService {
    return (this.#revenue ??= new RevenueService(this))
  }

  get runs(): RunsService {
    return (this.#runs ??= new RunsService(this))
  }

  get subscriptions(): BilledSubscriptionsService {
    return (this.#subscriptions ??= new BilledSubscriptionsService(this))
  }

  get tenant(): TenantService {
    return (this.#tenant ??= new TenantService(this))
  }

  get usage(): UsageService {
    return (this.#usage ??= new UsageService(this))
  }

  get webhooks(): WebhooksService {
    return (this.#webhooks ??= new WebhooksService(this))
  }

  /** How far webhooks of tenants reach. */
  get webhookReach(): WebhookReach {
    return this.#core.billingOptions.webhookReach ?? 'public'
  }

  /**
   * Runs work in a transaction that sees this tenant's rows and no others. In an open transaction
   * the work joins it, and what was seen there before is seen again afterwards.
   *
   * Two tenants in one transaction take turns: started at once they may see nothing, and never each
   * other's rows.
   */
  transaction<T>(work: (tx: TenantBilling) => Promise<T>): Promise<T> {
    if (this.#repos) return work(this)
    return this.#core.transaction(async (core) => {
      const former = await core.repos.billingTenants.enter(this.tenantId)
      const repos = new TenantRepositories(core.repos.db, this.tenantId)
      const tx = new TenantBilling(core, this.tenantId, this.caller, repos)
      // A transaction of its own forgets the tenant by itself.
      if (core !== this.#core) return work(tx)
      return leaveAfter(
        () => work(tx),
        () => core.repos.billingTenants.enter(former),
      )
    })
  }

  /** Writes down who changed what, in the open transaction. */
  async record(change: Change): Promise<void> {
    const { actor, requestId } = this.caller
    await this.#core.repos.audit.insert({
      stream: `tenant:${this.tenantId}`,
      actor,
      action: change.action,
      subject: change.subject,
      facts: { ...changedFacts(change), ...(requestId ? { requestId } : {}) },
      createdAt: this.clock.now(),
    })
  }

  /** Tells others what became true, once the open transaction is committed. */
  async tell(events: readonly BillingEvent[]): Promise<void> {
    const isOwn = events.every(({ payload }) => payload.tenantId === this.tenantId)
    assert(isOwn, 'A tenant tells what became true of itself')
    await this.#core.repos.outbox.addAll(events)
    await enqueueDeliveries(this, events)
    for (const { name, payload } of events) this.debug('billing.events', payload, name)
  }

  /** Writes a detail for whoever looks for a fault, where the app asked for its namespace. */
  debug(namespace: string, facts: object, message: string): void {
    this.#core.billingOptions.debug?.(namespace, facts, message)
  }
}

async function leaveAfter<T>(work: () => Promise<T>, leave: () => Promise<unknown>): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    // A statement that failed has ended the transaction, or the caller goes back to a savepoint,
    // which brings back what was set before it.
    await leave().catch(() => undefined)
    throw error
  }
  await leave()
  return result
}
