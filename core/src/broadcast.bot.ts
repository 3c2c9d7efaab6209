import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import type { AudienceCount, BroadcastProgress } from './features/notifications/index.ts'
import { deriveId, isAppError, type Language, languageOf } from './kernel/index.ts'
import { ownerOf } from './owner.bot.ts'
import { answerPress, type PressAnswer } from './platform/telegram/index.ts'
import type { CoreServices } from './services.ts'

/** All that `/broadcast` may touch. */
export type BroadcastBotScope = Pick<CoreServices, 'broadcasts' | 'repos'>

interface Texts {
  readonly usage: string
  readonly plainOnly: string
  readonly asked: (count: AudienceCount) => string
  readonly send: string
  readonly cancel: string
  readonly stop: string
  readonly look: string
  readonly draft: string
  readonly running: string
  readonly finished: string
  readonly canceled: string
  readonly progress: (progress: BroadcastProgress) => string
  readonly refused: (reason: string) => string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    usage: 'Write the message to me first, then reply to it with /broadcast.',
    plainOnly:
      'Broadcasts are plain text: write the message without formatting, and its links as they are.',
    asked: ({ recipients, unreachable }) =>
      `Send this to ${recipients} people? ${unreachable} more do not want it or cannot be reached.`,
    send: 'Send',
    cancel: 'Cancel',
    stop: 'Stop',
    look: 'How far?',
    draft: 'Not sent yet.',
    running: 'Being sent.',
    finished: 'Sent.',
    canceled: 'Canceled.',
    progress: ({ sent, pending, sending, skipped, failed, unknown }) =>
      `Sent ${sent}, waiting ${pending + sending}, skipped ${skipped}, failed ${failed}, unknown ${unknown}`,
    refused: (reason) => `Not sent: ${reason}`,
  },
  ru: {
    usage: 'Сначала напишите мне сообщение, потом ответьте на него командой /broadcast.',
    plainOnly: 'Рассылка – простой текст: напишите его без оформления, а ссылки – как есть.',
    asked: ({ recipients, unreachable }) =>
      `Отправить это? Получателей: ${recipients}. Ещё ${unreachable} отказались или недоступны.`,
    send: 'Отправить',
    cancel: 'Отмена',
    stop: 'Остановить',
    look: 'Как идёт?',
    draft: 'Ещё не отправлено.',
    running: 'Отправляется.',
    finished: 'Отправлено.',
    canceled: 'Отменено.',
    progress: ({ sent, pending, sending, skipped, failed, unknown }) =>
      `Отправлено ${sent}, ждут ${pending + sending}, пропущено ${skipped}, ошибок ${failed}, неясно ${unknown}`,
    refused: (reason) => `Не отправлено: ${reason}`,
  },
}

/** What `/broadcast` does, for the owners' list of commands. */
export const BROADCAST_COMMAND: BotCommandTexts = {
  command: 'broadcast',
  description: {
    en: 'Send the message you reply to to everybody',
    ru: 'Разослать всем сообщение, на которое отвечаете',
  },
}

/**
 * Answers owners who reply to a message of theirs with `/broadcast`: how many people would get its
 * text, and buttons to send it, to look how far it is, and to stop it. To everybody else the command
 * does not exist; who is an owner is read from the database at each button too.
 */
export function broadcastComposer(services: BroadcastBotScope): Composer<Context> {
  const composer = new Composer<Context>()
  const { broadcasts } = services

  composer.chatType('private').command('broadcast', async (context, next) => {
    const owner = await ownerOf(services, context)
    if (!owner) return next()
    const language = languageOf(owner)
    const texts = TEXTS[language]
    const { text, entities = [] } = context.msg.reply_to_message ?? {}
    if (!text) return context.reply(texts.usage)
    if (entities.some(({ type }) => !PLAIN.has(type))) return context.reply(texts.plainOnly)
    // The same command, handled again, is the same draft.
    const command = `telegram:${context.me.id}:${context.chatId}:${context.msgId}`
    const id = deriveId(command, 'broadcast')
    await broadcasts.draft({ id, texts: { [language]: text }, actor: owner.id })
    const question = texts.asked(await broadcasts.preview(id))
    // By itself, as its recipients will read it: with the question it may be longer than a message.
    await context.reply(text)
    return context.reply(question, {
      reply_markup: new InlineKeyboard()
        .text(texts.send, `broadcast:send:${id}`)
        .text(texts.cancel, `broadcast:cancel:${id}`),
    })
  })

  composer.callbackQuery(/^broadcast:(send|cancel|look):([0-9a-f-]{36})$/, async (context) => {
    const owner = await ownerOf(services, context)
    if (!owner) return answerPress(context)
    const [, action = '', id = ''] = context.match
    const texts = TEXTS[languageOf(owner)]
    try {
      if (action === 'send') await broadcasts.start(id, owner.id)
      if (action === 'cancel') await broadcasts.cancel(id, owner.id)
      await answerPress(context, await show(broadcasts, id, texts))
    } catch (error) {
      if (!isAppError(error) || error.kind === 'internal') throw error
      await answerPress(context, { text: texts.refused(error.message) })
    }
  })
  return composer
}

/** What Telegram finds in a text by itself, in the recipients' messages too. */
const PLAIN: ReadonlySet<string> = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
])

async function show(
  broadcasts: BroadcastBotScope['broadcasts'],
  id: string,
  texts: Texts,
): Promise<PressAnswer> {
  const { status } = await broadcasts.get(id)
  const text = [texts[status], texts.progress(await broadcasts.progress(id))].join('\n')
  if (status !== 'running') return { text }
  const keyboard = new InlineKeyboard()
    .text(texts.look, `broadcast:look:${id}`)
    .text(texts.stop, `broadcast:cancel:${id}`)
  return { text, keyboard }
}
