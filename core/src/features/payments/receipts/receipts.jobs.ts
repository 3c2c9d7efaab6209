import type { DueWork } from '../../../platform/jobs/index.ts'
import type { ReceiptsService } from './receipts.service.ts'
import type { ReceiptsCheckService } from './receipts-check.service.ts'

/** Looks after receipts that are not registered yet. */
export const checkDueReceipts: DueWork<{
  readonly receiptsCheck: Pick<ReceiptsCheckService, 'checkDue' | 'findNextCheckAt'>
}> = {
  name: 'receipts.check_due',
  everyMs: 15_000,
  nextDueAt: async ({ receiptsCheck }) => (await receiptsCheck.findNextCheckAt()) ?? null,
  runDue: ({ receiptsCheck }) => receiptsCheck.checkDue(),
}

/** Forgets contacts of buyers that no receipt can need any more. */
export const forgetOldContacts: DueWork<{
  readonly receipts: Pick<ReceiptsService, 'forgetContacts'>
}> = {
  name: 'receipts.forget_contacts',
  everyMs: 6 * 3_600_000,
  // Nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  runDue: ({ receipts }) => receipts.forgetContacts(),
}
