import type { Executor } from '../../platform/database/index.ts'
import { ApiKeysRepository } from './api-keys/api-keys.repository.ts'
import { CouponRedemptionsRepository, CouponsRepository } from './coupons/coupons.repository.ts'
import { CreditNotesRepository } from './credit-notes/credit-notes.repository.ts'
import { CreditsRepository } from './credits/credits.repository.ts'
import { CustomersRepository } from './customers/customers.repository.ts'
import { DunningsRepository } from './dunning/dunnings.repository.ts'
import { ExchangeRatesRepository } from './exchange-rates/exchange-rates.repository.ts'
import { InvoicesRepository } from './invoices/invoices.repository.ts'
import { JournalRepository } from './journal/journal.repository.ts'
import { RecognitionsRepository } from './journal/recognitions.repository.ts'
import { LateFeesRepository } from './late-fees/late-fees.repository.ts'
import { PaymentMethodsRepository } from './payment-methods/payment-methods.repository.ts'
import {
  InvoicePaymentsRepository,
  InvoiceReturnsRepository,
} from './payments/invoice-payments.repository.ts'
import { PlansRepository, PlanVersionsRepository } from './plans/plans.repository.ts'
import { ReportsRepository } from './reports/reports.repository.ts'
import { BooksRepository } from './revenue/books.repository.ts'
import { ClosedMonthsRepository } from './revenue/closed-months.repository.ts'
import { RunsRepository } from './runs/runs.repository.ts'
import {
  BilledSubscriptionsRepository,
  RevisionsRepository,
} from './subscriptions/subscriptions.repository.ts'
import { TaxRatesRepository } from './taxes/tax-rates.repository.ts'
import { TenantRowRepository } from './tenants/tenants.repository.ts'
import { MetersRepository } from './usage/meters.repository.ts'
import { QuotasRepository, ReservationsRepository } from './usage/quotas.repository.ts'
import { UsageEventsRepository } from './usage/usage-events.repository.ts'
import { UsageReadingsRepository } from './usage/usage-readings.repository.ts'
import { WebhookDeliveriesRepository } from './webhooks/webhook-deliveries.repository.ts'
import { WebhookEndpointsRepository } from './webhooks/webhook-endpoints.repository.ts'

