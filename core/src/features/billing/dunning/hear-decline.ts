import { remainingOf } from '../invoices/invoice.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { DeclineClass } from '../payments/invoice-payment.ts'
import type { BilledSubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts'
import { subscriptionEvent } from '../subscriptions/tell-subscriptions.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { TakenDunningStep } from './dunning.ts'
import type { DunningsRepository } from './dunnings.repository.ts'
import { goAfter } from './go-after.ts'

/** All that hearing of a decline touches. */
export interface DeclineScope extends Pick<TenantScope<unknown>, 'clock' | 'record' | 'tell'> {
  readonly repos: {
    readonly dunnings: DunningsRepository
    readonly invoices: Pick<InvoicesRepository, 'getByIdWithLock'>
    readonly subscriptions: Pick<BilledSubscriptionsRepository, 'fallBehind'>
  }
}

/**
 * Hears that a charge of an invoice was declined. Its subscription is past due from the first time
 * on; after a final decline the customer is asked for another method at once.
 *
 * @throws {@link NotFound}
 */
export async function hearDecline(
  tx: DeclineScope,
  invoiceId: string,
  declineClass: DeclineClass,
): Promise<void> {
  const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
  if (remainingOf(invoice) === 0n) return
  const now = tx.clock.now()
  await goAfter(tx.repos.dunnings, [invoice], { declineClass, now })
  const before = await tx.repos.dunnings.findWithLock(invoiceId)
  if (before?.state !== 'open') return
  await tx.repos.dunnings.update(invoiceId, { declineClass, updatedAt: now })
  const steps = await tx.repos.dunnings.listSteps(invoiceId)
  const isAsked = steps.some(({ kind }) => kind === 'ask_method')
  if (declineClass === 'final' && !isAsked) await takeStep(tx, invoiceId, 'ask_method')
  const behind = await tx.repos.subscriptions.fallBehind([invoiceId], now)
  await tx.tell(behind.map((each) => subscriptionEvent('pastDue', each, now)))
}

/** Writes down a step that is taken about an invoice. */
export async function takeStep(
  tx: Pick<DeclineScope, 'clock' | 'record'> & {
    readonly repos: { readonly dunnings: Pick<DunningsRepository, 'insertStep'> }
  },
  invoiceId: string,
  kind: TakenDunningStep['kind'],
): Promise<void> {
  await tx.repos.dunnings.insertStep(invoiceId, kind, tx.clock.now())
  await tx.record({ action: 'dunning.step', subject: `invoice:${invoiceId}`, after: { kind } })
}
