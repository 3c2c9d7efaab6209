import type { CouponRedemptionsRepository } from '../coupons/coupons.repository.ts'
import type { CreditsRepository } from '../credits/credits.repository.ts'
import type { CreditsService } from '../credits/credits.service.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { BillsScope } from '../subscriptions/subscriptions.scope.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { RunsRepository } from './runs.repository.ts'

/** All that billing runs may touch. */
export interface RunsScope extends TenantScope<RunsScope>, BillsScope {
  readonly credit: Pick<CreditsService, 'add' | 'apply'>
  readonly journal: Pick<JournalService, 'bookCreditApplied' | 'bookCreditUnused' | 'bookFinalized'>
  readonly repos: BillsScope['repos'] & {
    readonly couponRedemptions: CouponRedemptionsRepository
    readonly credits: Pick<CreditsRepository, 'insertMany' | 'lockSpendable'>
    readonly invoices: InvoicesRepository
    readonly runs: RunsRepository
  }
}
