import { z } from 'zod'
import type { MessageContent, NotificationTemplate, Texts } from '../../notifications/index.ts'

/** What somebody on the waitlist may be told. */
export const WAITLIST_MESSAGES = ['confirm', 'confirmed', 'invited', 'expiring'] as const

/** What somebody on the waitlist may be told. */
export type WaitlistMessage = (typeof WAITLIST_MESSAGES)[number]

const factsSchema = z.object({
  /** Where the button leads. */
  url: z.string(),
  /** 0 where it is not told. */
  position: z.int(),
  /** Empty where it is not told. */
  code: z.string(),
})

/** What a message of the waitlist is filled with. */
export type WaitlistFacts = z.output<typeof factsSchema>

type Write = (facts: WaitlistFacts) => MessageContent

const WORDS: Readonly<Record<WaitlistMessage, Texts<Write>>> = {
  confirm: {
    en: ({ url }) => ({
      title: 'Confirm your address',
      text: 'Somebody, you we hope, joined our waitlist with this address. Confirm it within a week and your place counts. If it was not you, do nothing: we forget the address by ourselves.',
      buttons: [{ text: 'Confirm the address', url }],
    }),
    ru: ({ url }) => ({
      title: 'Подтвердите адрес',
      text: 'Кто-то (надеемся, вы) записал этот адрес в нашу очередь. Подтвердите его в течение недели, и место засчитается. Если это были не вы, ничего не делайте: мы забудем адрес сами.',
      buttons: [{ text: 'Подтвердить адрес', url }],
    }),
  },
  confirmed: {
    en: ({ url, position }) => ({
      title: 'You are on the waitlist',
      text: `Your place in the queue: ${position}. Bring others by your own link and move up.`,
      buttons: [{ text: 'See your place', url }],
    }),
    ru: ({ url, position }) => ({
      title: 'Вы в очереди',
      text: `Ваше место в очереди: ${position}. Приглашайте других по своей ссылке и двигайтесь вперёд.`,
      buttons: [{ text: 'Посмотреть место', url }],
    }),
  },
  invited: {
    en: ({ url, code }) => ({
      title: 'Your invitation',
      text: `It is your turn. Your code: ${code}. It is yours alone and good for 7 days.`,
      buttons: [{ text: 'Come in', url }],
    }),
    ru: ({ url, code }) => ({
      title: 'Ваше приглашение',
      text: `Подошла ваша очередь. Ваш код: ${code}. Он только для вас и действует 7 дней.`,
      buttons: [{ text: 'Войти', url }],
    }),
  },
  expiring: {
    en: ({ url, code }) => ({
      title: 'Your invitation ends tomorrow',
      text: `Your code ${code} is good for one more day. After that somebody else is invited.`,
      buttons: [{ text: 'Come in', url }],
    }),
    ru: ({ url, code }) => ({
      title: 'Приглашение заканчивается завтра',
      text: `Ваш код ${code} действует ещё один день. Потом мы пригласим кого-то другого.`,
      buttons: [{ text: 'Войти', url }],
    }),
  },
}

function templateOf(message: WaitlistMessage): NotificationTemplate<WaitlistFacts> {
  return {
    id: `waitlist.${message}`,
    // Whoever joined waits for it.
    topic: null,
    priority: message === 'confirmed' ? 'normal' : 'high',
    channels: ['telegram', 'email'],
    validMs: 86_400_000,
    isFor: () => true,
    schema: factsSchema,
    texts: WORDS[message],
  }
}

/** What the waitlist says, to people with and without an account; an app declares all of them. */
export const WAITLIST_TEMPLATES: Readonly<
  Record<WaitlistMessage, NotificationTemplate<WaitlistFacts>>
> = {
  confirm: templateOf('confirm'),
  confirmed: templateOf('confirmed'),
  invited: templateOf('invited'),
  expiring: templateOf('expiring'),
}
