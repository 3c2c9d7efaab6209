import { addDays, localDay } from '../../../kernel/index.ts'
import type { JournalService } from '../journal/journal.service.ts'
import { dueOn } from '../periods/days.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { Invoice } from './invoice.ts'
import type { DueDays, InvoicesRepository } from './invoices.repository.ts'
import { finalizedEvents } from './tell-invoices.ts'

/** All that finalizing invoices may touch. */
export interface IssueScope extends Pick<TenantScope<unknown>, 'tell'> {
  readonly journal: Pick<JournalService, 'bookFinalized'>
  readonly repos: { readonly invoices: InvoicesRepository }
}

/** When drafts fall due that are finalized on a day. */
export function dueDays(drafts: readonly Invoice[], issuedOn: string): DueDays[] {
  return drafts.map(({ id, paymentTermsDays, graceDays, timeZone }) => {
    const due = dueOn(issuedOn, paymentTermsDays)
    return { id, dueOn: due, overdueAt: localMidnight(addDays(due, graceDays + 1), timeZone) }
  })
}

/**
 * Books, numbers and finalizes drafts that are locked, tells of it, and gives them. It is the last
 * thing that a transaction does: until its end nobody else gets a number of the series.
 */
export async function issueDrafts(
  tx: IssueScope,
  drafts: readonly Invoice[],
  { tenant, now }: { readonly tenant: Tenant; readonly now: Date },
): Promise<Invoice[]> {
  const issuedOn = localDay(now, tenant.timeZone)
  const issue = { series: tenant.invoiceSeries, issuedOn, at: now }
  await tx.journal.bookFinalized(drafts.map(({ id }) => id))
  const ids = await tx.repos.invoices.finalize(dueDays(drafts, issuedOn), issue)
  const issued = await tx.repos.invoices.getByIds(ids)
  await tx.tell(issued.flatMap((invoice) => finalizedEvents(invoice, now)))
  return issued
}
