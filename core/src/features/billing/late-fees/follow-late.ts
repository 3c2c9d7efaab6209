import { addDays, assert, localDay } from '../../../kernel/index.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { feePeriod } from './late-fee.ts'
import type { LateFeesRepository } from './late-fees.repository.ts'

/** Follows invoices that fell overdue; those that ask for late fees cost none themselves. */
export async function followLate(
  lateFees: Pick<LateFeesRepository, 'follow' | 'getPolicy' | 'listFeeInvoices'>,
  invoices: readonly Invoice[],
  now: Date,
): Promise<void> {
  const policy = await lateFees.getPolicy()
  const fees = new Set(await lateFees.listFeeInvoices(invoices.map(({ id }) => id)))
  const late = invoices.filter(({ id }) => !fees.has(id))
  await lateFees.follow(
    late.map(({ id: invoiceId, dueOn, timeZone }) => {
      assert(dueOn, 'What is overdue has a due day')
      const fromOn = addDays(dueOn, 1)
      const { dueAt } = feePeriod(policy, { fromOn, dueOn, timeZone })
      return { invoiceId, fromOn, periods: 0, dueAt, updatedAt: now }
    }),
  )
}

/** Counts what being late costs from today on, of a paid invoice that asks for money again. */
export async function followAnew(
  lateFees: Pick<LateFeesRepository, 'followFrom'>,
  { id: invoiceId, dueOn, timeZone }: Invoice,
  now: Date,
): Promise<void> {
  assert(dueOn, 'What was paid has a due day')
  const [fromOn = dueOn] = [addDays(dueOn, 1), localDay(now, timeZone)].sort().toReversed()
  await lateFees.followFrom({ invoiceId, fromOn, periods: 0, dueAt: null, updatedAt: now })
}
