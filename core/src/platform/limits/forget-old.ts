import type { DueWork } from '../jobs/index.ts'
import type { Limiter } from './limiter.ts'

/** Scheduled work that drops entries which limit nobody any more. */
export const forgetOldLimits: DueWork<{ readonly limiter: Pick<Limiter, 'forgetOld'> }> = {
  name: 'limits.forget_old',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  runDue: ({ limiter }) => limiter.forgetOld(),
}
