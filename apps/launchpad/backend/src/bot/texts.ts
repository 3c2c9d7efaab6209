import type { Language } from '@gramkit/core/kernel'
import type { Persona, Place } from '@gramkit/core/waitlist'

/** What the launchpad's bot says, in each language it speaks. */
export const BOT_TEXTS = {
  en: {
    welcome: 'Welcome! Places are given out by invitation: join the waitlist, and see yours.',
    openPage: 'Open the waitlist',
  },
  ru: {
    welcome:
      'Добро пожаловать! Места раздаются по приглашениям: встаньте в очередь и следите за ней.',
    openPage: 'Открыть очередь',
  },
}

/** What the bot says to who joins the waitlist. */
export interface JoinTexts {
  readonly question: string
  readonly personas: Readonly<Record<Persona, string>>
  readonly place: (place: Pick<Place, 'position' | 'totalWaiting' | 'estimatedWait'>) => string
  readonly invited: string
  readonly admitted: string
  readonly open: string
  readonly share: string
  /** Of the message with the link that people send on. */
  readonly invitation: string
}

const RUSSIAN_WAITS: Readonly<Record<NonNullable<Place['estimatedWait']>, string>> = {
  '1-2 days': '1–2 дня',
  '1 week': '1 неделя',
  '2-3 weeks': '2–3 недели',
  '1 month': '1 месяц',
  '4-6 weeks': '4–6 недель',
  'over 6 weeks': 'больше 6 недель',
}

/** What the bot says to who joins the waitlist, in each language it speaks. */
export const JOIN_TEXTS: Readonly<Record<Language, JoinTexts>> = {
  en: {
    question: 'One press, and you are on the waitlist. What are you?',
    personas: {
      solo_founder: 'Solo founder',
      small_team: 'Small team',
      agency: 'Agency',
      content_creator: 'Content creator',
      other: 'Something else',
    },
    place: ({ position, totalWaiting, estimatedWait }) =>
      [
        `Your place: ${position} of ${totalWaiting}.`,
        `Expected wait: ${estimatedWait}.`,
        'Say on the page what you want to use it for, and bring friends: both move you forward.',
      ].join('\n'),
    invited: 'You are invited: open the page and redeem your code.',
    admitted: 'You are in. Bring your friends.',
    open: 'Open the page',
    share: 'Send to a friend',
    invitation: 'Come with me: here is the waitlist.',
  },
  ru: {
    question: 'Одно нажатие – и вы в очереди. Кто вы?',
    personas: {
      solo_founder: 'Основатель-одиночка',
      small_team: 'Небольшая команда',
      agency: 'Агентство',
      content_creator: 'Автор контента',
      other: 'Другое',
    },
    place: ({ position, totalWaiting, estimatedWait }) =>
      [
        `Ваше место: ${position} из ${totalWaiting}.`,
        `Ожидание: ${estimatedWait === null ? '?' : RUSSIAN_WAITS[estimatedWait]}.`,
        'Напишите на странице, зачем вам приложение, и позовите друзей: и то и другое продвинет вас.',
      ].join('\n'),
    invited: 'Вас пригласили: откройте страницу и введите код.',
    admitted: 'Вы внутри. Зовите друзей.',
    open: 'Открыть страницу',
    share: 'Отправить другу',
    invitation: 'Пойдём вместе: вот очередь.',
  },
}
