import type { DueWork } from '../../../platform/jobs/index.ts'
import type { ReconciliationService } from './reconciliation.service.ts'

/** Compares the books of providers with ours every hour. */
export const reconcilePayments: DueWork<{
  readonly reconciliation: Pick<ReconciliationService, 'reconcileDue'>
}> = {
  name: 'payments.reconcile',
  everyMs: 600_000,
  // A safety net: nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  async runDue({ reconciliation }) {
    await reconciliation.reconcileDue()
    return 0
  },
}
