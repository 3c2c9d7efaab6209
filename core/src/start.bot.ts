import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import {
  buildStartParameter,
  StartParameterTooLong,
  telegramUserSchema,
  type User,
} from './features/users/index.ts'
import { type Language, languageOf } from './kernel/index.ts'
import type { CoreServices } from './services.ts'
import { beginVisit, type StartOutcome, type StartScope } from './start.ts'

/** All that `/start` may touch. */
export type StartBotScope = StartScope & Pick<CoreServices, 'users'>

/** What an app says to who opens its bot. */
export interface StartBotOptions {
  readonly welcome: Readonly<Record<Language, string>>
  readonly miniApp: { readonly url: string; readonly button: Readonly<Record<Language, string>> }
}

interface Texts {
  readonly accepted: (inviter: string | null) => string
  readonly refused: Readonly<Record<string, string>>
  readonly deadLink: string
  readonly milestone: (days: number) => string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    accepted: (inviter) =>
      inviter ? `You have accepted an invitation from ${inviter}.` : 'Your invitation is accepted.',
    refused: {
      'invites.expired': 'The invitation in your link has expired.',
      'invites.not_active': 'The invitation in your link is used up or was taken back.',
      'invites.already_used': 'You have accepted this invitation already.',
      'invites.already_member': 'You are in this group already.',
      'groups.full': 'The group that you are invited to is full.',
      'groups.too_many': 'You are in as many groups as you may be: leave one first.',
      'invites.own_code': 'This is your own invitation: send it to a friend.',
      'limits.too_many_tries': 'You have tried many invitations: try again in an hour.',
    },
    deadLink: 'The link you came by does not work any more.',
    milestone: (days) => `${days} days in a row!`,
  },
  ru: {
    accepted: (inviter) =>
      inviter ? `Приглашение от ${inviter} принято.` : 'Приглашение принято.',
    refused: {
      'invites.expired': 'Срок приглашения из ссылки истёк.',
      'invites.not_active': 'Приглашение из ссылки уже использовано или отозвано.',
      'invites.already_used': 'Вы уже приняли это приглашение.',
      'invites.already_member': 'Вы уже в этой группе.',
      'groups.full': 'В группе, куда вас пригласили, нет мест.',
      'groups.too_many': 'Вы уже в стольких группах, в скольких можно: сначала покиньте одну.',
      'invites.own_code': 'Это ваше собственное приглашение: отправьте его другу.',
      'limits.too_many_tries': 'Слишком много попыток: попробуйте через час.',
    },
    deadLink: 'Ссылка, по которой вы пришли, больше не работает.',
    milestone: (days) => `Дней подряд: ${days}!`,
  },
}

/** What `/start` does, for the list of commands. */
export const START_COMMAND: BotCommandTexts = {
  command: 'start',
  description: { en: 'Open the app', ru: 'Открыть приложение' },
}

/**
 * Answers `/start` in private, whatever the link behind it says: it counts the visit, uses the
 * invitation, says what became of it, and shows the button of the Mini App. Every other message in
 * private counts as a visit and goes on. Put it behind what answers login links.
 */
export function startComposer(
  services: StartBotScope,
  options: StartBotOptions,
): Composer<Context> {
  const composer = new Composer<Context>()
  const personal = composer.chatType('private')
  personal.command('start', async (context) => {
    const user = await userOf(services, context.from)
    const begun = await beginVisit(services, user.id, { via: 'start', startParam: context.match })
    const language = languageOf(begun.user)
    const { url, button } = options.miniApp
    await context.reply(
      [options.welcome[language], ...sayMore(begun, TEXTS[language])].join('\n\n'),
      {
        reply_markup: new InlineKeyboard().webApp(button[language], withParameter(url, begun)),
      },
    )
  })
  personal.on('message', async ({ from }, next) => {
    await services.visits.record((await userOf(services, from)).id, { via: 'start' })
    await next()
  })
  return composer
}

/** The person behind an update, written down on first sight. */
function userOf({ users }: StartBotScope, from: unknown): Promise<User> {
  return users.getOrCreateFromTelegram(telegramUserSchema.parse(from))
}

function sayMore({ start, invitation, milestone }: StartOutcome, texts: Texts): readonly string[] {
  return [
    ...(start.loginLink ? [texts.deadLink] : []),
    ...(invitation ? [sayInvitation(invitation, texts)] : []),
    ...(milestone ? [texts.milestone(milestone)] : []),
  ]
}

function sayInvitation(invitation: NonNullable<StartOutcome['invitation']>, texts: Texts): string {
  return invitation.isAccepted
    ? texts.accepted(invitation.inviter?.firstName ?? null)
    : (texts.refused[invitation.refusal] ?? texts.deadLink)
}

/**
 * The Mini App is told where the link leads; the rest of it was taken care of here. A command that
 * somebody typed may be longer than any link: then it opens as it always does.
 */
function withParameter(url: string, { start: { page, mode } }: StartOutcome): string {
  if (!page && !mode) return url
  const handedOn = new URL(url)
  try {
    handedOn.searchParams.set('startapp', buildStartParameter({ page, mode }, 'startapp'))
  } catch (error) {
    if (!(error instanceof StartParameterTooLong)) throw error
  }
  return handedOn.href
}
