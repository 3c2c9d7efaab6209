import { z } from 'zod'
import { type DueWork, defineJob } from '../../platform/jobs/index.ts'

/** Brings a provider's own renewals in line after a cancellation, a resumption or a refund. */
export const switchRenewal = defineJob({
  name: 'subscriptions.switch_renewal',
  schema: z.object({ subscriptionId: z.uuid() }),
  runOutside: (
    services: { readonly subscriptions: { switchRenewal(id: string): Promise<void> } },
    { subscriptionId },
  ) => services.subscriptions.switchRenewal(subscriptionId),
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
