import { newId } from '../../../kernel/index.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import { shareCredit } from './credit.ts'
import type { CreditsRepository } from './credits.repository.ts'

/** All that paying drafts by credit touches. */
export interface PayByCreditScope extends Pick<TenantScope<unknown>, 'clock' | 'record'> {
  readonly journal: Pick<JournalService, 'bookCreditApplied'>
  readonly repos: {
    readonly credits: Pick<CreditsRepository, 'insertMany' | 'lockSpendable'>
  }
}

/**
 * Sets the credit of customers aside for locked drafts that are about to be finalized: they are
 * finalized as paid so far. It goes before they are numbered, so that nobody waits for a number
 * meanwhile.
 */
export async function payByCredit(tx: PayByCreditScope, drafts: readonly Invoice[]): Promise<void> {
  const applied = shareCredit(await tx.repos.credits.lockSpendable(drafts), drafts)
  const createdAt = tx.clock.now()
  const made = applied.map((each) => ({ ...each, id: newId() }))
  await tx.repos.credits.insertMany(
    made.map(({ id, invoice, amount }) => ({
      ...{ id, customerId: invoice.customerId, currency: invoice.currency },
      ...{ reason: 'applied' as const, amount: -amount, invoiceId: invoice.id },
      ...{ note: null, source: null, createdAt },
    })),
  )
  for (const { id: applicationId, invoice, amount } of made) {
    await tx.journal.bookCreditApplied({ invoice, applicationId, amount })
    const { id: invoiceId, currency } = invoice
    await tx.record({
      ...{ action: 'credit.applied', subject: `customer:${invoice.customerId}` },
      after: { invoiceId, currency, amount },
    })
  }
}
