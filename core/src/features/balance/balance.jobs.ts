import type { DueWork } from '../../platform/jobs/index.ts'
import type { BalanceService } from './balance.service.ts'
import type { VerificationService } from './verification/verification.service.ts'

/** Proves the ledger every day. */
export const verifyLedger: DueWork<{
  readonly verification: Pick<VerificationService, 'verifyDue'>
}> = {
  name: 'balance.verify_ledger',
  everyMs: 600_000,
  // A safety net: nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  runDue: async ({ verification }) => ((await verification.verifyDue()) ? 1 : 0),
}

/** Takes snapshots of system accounts every day, so that their sums stay short. */
export const takeBalanceSnapshots: DueWork<{
  readonly balance: Pick<BalanceService, 'takeSnapshots'>
}> = {
  name: 'balance.take_snapshots',
  everyMs: 600_000,
  // Nobody waits for it either: a sum without a recent snapshot is slower, not wrong.
  nextDueAt: async () => null,
  runDue: ({ balance }) => balance.takeSnapshots(),
}
