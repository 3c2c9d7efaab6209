import { formatDecimal, isCurrency, type Language } from '@gramkit/core/kernel'
import type { MessageReader } from '@gramkit/core/notifications'

type About = (title: string) => string
type AboutDay = (title: string, day: string) => string

/** What people are told of their payments and subscriptions. */
export interface NoticeTexts {
  readonly pay: string
  readonly paid: About
  readonly renewed: About
  readonly refunded: About
  readonly renewing: (title: string, day: string, price: string) => string
  readonly trialEnding: AboutDay
  readonly ending: AboutDay
  readonly declined: AboutDay
  readonly declinedFinally: AboutDay
  readonly changeDeclined: About
  readonly expired: About
  readonly followed: About
  readonly gifted: AboutDay
}

/** What people are told of their payments and subscriptions, in each language. */
export const NOTICE_TEXTS: Readonly<Record<Language, NoticeTexts>> = {
  en: {
    pay: 'Pay',
    paid: (title) => `Thank you! You bought: ${title}.`,
    renewed: (title) => `Your subscription was renewed: ${title}.`,
    refunded: (title) => `Refunded: ${title}.`,
    renewing: (title, day, price) =>
      `${title} renews on ${day}: ${price} will be charged. To stop it, open the shop and press “Cancel subscription”.`,
    trialEnding: (title, day) =>
      `Your trial of ${title} ends on ${day}. Nothing is charged; to keep it, subscribe in the shop.`,
    ending: (title, day) => `${title} ends on ${day}. To keep it, open the shop.`,
    declined: (title, day) =>
      `The charge for ${title} was declined. We try again on ${day}; you keep access until then. To pay by another card or to cancel, open the shop.`,
    declinedFinally: (title, day) =>
      `The charge for ${title} was declined and is not tried again. It works until ${day}: to keep it, pay in the shop.`,
    changeDeclined: (title) =>
      `The charge for the new plan was declined. Nothing has changed: you still have ${title}.`,
    expired: (title) => `${title} has ended. You can subscribe again in the shop.`,
    followed: (title) => `Your old plan has ended. To go on with ${title}, pay here.`,
    gifted: (title, day) => `A gift for you: ${title}, until ${day} at least.`,
  },
  ru: {
    pay: 'Оплатить',
    paid: (title) => `Спасибо! Вы купили: ${title}.`,
    renewed: (title) => `Подписка продлена: ${title}.`,
    refunded: (title) => `Деньги возвращены: ${title}.`,
    renewing: (title, day, price) =>
      `${title}: ${day} спишется ${price}. Чтобы этого не было, откройте магазин и нажмите «Отменить подписку».`,
    trialEnding: (title, day) =>
      `Пробный период «${title}» закончится ${day}, списаний не будет. Чтобы остаться, оформите подписку в магазине.`,
    ending: (title, day) =>
      `Подписка «${title}» закончится ${day}. Чтобы сохранить её, откройте магазин.`,
    declined: (title, day) =>
      `Списание за «${title}» не прошло. Попробуем снова ${day}, доступ пока есть. Оплатить другой картой или отменить можно в магазине.`,
    declinedFinally: (title, day) =>
      `Списание за «${title}» не прошло, повторов не будет. Подписка действует до ${day}: чтобы сохранить её, оплатите в магазине.`,
    changeDeclined: (title) =>
      `Списание за новый тариф не прошло. Всё осталось как было: у вас «${title}».`,
    expired: (title) => `Подписка «${title}» закончилась. Оформить новую можно в магазине.`,
    followed: (title) => `Прежний тариф закончился. Чтобы перейти на «${title}», оплатите.`,
    gifted: (title, day) => `Вам подарок: «${title}», до ${day} или дольше.`,
  },
}

/** A day on somebody's own calendar, as they write it. */
export function dayText({ language, timeZone }: MessageReader, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(
    Date.parse(instant),
  )
}

/** An amount of minor units as people write it. */
export function moneyText(amount: string, currency: string): string {
  if (!isCurrency(currency)) return amount
  const text = formatDecimal({ amount: BigInt(amount), currency })
  const symbols: Partial<Record<typeof currency, string>> = { XTR: '★', RUB: '₽' }
  return `${text.replace(/\.00$/, '')}\u00a0${symbols[currency] ?? currency}`
}
