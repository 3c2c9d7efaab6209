import { Composer, type Context } from 'grammy'
import {
  type Currency,
  formatDecimal,
  type Language,
  languageOf,
  type Page,
  type PageRequest,
} from '../../kernel/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { Payment, PaymentStatus } from './payment.ts'

/** All that the answer about payments may touch. */
export interface PaySupportScope {
  readonly repos: { readonly users: Pick<UsersRepository, 'findByTelegramId'> }
  readonly payments: { list(userId: string, request?: PageRequest): Promise<Page<Payment>> }
}

/** How people reach whoever answers for payments. */
export interface PaySupportOptions {
  /** A name or an address, such as `@shop_support`; it stands at the end of a sentence. */
  readonly contact: string
}

interface Texts {
  readonly about: string
  readonly latest: string
  readonly none: string
  readonly privately: string
  readonly ask: (contact: string) => string
  readonly status: Readonly<Record<PaymentStatus, string>>
}

/** Payments that the answer lists, newest first. */
const LISTED = 5

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    about:
      'Payment support answers for everything bought in this bot: a purchase that did not arrive, ' +
      'a charge you do not recognise, money back. Telegram cannot help with such purchases.',
    latest: 'Your latest payments:',
    none: 'You have no payments here yet.',
    privately: 'Write /paysupport to me in private to see your payments.',
    ask: (contact) => `Name the reference, say what went wrong, and write to ${contact}`,
    status: {
      created: 'being prepared',
      pending: 'waits for payment',
      waiting_for_capture: 'reserved',
      succeeded: 'paid',
      partially_refunded: 'partly refunded',
      refunded: 'refunded',
      disputed: 'disputed',
      canceled: 'canceled',
      expired: 'expired',
      failed: 'failed',
      unknown: 'being checked',
    },
  },
  ru: {
    about:
      'Поддержка по платежам отвечает за всё, что куплено в этом боте: покупка не пришла, ' +
      'непонятное списание, возврат денег. Поддержка Telegram с такими покупками не поможет.',
    latest: 'Последние платежи:',
    none: 'Платежей здесь пока нет.',
    privately: 'Чтобы увидеть свои платежи, напишите мне /paysupport в личном чате.',
    ask: (contact) => `Назовите номер платежа, опишите, что случилось, и напишите: ${contact}`,
    status: {
      created: 'готовится',
      pending: 'ждёт оплаты',
      waiting_for_capture: 'сумма удержана',
      succeeded: 'оплачен',
      partially_refunded: 'возвращён частично',
      refunded: 'возвращён',
      disputed: 'оспорен',
      canceled: 'отменён',
      expired: 'истёк',
      failed: 'не прошёл',
      unknown: 'проверяется',
    },
  },
}

/** What `/paysupport` does, for the list of commands. */
export const PAY_SUPPORT_COMMAND = {
  command: 'paysupport',
  description: { en: 'Help with a payment', ru: 'Помощь с платежом' },
} as const

/**
 * Answers `/paysupport`, which Telegram demands of every bot that sells: what payment support is,
 * the person's latest payments with short references, and how to ask.
 */
export function paySupportComposer(
  services: PaySupportScope,
  options: PaySupportOptions,
): Composer<Context> {
  const composer = new Composer<Context>()
  composer.command('paysupport', async (context) => {
    const { from } = context
    const user = from && (await services.repos.users.findByTelegramId(BigInt(from.id)))
    const texts = TEXTS[languageOf({ languageCode: from?.language_code, ...user })]
    // What somebody bought is nobody else's business in a group.
    const payments =
      context.chat.type === 'private'
        ? await listPayments(services, user?.id, texts)
        : texts.privately
    await context.reply([texts.about, payments, texts.ask(options.contact)].join('\n\n'))
  })
  return composer
}

/** The part of a payment's id by which people name it: its last eight digits. */
export function paymentReference(payment: Pick<Payment, 'id'>): string {
  return payment.id.slice(-8).toUpperCase()
}

async function listPayments(
  { payments }: PaySupportScope,
  userId: string | undefined,
  texts: Texts,
): Promise<string> {
  const { items } = userId ? await payments.list(userId, { limit: LISTED }) : { items: [] }
  if (items.length === 0) return texts.none
  return [texts.latest, ...items.map((payment) => describe(payment, texts))].join('\n')
}

function describe(payment: Payment, texts: Texts): string {
  const amount = `${formatDecimal(payment)} ${SIGNS[payment.currency]}`
  const day = payment.createdAt.toISOString().slice(0, 10)
  const { title } = payment.product
  return [paymentReference(payment), day, title, amount, texts.status[payment.status]].join(' · ')
}

const SIGNS: Readonly<Record<Currency, string>> = {
  XTR: '⭐',
  RUB: '₽',
  USD: '$',
  EUR: '€',
  KZT: '₸',
  GBP: '£',
  JPY: '¥',
  KWD: 'KWD',
}
