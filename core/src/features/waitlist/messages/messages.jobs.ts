import { z } from 'zod'
import { defineJob } from '../../../platform/jobs/index.ts'
import { WAITLIST_MESSAGES, type WaitlistMessage } from './waitlist-templates.ts'

/** What is told to which entry. */
export interface ToldEntry {
  readonly entryId: string
  readonly template: WaitlistMessage
  /** What it is about, such as an invite: nobody hears of one occasion twice. */
  readonly occasion: string
}

/** Tells somebody on the waitlist something; what it says is read when it is sent. */
export const sendWaitlistMail = defineJob({
  name: 'waitlist.mail',
  schema: z.object({
    entryId: z.uuid(),
    template: z.enum(WAITLIST_MESSAGES),
    occasion: z.string().max(100),
  }),
  runOutside: (
    services: { readonly waitlistMessages: { send(told: ToldEntry): Promise<void> } },
    told,
  ) => services.waitlistMessages.send(told),
})
