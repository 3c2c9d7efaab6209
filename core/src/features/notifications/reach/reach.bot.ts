import { Composer, type Context } from 'grammy'
import type { ReachService } from './reach.service.ts'

/** All that the composer of reach may touch. */
export interface ReachBotScope {
  readonly reach: Pick<ReachService, 'heardBlocked' | 'heardFrom'>
}

/**
 * Notes who blocks the bot and who writes to it again; put it before all other composers, to which
 * everything goes on.
 */
export function reachComposer(services: ReachBotScope): Composer<Context> {
  const composer = new Composer<Context>()
  composer.on('my_chat_member', async ({ myChatMember }, next) => {
    const { chat, from, new_chat_member: now } = myChatMember
    if (chat.type !== 'private') return next()
    const telegramId = BigInt(from.id)
    if (now.status === 'kicked') await services.reach.heardBlocked(telegramId, 'blocked the bot')
    else await services.reach.heardFrom(telegramId)
    await next()
  })
  composer.chatType('private').on('message', async ({ from }, next) => {
    await services.reach.heardFrom(BigInt(from.id))
    await next()
  })
  return composer
}
