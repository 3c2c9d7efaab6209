import type { Invoice } from '../invoices/invoice.ts'
import type { DeclineClass } from '../payments/invoice-payment.ts'
import { nextDunningStep } from './dunning.ts'
import type { DunningsRepository } from './dunnings.repository.ts'

/** Begins to go after invoices that fell overdue or were declined. */
export async function goAfter(
  dunnings: Pick<DunningsRepository, 'getPolicy' | 'open'>,
  invoices: readonly Pick<Invoice, 'id'>[],
  { declineClass, now }: { readonly declineClass: DeclineClass | null; readonly now: Date },
): Promise<void> {
  const policy = await dunnings.getPolicy()
  const course = { openedAt: now, declineClass, step: 0 }
  const { at: dueAt } = nextDunningStep(policy, course)
  const opened = { ...course, state: 'open' as const, dueAt, ended: null, updatedAt: now }
  await dunnings.open(invoices.map(({ id: invoiceId }) => ({ ...opened, invoiceId })))
}
