import { Composer, type Context } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import { languageOf } from './kernel/index.ts'
import type { CoreServices } from './services.ts'

/** All that the answer to `/help` may touch. */
export interface HelpScope {
  readonly repos: { readonly users: Pick<CoreServices['repos']['users'], 'findByTelegramId'> }
}

/** Which commands the bot has. */
export interface HelpOptions {
  readonly commands: readonly BotCommandTexts[]
  /** Those that only owners are told of. */
  readonly ownerCommands: readonly BotCommandTexts[]
}

/** What `/help` does, for the list of commands. */
export const HELP_COMMAND: BotCommandTexts = {
  command: 'help',
  description: { en: 'What this bot does', ru: 'Что умеет этот бот' },
}

/**
 * Answers `/help`, and in private any text that nobody else has answered, with the list of commands
 * in the person's language. Put it last.
 */
export function helpComposer({ repos }: HelpScope, options: HelpOptions): Composer<Context> {
  const composer = new Composer<Context>()
  const help = async (context: Context): Promise<void> => {
    const { from } = context
    const user = from && (await repos.users.findByTelegramId(BigInt(from.id)))
    const language = languageOf({ languageCode: from?.language_code, ...user })
    // What only owners may do is nobody else's business in a group.
    const isOwner = user?.role === 'owner' && context.chat?.type === 'private'
    const commands = [...options.commands, ...(isOwner ? options.ownerCommands : [])]
    const lines = commands.map(
      ({ command, description }) => `/${command} – ${description[language]}`,
    )
    await context.reply(lines.join('\n'))
  }
  composer.command('help', help)
  composer.chatType('private').on('message:text', help)
  return composer
}
