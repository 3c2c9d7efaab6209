import { z } from 'zod'
import { type DueWork, defineJob } from '../../platform/jobs/index.ts'

/** Brings a provider's own renewals in line after a cancellation, a resumption or a refund. */
export const switchRenewal = defineJob({
  name: 'subscriptions.switch_renewal',
  schema: z.object({ subscriptionId: z.uuid() }),
  // Waits grow to an hour: a week, as a cancellation that never arrives goes on costing money.
  attemptsMax: 180,
  runOutside: (
    services: { readonly subscriptions: { switchRenewal(id: string): Promise<void> } },
    { subscriptionId },
  ) => services.subscriptions.switchRenewal(subscriptionId),
})

/** Gives back a charge that bought nothing, and ends what the provider began for it. */
export const returnDuplicate = defineJob({
  name: 'subscriptions.return_duplicate',
  schema: z.object({ paymentId: z.uuid() }),
  attemptsMax: 180,
  runOutside: (
    services: { readonly subscriptions: { returnDuplicate(paymentId: string): Promise<void> } },
    { paymentId },
  ) => services.subscriptions.returnDuplicate(paymentId),
})

interface DueScope {
  readonly subscriptions: { renewDue(): Promise<number>; expireDue(): Promise<number> }
  readonly repos: {
    readonly subscriptions: {
      findNextDueAt(column: 'nextChargeAt' | 'expiresAt'): Promise<Date | undefined>
    }
  }
}

/** Charges saved methods when a period is over. */
export const renewDueSubscriptions: DueWork<DueScope> = {
  name: 'subscriptions.renew_due',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.subscriptions.findNextDueAt('nextChargeAt')) ?? null,
  runDue: ({ subscriptions }) => subscriptions.renewDue(),
}

/** Ends access when its time is over. */
export const expireDueSubscriptions: DueWork<DueScope> = {
  name: 'subscriptions.expire_due',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.subscriptions.findNextDueAt('expiresAt')) ?? null,
  runDue: ({ subscriptions }) => subscriptions.expireDue(),
}
