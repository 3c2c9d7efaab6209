import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { InvoicesService } from '../invoices/invoices.service.ts'
import type { InvoicePaymentsService } from '../payments/invoice-payments.service.ts'
import type { BilledSubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts'
import type { BilledSubscriptionsService } from '../subscriptions/subscriptions.service.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { DunningsRepository } from './dunnings.repository.ts'

/** All that the dunning service may touch. */
export interface DunningScope extends TenantScope<DunningScope> {
  readonly invoices: Pick<InvoicesService, 'writeOff'>
  readonly payments: Pick<InvoicePaymentsService, 'charge' | 'list'>
  readonly subscriptions: Pick<BilledSubscriptionsService, 'cancel' | 'pause' | 'resume'>
  readonly repos: {
    readonly customers: Pick<CustomersRepository, 'getById'>
    readonly dunnings: DunningsRepository
    readonly invoices: Pick<InvoicesRepository, 'getById' | 'getByIdWithLock'>
    readonly subscriptions: Pick<BilledSubscriptionsRepository, 'getById'>
  }
}
