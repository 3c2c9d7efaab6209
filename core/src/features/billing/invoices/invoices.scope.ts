import type { CreditInput } from '../credits/credit.ts'
import type { CreditsRepository } from '../credits/credits.repository.ts'
import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { DunningsRepository } from '../dunning/dunnings.repository.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { LateFeesRepository } from '../late-fees/late-fees.repository.ts'
import type { BilledSubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts'
import type { TaxesService } from '../taxes/taxes.service.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { InvoicesRepository } from './invoices.repository.ts'

/** All that the invoices service may touch. */
export interface InvoicesScope extends TenantScope<InvoicesScope> {
  readonly credit: { add(input: CreditInput): Promise<{ readonly id: string }> }
  readonly journal: Pick<
    JournalService,
    'bookCreditApplied' | 'bookCreditUnused' | 'bookFinalized' | 'bookVoid' | 'bookWrittenOff'
  >
  readonly taxes: Pick<TaxesService, 'provider'>
  readonly repos: {
    readonly credits: Pick<CreditsRepository, 'insertMany' | 'lockSpendable'>
    readonly customers: CustomersRepository
    readonly dunnings: Pick<DunningsRepository, 'getPolicy' | 'open' | 'recover'>
    readonly lateFees: Pick<
      LateFeesRepository,
      'follow' | 'followFrom' | 'getPolicy' | 'listFeeInvoices'
    >
    readonly invoices: InvoicesRepository
    readonly subscriptions: Pick<BilledSubscriptionsRepository, 'fallBehind' | 'catchUp'>
    readonly tenant: TenantRowRepository
  }
}
