import type { BotCommand } from '@grammyjs/types'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Bot } from './bots.ts'
import { integer } from './parameters.ts'
import { badRequest } from './telegram-error.ts'
import type { Customers } from './users.ts'

/** Whom a list of commands is for, and in which language. */
export const commandsForSchema = z.object({
  scope: z
    .union([
      z.object({
        type: z.enum([
          ...(['default', 'all_private_chats'] as const),
          ...(['all_group_chats', 'all_chat_administrators'] as const),
        ]),
      }),
      z.object({ type: z.literal('chat'), chat_id: integer }),
    ])
    .default({ type: 'default' }),
  language_code: z.string().default(''),
})

/** Whom a list of commands is for, and in which language. */
export type CommandsFor = z.output<typeof commandsForSchema>

/** The lists of commands that bots announce, one for each scope and language. */
export class Commands {
  readonly #customers: Customers
  readonly #lists

  constructor(context: SandboxContext, customers: Customers) {
    this.#customers = customers
    this.#lists = context.store.collection<readonly BotCommand[]>('commands')
  }

  /** Announces commands in place of those that were announced for the same people. */
  set(bot: Bot, whom: CommandsFor, commands: readonly BotCommand[]): void {
    this.#lists.put(this.#key(bot, whom), commands)
  }

  /** The list that was announced for exactly these people; the app chooses among several. */
  get(bot: Bot, whom: CommandsFor): readonly BotCommand[] {
    return this.#lists.get(this.#key(bot, whom)) ?? []
  }

  #key(bot: Bot, { scope, language_code }: CommandsFor): string {
    const chat = 'chat_id' in scope ? scope.chat_id : undefined
    if (chat !== undefined && !this.#customers.find(chat)) throw badRequest('chat not found')
    return [bot.id, scope.type, chat ?? '', language_code].join(':')
  }
}
