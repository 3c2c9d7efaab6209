import { addDays, localDay } from '../../../kernel/index.ts'
import { dueOn } from '../periods/days.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { Invoice } from './invoice.ts'
import type { DueDays, InvoicesRepository } from './invoices.repository.ts'

/** When drafts fall due that are finalized on a day. */
export function dueDays(drafts: readonly Invoice[], issuedOn: string): DueDays[] {
  return drafts.map(({ id, paymentTermsDays, graceDays, timeZone }) => {
    const due = dueOn(issuedOn, paymentTermsDays)
    return { id, dueOn: due, overdueAt: localMidnight(addDays(due, graceDays + 1), timeZone) }
  })
}

/**
 * Numbers and finalizes the drafts among some invoices, and says which they were. It is the last
 * thing that a transaction does: until its end nobody else gets a number of the series.
 */
export function issueDrafts(
  invoices: InvoicesRepository,
  drafts: readonly Invoice[],
  { tenant, now }: { readonly tenant: Tenant; readonly now: Date },
): Promise<string[]> {
  const issuedOn = localDay(now, tenant.timeZone)
  const issue = { series: tenant.invoiceSeries, issuedOn, at: now }
  return invoices.finalize(dueDays(drafts, issuedOn), issue)
}
