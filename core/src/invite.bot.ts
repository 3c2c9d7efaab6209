import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import type { Invitation } from './features/invites/index.ts'
import { buildStartParameter, telegramUserSchema } from './features/users/index.ts'
import { addMs, DAY_MS, type Language, languageOf } from './kernel/index.ts'
import type { CoreServices } from './services.ts'

/** All that `/invite` may touch. */
export type InviteScope = Pick<CoreServices, 'clock' | 'invites' | 'users'>

/** What people send to their friends. */
export interface InviteOptions {
  /** What the message with the link says. */
  readonly message: Readonly<Record<Language, string>>
}

interface Texts {
  readonly link: (link: string) => string
  readonly share: string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    link: (link) =>
      `Send this link to your friends; who opens it becomes your friend here:\n${link}`,
    share: 'Send to a friend',
  },
  ru: {
    link: (link) => `Отправьте ссылку друзьям: кто её откроет, станет вашим другом здесь.\n${link}`,
    share: 'Отправить другу',
  },
}

/** What `/invite` does, for the list of commands. */
export const INVITE_COMMAND: BotCommandTexts = {
  command: 'invite',
  description: { en: 'Invite a friend', ru: 'Пригласить друга' },
}

/** One link is good for so many friends and so long; then there is a new one. */
const TERMS = { usageLimit: 50, days: 30 }

/** Answers `/invite` in private: a link to send to friends, the same until it is used up or old. */
export function inviteComposer(services: InviteScope, options: InviteOptions): Composer<Context> {
  const composer = new Composer<Context>()
  composer.chatType('private').command('invite', async (context) => {
    const user = await services.users.getOrCreateFromTelegram(
      telegramUserSchema.parse(context.from),
    )
    const language = languageOf(user)
    const { code } = await currentInvitation(services, user.id)
    const parameter = buildStartParameter({ invitation: code }, 'start')
    const link = `https://t.me/${context.me.username}?start=${parameter}`
    const share = new URL('https://t.me/share/url')
    share.search = new URLSearchParams({ url: link, text: options.message[language] }).toString()
    await context.reply(TEXTS[language].link(link), {
      reply_markup: new InlineKeyboard().url(TEXTS[language].share, share.href),
    })
  })
  return composer
}

async function currentInvitation(services: InviteScope, userId: string): Promise<Invitation> {
  const now = services.clock.now()
  const { items } = await services.invites.list({ createdBy: userId, status: 'active' })
  // Those that the Mini App makes for friends are as good.
  const isGood = ({ makesFriends, groupId, recipient, ...terms }: Invitation): boolean =>
    makesFriends &&
    groupId === null &&
    recipient === null &&
    terms.usageLimit === TERMS.usageLimit &&
    (terms.expiresAt === null || terms.expiresAt > addMs(now, DAY_MS))
  return (
    items.find(isGood) ??
    services.invites.create({
      createdBy: userId,
      usageLimit: TERMS.usageLimit,
      expiresAt: addMs(now, TERMS.days * DAY_MS),
      makesFriends: true,
    })
  )
}
