import { addDays, localDay } from '../../../kernel/index.ts'
import { type PayByCreditScope, payByCredit } from '../credits/pay-by-credit.ts'
import type { JournalService } from '../journal/journal.service.ts'
import { dueOn } from '../periods/days.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { Invoice } from './invoice.ts'
import type { DueDays, InvoicesRepository } from './invoices.repository.ts'
import { finalizedEvents } from './tell-invoices.ts'

/** All that finalizing invoices may touch. */
export interface IssueScope extends PayByCreditScope, Pick<TenantScope<unknown>, 'tell'> {
  readonly journal: PayByCreditScope['journal'] & Pick<JournalService, 'bookFinalized'>
  readonly repos: PayByCreditScope['repos'] & {
    readonly invoices: Pick<InvoicesRepository, 'finalize' | 'getByIds'>
    readonly tenant: Pick<TenantRowRepository, 'get'>
  }
}

/** When drafts fall due that are finalized on a day. */
function dueDays(drafts: readonly Invoice[], issuedOn: string): DueDays[] {
  return drafts.map(({ id, paymentTermsDays, graceDays, timeZone }) => {
    const due = dueOn(issuedOn, paymentTermsDays)
    return { id, dueOn: due, overdueAt: localMidnight(addDays(due, graceDays + 1), timeZone) }
  })
}

/**
 * Books locked drafts that are finalized, tells of them, and gives them: their customers' credit pays
 * them as far as it goes, then they are numbered. It is the last thing that a transaction does: until
 * its end nobody else gets a number of the series.
 */
export async function issueDrafts(tx: IssueScope, drafts: readonly Invoice[]): Promise<Invoice[]> {
  const tenant = await tx.repos.tenant.get()
  const now = tx.clock.now()
  const issuedOn = localDay(now, tenant.timeZone)
  const issue = { series: tenant.invoiceSeries, issuedOn, at: now }
  await tx.journal.bookFinalized(drafts.map(({ id }) => id))
  await payByCredit(tx, drafts)
  const ids = await tx.repos.invoices.finalize(dueDays(drafts, issuedOn), issue)
  const issued = await tx.repos.invoices.getByIds(ids)
  await tx.tell(issued.flatMap((invoice) => finalizedEvents(invoice, now)))
  return issued
}
