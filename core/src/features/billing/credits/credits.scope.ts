import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { InvoicesService } from '../invoices/invoices.service.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { CreditsRepository } from './credits.repository.ts'

/** All that the credit service may touch. */
export interface CreditsScope extends TenantScope<CreditsScope> {
  readonly invoices: Pick<InvoicesService, 'receive'>
  readonly journal: Pick<
    JournalService,
    'bookCreditApplied' | 'bookCreditGranted' | 'bookCreditPaidOut'
  >
  readonly repos: {
    readonly credits: CreditsRepository
    readonly customers: CustomersRepository
    readonly invoices: Pick<InvoicesRepository, 'getByIdWithLock'>
  }
}
