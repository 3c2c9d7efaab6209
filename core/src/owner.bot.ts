import { Composer, type Context, InlineKeyboard } from 'grammy'
import type { BotCommandTexts } from './commands.bot.ts'
import type { User } from './features/users/index.ts'
import type { Figures } from './figures.repository.ts'
import {
  addMs,
  DAY_MS,
  deriveId,
  formatDecimal,
  isAppError,
  type Language,
  languageOf,
} from './kernel/index.ts'
import { answerPress } from './platform/telegram/index.ts'
import type { CoreServices } from './services.ts'

/** All that the commands of owners may touch. */
export type OwnerScope = Pick<CoreServices, 'clock' | 'products' | 'repos' | 'subscriptions'>

interface Texts {
  readonly stats: (figures: Figures) => readonly string[]
  readonly giftUsage: string
  readonly nobody: string
  readonly noPlan: string
  readonly giftAsked: (title: string, name: string) => string
  readonly give: string
  readonly cancel: string
  readonly given: (title: string, until: string) => string
  readonly canceled: string
  readonly alreadyGiven: string
  readonly refused: (reason: string) => string
}

/** What an owner is told about. */
const FIGURES_DAYS = 7

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    stats: (figures) => [
      `People: ${figures.registered}, and ${figures.guests} guests`,
      `In ${FIGURES_DAYS} days: ${figures.newPeople} new, ${figures.activePeople} active`,
      `Live subscriptions: ${figures.liveSubscriptions}`,
    ],
    giftUsage: 'Send /gift <Telegram id> <plan>, for example /gift 12345678 pro-monthly.',
    nobody: 'Nobody with this id has been here.',
    noPlan: 'There is no plan of this name on sale.',
    giftAsked: (title, name) => `Give “${title}” to ${name} for nothing?`,
    give: 'Give',
    cancel: 'Cancel',
    given: (title, until) => `Given: “${title}”. Access until ${until}.`,
    canceled: 'Nothing was given.',
    alreadyGiven: 'It was given already.',
    refused: (reason) => `Not given: ${reason}`,
  },
  ru: {
    stats: (figures) => [
      `Людей: ${figures.registered}, и гостей: ${figures.guests}`,
      `За ${FIGURES_DAYS} дней: новых ${figures.newPeople}, активных ${figures.activePeople}`,
      `Действующих подписок: ${figures.liveSubscriptions}`,
    ],
    giftUsage: 'Отправьте /gift <Telegram id> <тариф>, например /gift 12345678 pro-monthly.',
    nobody: 'Человека с таким id здесь не было.',
    noPlan: 'Тарифа с таким названием в продаже нет.',
    giftAsked: (title, name) => `Подарить «${title}» (кому: ${name})?`,
    give: 'Подарить',
    cancel: 'Отмена',
    given: (title, until) => `Подарено: «${title}». Доступ до ${until}.`,
    canceled: 'Ничего не подарено.',
    alreadyGiven: 'Уже подарено.',
    refused: (reason) => `Не подарено: ${reason}`,
  },
}

/** What the commands of owners do, for their list of commands. */
export const OWNER_COMMANDS: readonly BotCommandTexts[] = [
  { command: 'stats', description: { en: 'How the app does', ru: 'Показатели приложения' } },
  { command: 'gift', description: { en: 'Give somebody a plan', ru: 'Подарить кому-то тариф' } },
]

/** A button carries at most 64 bytes. */
const BUTTON_BYTES_MAX = 64
const GIFT_BUTTON = /^gift:(\d{1,16}):([a-z0-9-]+)$/

/**
 * Commands of owners, in private: `/stats`, and `/gift` with a confirmation. Who is an owner is read
 * from the database each time, at the button too; to everybody else the commands do not exist.
 */
export function ownerComposer(services: OwnerScope): Composer<Context> {
  const composer = new Composer<Context>()
  const personal = composer.chatType('private')

  personal.command('stats', async (context, next) => {
    const owner = await ownerOf(services, context)
    if (!owner) return next()
    const since = addMs(services.clock.now(), -FIGURES_DAYS * DAY_MS)
    const figures = await services.repos.figures.read(since)
    const takings = figures.takings.map(
      ({ payments, ...money }) => `${formatDecimal(money)} ${money.currency} · ${payments}`,
    )
    await context.reply([...TEXTS[languageOf(owner)].stats(figures), ...takings].join('\n'))
  })

  personal.command('gift', async (context, next) => {
    const owner = await ownerOf(services, context)
    if (!owner) return next()
    const texts = TEXTS[languageOf(owner)]
    const [, telegramId = '', productId = ''] =
      /^(\d{1,16}) +([a-z0-9-]+)$/.exec(context.match) ?? []
    if (!telegramId) return context.reply(texts.giftUsage)
    const product = services.products.find(productId)
    const data = `gift:${telegramId}:${productId}`
    if (!product?.plan || product.status !== 'active' || data.length > BUTTON_BYTES_MAX) {
      return context.reply(texts.noPlan)
    }
    const user = await services.repos.users.findByTelegramId(BigInt(telegramId))
    if (!user) return context.reply(texts.nobody)
    const name = [user.firstName, user.username && `@${user.username}`].filter(Boolean).join(' ')
    return context.reply(texts.giftAsked(product.title, name || telegramId), {
      reply_markup: new InlineKeyboard().text(texts.give, data).text(texts.cancel, 'gift:cancel'),
    })
  })

  composer.callbackQuery(/^gift:/, async (context) => {
    const owner = await ownerOf(services, context)
    if (!owner) return answerPress(context)
    const texts = TEXTS[languageOf(owner)]
    const [, telegramId, productId] = GIFT_BUTTON.exec(context.callbackQuery.data) ?? []
    const text =
      telegramId && productId
        ? await give(services, owner, { context, telegramId, productId, texts })
        : await cancel(services, context, texts)
    await answerPress(context, { text })
  })
  return composer
}

/** The owner behind an update, as the database has it now; undefined for everybody else. */
export async function ownerOf(
  { repos }: Pick<OwnerScope, 'repos'>,
  { from }: Context,
): Promise<User | undefined> {
  const user = from && (await repos.users.findByTelegramId(BigInt(from.id)))
  return user?.role === 'owner' ? user : undefined
}

interface Pressed {
  readonly context: Context
  readonly telegramId: string
  readonly productId: string
  readonly texts: Texts
}

/** Gives once for each question, however often its button is pressed; says what came of it. */
async function give(services: OwnerScope, owner: User, pressed: Pressed): Promise<string> {
  const { context, telegramId, productId, texts } = pressed
  try {
    const user = await services.repos.users.findByTelegramId(BigInt(telegramId))
    if (!user) return texts.nobody
    const { title, expiresAt, currentPeriodEnd } = await services.subscriptions.gift({
      id: giftIdOf(context),
      userId: user.id,
      productId,
      actor: owner.id,
    })
    return texts.given(title, (expiresAt ?? currentPeriodEnd).toISOString().slice(0, 10))
  } catch (error) {
    if (!isAppError(error) || error.kind === 'internal') throw error
    return texts.refused(error.message)
  }
}

/** What was given before it was canceled stays given. */
async function cancel({ repos }: OwnerScope, context: Context, texts: Texts): Promise<string> {
  const isGiven = (await repos.grants.findGift(giftIdOf(context))) !== undefined
  return isGiven ? texts.alreadyGiven : texts.canceled
}

/** One gift for each question. */
function giftIdOf({ me, chatId, msgId }: Context): string {
  return deriveId(`telegram:${me.id}:${chatId}:${msgId}`, 'gift')
}
