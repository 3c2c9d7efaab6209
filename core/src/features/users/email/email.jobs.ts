import { z } from 'zod'
import { type DueWork, defineJob } from '../../../platform/jobs/index.ts'

/** Mails a code; carries the row's id only, from which the digits follow. */
export const sendEmailCode = defineJob({
  name: 'email.send_code',
  schema: z.object({ codeId: z.uuid() }),
  // About two minutes of tries: a code that comes later is of little use.
  attemptsMax: 7,
  backoffMs: 2_000,
  runOutside: (
    services: { readonly emailLogins: { sendCode(codeId: string): Promise<void> } },
    { codeId },
  ) => services.emailLogins.sendCode(codeId),
})

/** Forgets codes of the past: they hold addresses of people who may never have come. */
export const forgetEmailCodes: DueWork<{
  readonly emailLogins: { forgetCodes(): Promise<number> }
}> = {
  name: 'email.forget_codes',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  runDue: ({ emailLogins }) => emailLogins.forgetCodes(),
}
