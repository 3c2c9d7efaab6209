import type { CreditsRepository } from '../credits/credits.repository.ts'
import type { CreditsService } from '../credits/credits.service.ts'
import type { DunningsRepository } from '../dunning/dunnings.repository.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { InvoicePaymentsRepository } from '../payments/invoice-payments.repository.ts'
import type { BilledSubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { CreditNotesRepository } from './credit-notes.repository.ts'

/** All that the credit notes service may touch. */
export interface CreditNotesScope extends TenantScope<CreditNotesScope> {
  readonly credit: Pick<CreditsService, 'add' | 'giveBack'>
  readonly journal: Pick<JournalService, 'bookCreditNote'>
  readonly repos: {
    readonly creditNotes: CreditNotesRepository
    readonly credits: Pick<CreditsRepository, 'sumOfInvoice'>
    readonly dunnings: Pick<DunningsRepository, 'recover'>
    readonly invoicePayments: Pick<InvoicePaymentsRepository, 'listOfInvoice' | 'update'>
    readonly invoices: Pick<InvoicesRepository, 'getById' | 'getByIdWithLock' | 'listLines'>
    readonly subscriptions: Pick<BilledSubscriptionsRepository, 'catchUp'>
    readonly tenant: TenantRowRepository
  }
}
