import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import type { NotificationSettings } from './features/notifications/index.ts'
import { telegramUserSchema, type User } from './features/users/index.ts'
import { LANGUAGES, type Language, languageOf } from './kernel/index.ts'
import { answerPress } from './platform/telegram/index.ts'
import type { CoreServices } from './services.ts'

/** All that `/settings` may touch. */
export type SettingsBotScope = Pick<CoreServices, 'notificationSettings' | 'users'>

interface Texts {
  readonly title: string
  readonly quietHours: string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    title: 'Your settings. Press to change them:',
    quietHours: 'Quiet hours',
  },
  ru: {
    title: 'Ваши настройки. Нажмите, чтобы изменить:',
    quietHours: 'Тихие часы',
  },
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' }

/** Quiet hours that one press sets; others are chosen in the Mini App. */
const QUIET_HOURS = { from: '22:00', until: '08:00' }

/** What `/settings` does, for the list of commands. */
export const SETTINGS_COMMAND: BotCommandTexts = {
  command: 'settings',
  description: { en: 'Language and notifications', ru: 'Язык и уведомления' },
}

/** Answers `/settings` in private: language, quiet hours, and what one wants to hear of. */
export function settingsComposer(services: SettingsBotScope): Composer<Context> {
  const composer = new Composer<Context>()
  const personal = composer.chatType('private')
  const show = async (user: User): Promise<Shown> =>
    draw(languageOf(user), await services.notificationSettings.read(user.id))
  const onPress = (
    button: RegExp,
    change: (userId: string, pressed: Pressed) => Promise<unknown>,
  ) =>
    personal.callbackQuery(button, async (context) => {
      const { id } = await userOf(services, context.from)
      const [, name = '', turned] = context.match
      await change(id, { name, isOn: turned === 'on' })
      await answerPress(context, await show(await services.users.getById(id)))
    })

  personal.command('settings', async (context) => {
    const { text, keyboard } = await show(await userOf(services, context.from))
    await context.reply(text, { reply_markup: keyboard })
  })
  onPress(/^settings:language:(\w+)$/, async (id, { name }) => {
    const language = LANGUAGES.find((known) => known === name)
    if (language) await services.users.updateProfile(id, { language })
  })
  onPress(/^settings:(quiet):(on|off)$/, (id, { isOn }) =>
    services.notificationSettings.update(id, { quietHours: isOn ? QUIET_HOURS : null }),
  )
  onPress(/^settings:topic:([\w.-]+):(on|off)$/, async (id, { name, isOn }) => {
    const { topics } = await services.notificationSettings.read(id)
    // The button of an old message may name a topic that is no more.
    if (!topics.some((topic) => topic.id === name)) return
    await services.notificationSettings.update(id, { topics: { [name]: isOn } })
  })
  return composer
}

interface Pressed {
  readonly name: string
  readonly isOn: boolean
}

interface Shown {
  readonly text: string
  readonly keyboard: InlineKeyboard
}

function draw(language: Language, { topics, quietHours }: NotificationSettings): Shown {
  const texts = TEXTS[language]
  const keyboard = new InlineKeyboard()
  for (const known of LANGUAGES) {
    keyboard.text(tick(known === language, LANGUAGE_NAMES[known]), `settings:language:${known}`)
  }
  const { from, until } = quietHours ?? QUIET_HOURS
  const quiet = `${texts.quietHours} ${from}–${until}`
  keyboard.row().text(tick(quietHours !== null, quiet), `settings:quiet:${turn(!quietHours)}`)
  for (const { id, title, isEnabled } of topics) {
    keyboard.row().text(tick(isEnabled, title), `settings:topic:${id}:${turn(!isEnabled)}`)
  }
  return { text: texts.title, keyboard }
}

function tick(isOn: boolean, title: string): string {
  return isOn ? `✓ ${title}` : title
}

function turn(isOn: boolean): string {
  return isOn ? 'on' : 'off'
}

function userOf({ users }: SettingsBotScope, from: unknown): Promise<User> {
  return users.getOrCreateFromTelegram(telegramUserSchema.parse(from))
}