/** All repositories of one tenant on one transaction. Each is built when it is first touched. */
export class TenantRepositories {
  #apiKeys?: ApiKeysRepository
  #couponRedemptions?: CouponRedemptionsRepository
  #books?: BooksRepository
  #closedMonths?: ClosedMonthsRepository
  #coupons?: CouponsRepository
  #credits?: CreditsRepository
  #creditNotes?: CreditNotesRepository
  #customers?: CustomersRepository
  #exchangeRates?: ExchangeRatesRepository
  #meters?: MetersRepository
  #paymentMethods?: PaymentMethodsRepository
  #plans?: PlansRepository
  #planVersions?: PlanVersionsRepository
  #invoicePayments?: InvoicePaymentsRepository
  #invoiceReturns?: InvoiceReturnsRepository
  #dunnings?: DunningsRepository
  #lateFees?: LateFeesRepository
  #invoices?: InvoicesRepository
  #journal?: JournalRepository
  #recognitions?: RecognitionsRepository
  #quotas?: QuotasRepository
  #reservations?: ReservationsRepository
  #taxRates?: TaxRatesRepository
  #reports?: ReportsRepository
  #revisions?: RevisionsRepository
  #runs?: RunsRepository
  #subscriptions?: BilledSubscriptionsRepository
  #tenant?: TenantRowRepository
  #usageEvents?: UsageEventsRepository
  #usageReadings?: UsageReadingsRepository
  #webhookDeliveries?: WebhookDeliveriesRepository
  #webhookEndpoints?: WebhookEndpointsRepository
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  get apiKeys(): ApiKeysRepository {
    return (this.#apiKeys ??= new ApiKeysRepository(this.#db, this.#tenantId))
  }

  get couponRedemptions(): CouponRedemptionsRepository {
    return (this.#couponRedemptions ??= new CouponRedemptionsRepository(this.#db, this.#tenantId))
  }

  get books(): BooksRepository {
    return (this.#books ??= new BooksRepository(this.#db, this.#tenantId))
  }

  get closedMonths(): ClosedMonthsRepository {
    return (this.#closedMonths ??= new ClosedMonthsRepository(this.#db, this.#tenantId))
  }

  get coupons(): CouponsRepository {
    return (this.#coupons ??= new CouponsRepository(this.#db, this.#tenantId))
  }

  get credits(): CreditsRepository {
    return (this.#credits ??= new CreditsRepository(this.#db, this.#tenantId))
  }

  get creditNotes(): CreditNotesRepository {
    return (this.#creditNotes ??= new CreditNotesRepository(this.#db, this.#tenantId))
  }

  get customers(): CustomersRepository {
    return (this.#customers ??= new CustomersRepository(this.#db, this.#tenantId))
  }

  get meters(): MetersRepository {
    return (this.#meters ??= new MetersRepository(this.#db, this.#tenantId))
  }

  get exchangeRates(): ExchangeRatesRepository {
    return (this.#exchangeRates ??= new ExchangeRatesRepository(this.#db, this.#tenantId))
  }

  get paymentMethods(): PaymentMethodsRepository {
    return (this.#paymentMethods ??= new PaymentMethodsRepository(this.#db, this.#tenantId))
  }

  get plans(): PlansRepository {
    return (this.#plans ??= new PlansRepository(this.#db, this.#tenantId))
  }

  get planVersions(): PlanVersionsRepository {
    return (this.#planVersions ??= new PlanVersionsRepository(this.#db, this.#tenantId))
  }

  get invoicePayments(): InvoicePaymentsRepository {
    return (this.#invoicePayments ??= new InvoicePaymentsRepository(this.#db, this.#tenantId))
  }

  get invoiceReturns(): InvoiceReturnsRepository {
    return (this.#invoiceReturns ??= new InvoiceReturnsRepository(this.#db, this.#tenantId))
  }

  get dunnings(): DunningsRepository {
    return (this.#dunnings ??= new DunningsRepository(this.#db, this.#tenantId))
  }

  get lateFees(): LateFeesRepository {
    return (this.#lateFees ??= new LateFeesRepository(this.#db, this.#tenantId))
  }

  get invoices(): InvoicesRepository {
    return (this.#invoices ??= new InvoicesRepository(this.#db, this.#tenantId))
  }

  get journal(): JournalRepository {
    return (this.#journal ??= new JournalRepository(this.#db, this.#tenantId))
  }

  get recognitions(): RecognitionsRepository {
    return (this.#recognitions ??= new RecognitionsRepository(this.#db, this.#tenantId))
  }

  get quotas(): QuotasRepository {
    return (this.#quotas ??= new QuotasRepository(this.#db, this.#tenantId))
  }

  get reservations(): ReservationsRepository {
    return (this.#reservations ??= new ReservationsRepository(this.#db, this.#tenantId))
  }

  get taxRates(): TaxRatesRepository {
    return (this.#taxRates ??= new TaxRatesRepository(this.#db, this.#tenantId))
  }

  get reports(): ReportsRepository {
    return (this.#reports ??= new ReportsRepository(this.#db, this.#tenantId))
  }

  get revisions(): RevisionsRepository {
    return (this.#revisions ??= new RevisionsRepository(this.#db, this.#tenantId))
  }

  get runs(): RunsRepository {
    return (this.#runs ??= new RunsRepository(this.#db, this.#tenantId))
  }

  get subscriptions(): BilledSubscriptionsRepository {
    return (this.#subscriptions ??= new BilledSubscriptionsRepository(this.#db, this.#tenantId))
  }

  get tenant(): TenantRowRepository {
    return (this.#tenant ??= new TenantRowRepository(this.#db, this.#tenantId))
  }

  get usageEvents(): UsageEventsRepository {
    return (this.#usageEvents ??= new UsageEventsRepository(this.#db, this.#tenantId))
  }

  get usageReadings(): UsageReadingsRepository {
    return (this.#usageReadings ??= new UsageReadingsRepository(this.#db, this.#tenantId))
  }

  get webhookDeliveries(): WebhookDeliveriesRepository {
    return (this.#webhookDeliveries ??= new WebhookDeliveriesRepository(this.#db, this.#tenantId))
  }

  get webhookEndpoints(): WebhookEndpointsRepository {
    return (this.#webhookEndpoints ??= new WebhookEndpointsRepository(this.#db, this.#tenantId))
  }
}
