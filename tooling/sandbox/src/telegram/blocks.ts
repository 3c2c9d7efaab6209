import type { ChatMember } from '@grammyjs/types'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import type { Bot, Bots } from './bots.ts'
import { TelegramError } from './telegram-error.ts'
import { type Customer, toUser } from './users.ts'

const UPDATE_LIFE_SECONDS = 86_400

/** Which customers have blocked which bots. */
export class Blocks {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #blocks

  constructor(context: SandboxContext, bots: Bots) {
    this.#context = context
    this.#bots = bots
    this.#blocks = context.store.collection<{ readonly date: number }>('blocks')
  }

  /** Blocks the bot, or lets it write again, and tells the bot; nothing when it is so already. */
  set(bot: Bot, customer: Customer, isBlocked: boolean): void {
    if (this.#has(bot, customer.id) === isBlocked) return
    const key = `${bot.id}:${customer.id}`
    const date = this.#context.clock.seconds()
    if (isBlocked) this.#blocks.put(key, { date })
    else this.#blocks.remove(key)
    const user = this.#bots.me(bot)
    const kicked: ChatMember = { user, status: 'kicked', until_date: 0 }
    const member: ChatMember = { user, status: 'member' }
    const { id, first_name } = toUser(customer)
    this.#bots.notify(
      bot,
      'my_chat_member',
      {
        chat: { id, type: 'private', first_name },
        from: toUser(customer),
        date,
        old_chat_member: isBlocked ? member : kicked,
        new_chat_member: isBlocked ? kicked : member,
      },
      { chatId: id, lifeSeconds: UPDATE_LIFE_SECONDS },
    )
  }

  /** Refuses a call of a bot that writes to somebody who has blocked it. */
  refuseCall(bot: Bot, userId: number): void {
    if (this.#has(bot, userId)) {
      throw new TelegramError(403, 'Forbidden: bot was blocked by the user')
    }
  }

  /** Refuses a message to a bot that its writer has blocked: apps ask to unblock it first. */
  refuseMessage(bot: Bot, userId: number): void {
    if (this.#has(bot, userId)) {
      throw new ControlError(409, `User ${userId} has blocked the bot: unblock it first`)
    }
  }

  #has(bot: Bot, userId: number): boolean {
    return this.#blocks.get(`${bot.id}:${userId}`) !== undefined
  }
}
