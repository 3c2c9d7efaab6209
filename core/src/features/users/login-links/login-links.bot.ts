import { Composer, type Context, InlineKeyboard } from 'grammy'
import { isAppError, type Language, languageOf } from '../../../kernel/index.ts'
import { answerPress } from '../../../platform/telegram/index.ts'
import { parseStartParameter } from '../start-parameter.ts'
import { telegramUserSchema } from '../user.ts'
import type { UsersRepository } from '../users.repository.ts'
import type { LoginLink, LoginLinkPurpose } from './login-link.ts'
import type { LoginLinksService } from './login-links.service.ts'

/** All that the answer to login links may touch. */
export interface LoginLinkBotScope {
  readonly loginLinks: Pick<LoginLinksService, 'find' | 'confirm' | 'decline'>
  readonly repos: { readonly users: Pick<UsersRepository, 'findByTelegramId'> }
}

interface Texts {
  readonly ask: Readonly<Record<LoginLinkPurpose, (browser: string) => string>>
  readonly unknownBrowser: string
  readonly check: (matchNumber: number) => string
  readonly yes: Readonly<Record<LoginLinkPurpose, string>>
  readonly no: string
  readonly done: Readonly<Record<LoginLinkPurpose, string>>
  readonly declined: string
  readonly gone: string
  readonly taken: string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    ask: {
      login: (browser) => `Somebody wants to log in as you: ${browser}.`,
      connect: (browser) => `Somebody wants to connect your Telegram to their account: ${browser}.`,
    },
    unknownBrowser: 'an unknown browser',
    check: (matchNumber) =>
      `Go on only if you asked for this yourself and your page shows the number ${matchNumber}. ` +
      'If somebody sent you the link, press “It is not me”.',
    yes: { login: 'Log in', connect: 'Connect' },
    no: 'It is not me',
    done: {
      login: 'You are logged in: go back to your browser.',
      connect: 'Connected: go back to your browser.',
    },
    declined: 'Refused. Nobody was logged in.',
    gone: 'This link does not work any more: ask for a new one in your browser.',
    taken: 'Your Telegram belongs to another account already: log in with it instead.',
  },
  ru: {
    ask: {
      login: (browser) => `Кто-то хочет войти от вашего имени: ${browser}.`,
      connect: (browser) => `Кто-то хочет привязать ваш Telegram к своему аккаунту: ${browser}.`,
    },
    unknownBrowser: 'неизвестный браузер',
    check: (matchNumber) =>
      `Продолжайте, только если вы сами этого хотели и на вашей странице число ${matchNumber}. ` +
      'Если ссылку вам прислали, нажмите «Это не я».',
    yes: { login: 'Войти', connect: 'Привязать' },
    no: 'Это не я',
    done: {
      login: 'Вы вошли: вернитесь в браузер.',
      connect: 'Привязано: вернитесь в браузер.',
    },
    declined: 'Отклонено. Никто не вошёл.',
    gone: 'Эта ссылка больше не работает: попросите новую в браузере.',
    taken: 'Ваш Telegram уже принадлежит другому аккаунту: войдите с ним.',
  },
}

/**
 * Answers `/start` behind a login link: asks whether it is really them, with two buttons, and does
 * nothing before one is pressed. Every other `/start` goes on, so put it before what answers those.
 */
export function loginLinkComposer(services: LoginLinkBotScope): Composer<Context> {
  const composer = new Composer<Context>()
  const personal = composer.chatType('private')
  personal.command('start', async (context, next) => {
    const { loginLink: token } = parseStartParameter(context.match)
    const link = token ? await services.loginLinks.find(token) : undefined
    if (!token || !link) return next()
    const texts = await textsFor(services, context)
    await context.reply(question(link, texts), {
      reply_markup: new InlineKeyboard()
        .text(texts.yes[link.purpose], `login:yes:${token}`)
        .text(texts.no, `login:no:${token}`),
    })
  })
  personal.callbackQuery(/^login:(yes|no):([\w-]{43})$/, async (context) => {
    const [, answer, token = ''] = context.match
    const texts = await textsFor(services, context)
    const said =
      answer === 'yes' ? confirm(services, context, texts, token) : decline(services, texts, token)
    await answerPress(context, { text: await said })
  })
  return composer
}

function question(link: LoginLink, texts: Texts): string {
  const asked = texts.ask[link.purpose](link.browser ?? texts.unknownBrowser)
  return [asked, texts.check(link.matchNumber)].join('\n\n')
}

async function confirm(
  { loginLinks }: LoginLinkBotScope,
  { from }: Pick<Context, 'from'>,
  texts: Texts,
  token: string,
): Promise<string> {
  try {
    const { purpose } = await loginLinks.confirm(token, telegramUserSchema.parse(from))
    return texts.done[purpose]
  } catch (error) {
    return refusal(error, texts)
  }
}

async function decline(
  { loginLinks }: LoginLinkBotScope,
  texts: Texts,
  token: string,
): Promise<string> {
  try {
    await loginLinks.decline(token)
    return texts.declined
  } catch (error) {
    return refusal(error, texts)
  }
}

function refusal(error: unknown, texts: Texts): string {
  if (isAppError(error) && error.code === 'users.login_link_gone') return texts.gone
  if (isAppError(error) && error.code === 'users.telegram_taken') return texts.taken
  throw error
}

async function textsFor(
  { repos }: LoginLinkBotScope,
  { from }: Pick<Context, 'from'>,
): Promise<Texts> {
  const user = from && (await repos.users.findByTelegramId(BigInt(from.id)))
  return TEXTS[languageOf({ languageCode: from?.language_code, ...user })]
}
