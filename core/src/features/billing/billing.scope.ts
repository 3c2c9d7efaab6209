import type { Clock } from '../../kernel/index.ts'
import type { Executor, Transactional } from '../../platform/database/index.ts'
import type { DebugLog } from '../../platform/log/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { WebhookReach } from '../../platform/webhooks/index.ts'
import type { AuditRepository, AuditService } from '../audit/index.ts'
import type { GatewayRegistry, PaymentsService, RefundsService } from '../payments/index.ts'
import type { UsersService } from '../users/index.ts'
import type { DocumentPrinter } from './documents/document-printer.ts'
import type { ShownInvoice } from './invoices/invoice-token.ts'
import type { CustomerNotifier } from './notices/notice.ts'
import type { InvoiceReceipts } from './payments/receipt-terms.ts'
import type { PricingPlugIns } from './pricing/pricing-plug-in.ts'
import type { TaxCalculations } from './taxes/tax-calculation.ts'
import type { TenantsRepository } from './tenants/tenants.repository.ts'

/** What an app says about billing. */
export interface BillingOptions {
  /** Whose `services.billing.default` is, for an app of one tenant. [nobody's] */
  readonly defaultTenantId?: string | undefined
  /** Name of what says which taxes invoices bear. [table] */
  readonly taxCalculation?: string | undefined
  /** Ways to calculate taxes. [none and table] */
  readonly taxCalculations?: TaxCalculations | undefined
  /** Ways to price of the app's own, which charges name. [none] */
  readonly pricingPlugIns?: PricingPlugIns | undefined
  /** Tells customers about their invoices. [nobody does] */
  readonly notifications?: CustomerNotifier | undefined
  /** Where an invoice is shown to whoever gets the link, and paid. [nowhere] */
  readonly payUrl?: ((invoice: ShownInvoice) => string) | undefined
  /** Prints PDFs. [none is printed] */
  readonly printer?: DocumentPrinter | undefined
  /** Writes details of `billing.events`, `billing.webhooks` and `billing.notices`. [nobody] */
  readonly debug?: DebugLog | undefined
  /** How far webhooks of tenants reach: `anywhere` only for development. [public] */
  readonly webhookReach?: WebhookReach | undefined
  /**
   * What receipts of invoices say (54-FZ), for gateways that issue some. [none: such a gateway takes
   * no payments of invoices]
   */
  readonly receipts?: InvoiceReceipts | undefined
}

/** All of core that billing may touch. */
export interface BillingScope extends Transactional<BillingScope> {
  readonly clock: Clock
  readonly billingOptions: BillingOptions
  readonly audit: Pick<AuditService, 'list' | 'verify'>
  readonly gateways: GatewayRegistry
  readonly payments: Pick<PaymentsService, 'startQuoted'>
  readonly refunds: Pick<RefundsService, 'request'>
  readonly users: Pick<UsersService, 'createWithoutLogin'>
  readonly repos: {
    readonly db: Executor
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly billingTenants: TenantsRepository
    readonly outbox: Pick<OutboxRepository, 'addAll'>
  }
}
