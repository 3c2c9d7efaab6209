import type { DueWork } from '../../platform/jobs/index.ts'
import type { PaymentsCheckService } from './payments-check.service.ts'

/** Looks after payments and refunds that are open. */
export const checkDuePayments: DueWork<{
  readonly paymentsCheck: Pick<PaymentsCheckService, 'checkDue' | 'findNextCheckAt'>
}> = {
  name: 'payments.check_due',
  everyMs: 15_000,
  nextDueAt: async ({ paymentsCheck }) => (await paymentsCheck.findNextCheckAt()) ?? null,
  runDue: ({ paymentsCheck }) => paymentsCheck.checkDue(),
}
