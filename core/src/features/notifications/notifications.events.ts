import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'

/** Somebody blocked the bot, or their account is gone: nothing reaches them. */
export const userBotBlocked = defineEvent('user.bot_blocked', {
  version: 1,
  schema: z.object({ userId: z.uuid(), reason: z.string() }),
})

/** Somebody who could not be reached wrote to the bot, or let it write again. */
export const userBotUnblocked = defineEvent('user.bot_unblocked', {
  version: 1,
  schema: z.object({ userId: z.uuid() }),
})
