import { answerPress, type BotCommandTexts } from '@gramkit/core/bot'
import { isAppError, type Language, languageOf } from '@gramkit/core/kernel'
import {
  buildStartParameter,
  parseStartParameter,
  telegramUserSchema,
  type User,
} from '@gramkit/core/users'
import { type Entry, PERSONAS, type Persona } from '@gramkit/core/waitlist'
import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { LaunchpadServices } from '../services.ts'
import { JOIN_TEXTS } from './texts.ts'

/** All that joining by the bot may touch. */
export type JoinBotScope = Pick<LaunchpadServices, 'users' | 'visits' | 'waitlist'>

/** What `/place` does, for the list of commands. */
export const PLACE_COMMAND: BotCommandTexts = {
  command: 'place',
  description: { en: 'Your place in the queue', ru: 'Ваше место в очереди' },
}

/** What somebody wants is asked for by the page; here a press has to be enough. */
const USE_CASE = 'Telegram'
const PRESSED = new RegExp(`^join:(${PERSONAS.join('|')})(?::([0-9A-Z]{1,32}))?$`)

/**
 * Lets people join the waitlist in private: `/start join`, and the link of somebody who brings them,
 * ask what they are; a press joins. `/place` tells where they are. Put it before `startComposer`,
 * which answers every other `/start`.
 */
export function joinComposer(
  services: JoinBotScope,
  { pageUrl }: { readonly pageUrl: string },
): Composer<Context> {
  const composer = new Composer<Context>()
  const personal = composer.chatType('private')

  personal.command('start', async (context, next) => {
    const start = parseStartParameter(context.match)
    const { referrer } = start
    if (referrer === undefined && start.source !== 'join' && start.mode !== 'join') return next()
    const user = await userOf(services, context.from)
    await services.visits.record(user.id, { via: 'start', startParam: context.match })
    const { text, keyboard } = await show(context, user, referrer)
    await context.reply(text, { reply_markup: keyboard })
  })

  personal.command('place', async (context) => {
    const { text, keyboard } = await show(context, await userOf(services, context.from))
    await context.reply(text, { reply_markup: keyboard })
  })

  personal.callbackQuery(PRESSED, async (context) => {
    const user = await userOf(services, context.from)
    const [, pressed, referralCode] = context.match
    const persona = PERSONAS.find((known) => known === pressed)
    if (persona) await join(services, user, { persona, referralCode })
    await answerPress(context, await show(context, user))
  })

  /** The place of who has joined, and for anybody else the question what they are. */
  async function show(context: Context, user: User, referrer?: string): Promise<Shown> {
    const language = languageOf(user)
    const entry = await services.waitlist.find({ userId: user.id })
    if (!entry || entry.status === 'lapsed') return ask(language, referrer)
    return showEntry(context, entry, language)
  }

  async function showEntry(context: Context, entry: Entry, language: Language): Promise<Shown> {
    const texts = JOIN_TEXTS[language]
    const place = await services.waitlist.position(entry.id)
    const link = `https://t.me/${context.me.username}?start=${buildStartParameter({ referrer: entry.referralCode }, 'start')}`
    const share = new URL('https://t.me/share/url')
    share.search = new URLSearchParams({ url: link, text: texts.invitation }).toString()
    const keyboard = new InlineKeyboard()
      .webApp(texts.open, place.status === 'invited' ? `${pageUrl}redeem` : pageUrl)
      .row()
      .url(texts.share, share.href)
    if (place.status === 'invited') return { text: texts.invited, keyboard }
    if (place.status === 'admitted') return { text: texts.admitted, keyboard }
    return { text: texts.place(place), keyboard }
  }

  return composer
}

interface Shown {
  readonly text: string
  readonly keyboard: InlineKeyboard
}

function ask(language: Language, referrer: string | undefined): Shown {
  const texts = JOIN_TEXTS[language]
  const code = referrer?.toUpperCase().match(/^[0-9A-Z]{1,32}$/)?.[0]
  const keyboard = new InlineKeyboard()
  for (const persona of PERSONAS) {
    const data = `join:${persona}${code === undefined ? '' : `:${code}`}`
    keyboard.text(texts.personas[persona], data).row()
  }
  return { text: texts.question, keyboard }
}

/** An update may be handled again, and a button of an old message pressed: both find who has joined. */
async function join(
  { waitlist }: JoinBotScope,
  user: User,
  {
    persona,
    referralCode,
  }: { readonly persona: Persona; readonly referralCode: string | undefined },
): Promise<void> {
  const language = languageOf(user)
  try {
    await waitlist.join({ userId: user.id, useCase: USE_CASE, persona, referralCode, language })
  } catch (error) {
    if (!(isAppError(error) && error.code === 'waitlist.already_joined')) throw error
  }
}

function userOf({ users }: JoinBotScope, from: unknown): Promise<User> {
  return users.getOrCreateFromTelegram(telegramUserSchema.parse(from))
}
