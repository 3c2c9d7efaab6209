import { type Api, GrammyError } from 'grammy'
import { LANGUAGES, type Language } from './kernel/index.ts'

/** A command of the bot, as people are told of it. */
export interface BotCommandTexts {
  /** Without the slash. */
  readonly command: string
  readonly description: Readonly<Record<Language, string>>
}

/** Which commands a bot has, and who is told of which. */
export interface BotCommands {
  readonly commands: readonly BotCommandTexts[]
  /** Those that only owners are told of, in their own chats. */
  readonly ownerCommands: readonly BotCommandTexts[]
  readonly ownerTelegramIds: readonly bigint[]
}

/**
 * Tells Telegram which commands the chat suggests, in each language; repeating it is harmless. An
 * owner who has never written to the bot has no chat yet, and is told at its next start.
 */
export async function announceCommands(
  api: Pick<Api, 'setMyCommands'>,
  { commands, ownerCommands, ownerTelegramIds }: BotCommands,
): Promise<void> {
  for (const language of LANGUAGES) {
    // English stands in for every language that has no list of its own.
    const reader = language === 'en' ? {} : { language_code: language }
    await api.setMyCommands(inLanguage(commands, language), reader)
    const all = inLanguage([...commands, ...ownerCommands], language)
    for (const telegramId of ownerTelegramIds) {
      const scope = { type: 'chat', chat_id: Number(telegramId) } as const
      try {
        await api.setMyCommands(all, { ...reader, scope })
      } catch (error) {
        const isUnknown = error instanceof GrammyError && error.description.includes('not found')
        if (!isUnknown) throw error
      }
    }
  }
}

function inLanguage(
  commands: readonly BotCommandTexts[],
  language: Language,
): { command: string; description: string }[] {
  return commands.map(({ command, description }) => ({
    command,
    description: description[language],
  }))
}
