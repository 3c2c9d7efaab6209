import { formatDecimal, isCurrency } from '@gramkit/core/kernel'

/** What a notice is about, as people read it. */
interface Facts {
  readonly title: string
  readonly day: string
  /** Of what is charged. */
  readonly price?: string
}

type Text = (facts: Facts) => string

interface PlanTexts {
  readonly pay: string
  readonly upcoming: Text
  readonly trialEnding: Text
  readonly declined: Text
  readonly declinedFinally: Text
  readonly changeDeclined: Text
  readonly expired: Text
  readonly followed: Text
  readonly gifted: Text
}

/** What the bot says about subscriptions, in each language it speaks. */
const TEXTS: Readonly<Record<'en' | 'ru', PlanTexts>> = {
  en: {
    pay: 'Pay',
    upcoming: ({ title, day, price }) =>
      `${title} renews on ${day}: ${price} will be charged. To stop it, open the shop and press “Cancel subscription”.`,
    trialEnding: ({ title, day }) =>
      `Your trial of ${title} ends on ${day}. Nothing is charged; to keep it, subscribe in the shop.`,
    declined: ({ title, day }) =>
      `The charge for ${title} was declined. We try again on ${day}; you keep access until then. To pay by another card or to cancel, open the shop.`,
    declinedFinally: ({ title, day }) =>
      `The charge for ${title} was declined and is not tried again. It works until ${day}: to keep it, pay in the shop.`,
    changeDeclined: ({ title }) =>
      `The charge for the new plan was declined. Nothing has changed: you still have ${title}.`,
    expired: ({ title }) => `${title} has ended. You can subscribe again in the shop.`,
    followed: ({ title }) => `Your old plan has ended. To go on with ${title}, pay here.`,
    gifted: ({ title, day }) => `A gift for you: ${title}, until ${day} at least.`,
  },
  ru: {
    pay: 'Оплатить',
    upcoming: ({ title, day, price }) =>
      `${title}: ${day} спишется ${price}. Чтобы этого не было, откройте магазин и нажмите «Отменить подписку».`,
    trialEnding: ({ title, day }) =>
      `Пробный период «${title}» закончится ${day}, списаний не будет. Чтобы остаться, оформите подписку в магазине.`,
    declined: ({ title, day }) =>
      `Списание за «${title}» не прошло. Попробуем снова ${day}, доступ пока есть. Оплатить другой картой или отменить можно в магазине.`,
    declinedFinally: ({ title, day }) =>
      `Списание за «${title}» не прошло, повторов не будет. Подписка действует до ${day}: чтобы сохранить её, оплатите в магазине.`,
    changeDeclined: ({ title }) =>
      `Списание за новый тариф не прошло. Всё осталось как было: у вас «${title}».`,
    expired: ({ title }) => `Подписка «${title}» закончилась. Оформить новую можно в магазине.`,
    followed: ({ title }) => `Прежний тариф закончился. Чтобы перейти на «${title}», оплатите.`,
    gifted: ({ title, day }) => `Вам подарок: «${title}», до ${day} или дольше.`,
  },
}

/** The texts about subscriptions in a person's language; English when theirs is not spoken. */
export function planTextsFor(languageCode: string | null): PlanTexts {
  return TEXTS[languageOf(languageCode)]
}

/** A day as people write it. */
export function dayText(languageCode: string | null, instant: string): string {
  const format = new Intl.DateTimeFormat(languageOf(languageCode), {
    dateStyle: 'long',
    timeZone: 'UTC',
  })
  return format.format(Date.parse(instant))
}

/** An amount of minor units as people write it. */
export function moneyText(amount = '0', currency = 'XTR'): string {
  if (!isCurrency(currency)) return amount
  const text = formatDecimal({ amount: BigInt(amount), currency })
  const symbols: Partial<Record<typeof currency, string>> = { XTR: '★', RUB: '₽' }
  return `${text.replace(/\.00$/, '')}\u00a0${symbols[currency] ?? currency}`
}

function languageOf(languageCode: string | null): 'en' | 'ru' {
  return languageCode?.startsWith('ru') ? 'ru' : 'en'
}
