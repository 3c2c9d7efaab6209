import { z } from 'zod'
import type { NotificationTemplate } from '../notifications/index.ts'

const linkSchema = z.object({ url: z.string() })
const rewardSchema = linkSchema.extend({ codes: z.int(), premiumMonths: z.int() })

/** What the message about somebody who was brought is filled with. */
export type JoinedFacts = z.output<typeof linkSchema>

/** What the message about a reward is filled with. */
export type RewardFacts = z.output<typeof rewardSchema>

const always = {
  // Both are about what somebody did themselves, and the first comes at most three times a day.
  topic: null,
  priority: 'normal',
  channels: ['telegram', 'email'],
  validMs: 86_400_000,
  isFor: () => true,
} as const

/** Tells an inviter that somebody came by them. */
export const referralJoinedTemplate: NotificationTemplate<JoinedFacts> = {
  ...always,
  id: 'referral.joined',
  schema: linkSchema,
  texts: {
    en: ({ url }) => ({
      title: 'Somebody joined by your link',
      text: 'Somebody joined by your link. Once they are in and come back, it counts for you.',
      buttons: [{ text: 'See whom you brought', url }],
    }),
    ru: ({ url }) => ({
      title: 'По вашей ссылке пришли',
      text: 'По вашей ссылке пришёл новый человек. Когда он войдёт и начнёт возвращаться, это засчитается вам.',
      buttons: [{ text: 'Кого вы привели', url }],
    }),
  },
}

/** Tells somebody what their referrals have earned them. */
export const rewardEarnedTemplate: NotificationTemplate<RewardFacts> = {
  ...always,
  id: 'reward.earned',
  schema: rewardSchema,
  texts: {
    en: ({ url, ...reward }) => ({
      title: 'Your referrals have earned you something',
      text: [
        'The people whom you brought are here to stay.',
        ...(reward.codes > 0 ? [`Invite codes for you: ${reward.codes}.`] : []),
        ...(reward.premiumMonths > 0 ? [`Months of premium: ${reward.premiumMonths}.`] : []),
      ].join(' '),
      buttons: [{ text: 'See your rewards', url }],
    }),
    ru: ({ url, ...reward }) => ({
      title: 'Вы заработали награду',
      text: [
        'Те, кого вы привели, остались.',
        ...(reward.codes > 0 ? [`Коды приглашений для вас: ${reward.codes}.`] : []),
        ...(reward.premiumMonths > 0 ? [`Месяцев премиума: ${reward.premiumMonths}.`] : []),
      ].join(' '),
      buttons: [{ text: 'Посмотреть награды', url }],
    }),
  },
}
