import type { BillingScope } from '../billing.scope.ts'
import type { CreditsRepository } from '../credits/credits.repository.ts'
import type { CreditsService } from '../credits/credits.service.ts'
import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { CustomersService } from '../customers/customers.service.ts'
import type { DunningsRepository } from '../dunning/dunnings.repository.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { InvoicesService } from '../invoices/invoices.service.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { PaymentMethodsRepository } from '../payment-methods/payment-methods.repository.ts'
import type { PaymentMethodsService } from '../payment-methods/payment-methods.service.ts'
import type { BilledSubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type {
  InvoicePaymentsRepository,
  InvoiceReturnsRepository,
} from './invoice-payments.repository.ts'

/** All that payments of invoices may touch. */
export interface InvoicePaymentsScope extends TenantScope<InvoicePaymentsScope> {
  readonly core: Pick<
    BillingScope,
    'billingOptions' | 'gateways' | 'payments' | 'refunds' | 'users'
  >
  readonly credit: Pick<CreditsService, 'add' | 'takeOut'>
  readonly customers: Pick<CustomersService, 'update'>
  readonly invoices: Pick<InvoicesService, 'receive' | 'takeBack'>
  readonly journal: Pick<JournalService, 'bookReceived' | 'bookTakenBack'>
  readonly paymentMethods: Pick<PaymentMethodsService, 'add'>
  readonly repos: {
    readonly credits: Pick<CreditsRepository, 'lockBalances' | 'lockSpendable'>
    readonly customers: CustomersRepository
    readonly dunnings: DunningsRepository
    readonly invoicePayments: InvoicePaymentsRepository
    readonly invoiceReturns: InvoiceReturnsRepository
    readonly invoices: InvoicesRepository
    readonly paymentMethods: PaymentMethodsRepository
    readonly subscriptions: Pick<BilledSubscriptionsRepository, 'fallBehind'>
    readonly tenant: TenantRowRepository
  }
}
