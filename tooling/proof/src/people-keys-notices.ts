import { CORE, type MoneyKey } from './money-key.ts'

const NOTIFICATIONS = `${CORE}/features/notifications`
const PAYMENTS = `${CORE}/features/payments`
const SUBSCRIPTIONS = `${CORE}/features/subscriptions`
const SHOP = 'apps/shop/backend/src'

const notices = [`${SHOP}/notifications/notifications.db.test.ts`]
const mailed = [`${SHOP}/notifications/mailed-notices.db.test.ts`]
const endings = [`${SHOP}/notifications/ending-notices.db.test.ts`]
const commands = [`${SHOP}/bot/commands.db.test.ts`]
const admin = [`${PAYMENTS}/payments-admin.http.db.test.ts`]

/** What people are told of their money and by their bot, and what is written down of who moved it. */
export const NOTICE_KEYS: readonly MoneyKey[] = [
  {
    name: 'notices: no second message after a lost answer',
    guards: 'a payment is told once',
    edits: [
      {
        file: `${NOTIFICATIONS}/channels/telegram.ts`,
        find: 'isRepeatable: false',
        replace: 'isRepeatable: true',
      },
    ],
    tests: notices,
  },
  {
    name: 'notices: Telegram asking to wait is no refusal',
    guards: 'a payment is told after all',
    edits: [
      {
        file: `${NOTIFICATIONS}/channels/telegram.ts`,
        find: 'if (status === 429) {',
        replace: 'if (status === 0) {',
      },
    ],
    tests: notices,
  },
  {
    name: 'notices: the language that was chosen',
    guards: 'people are told of their money in words they read',
    edits: [
      {
        file: `${NOTIFICATIONS}/notifications.service.ts`,
        find: 'const language = languageOf(user)',
        replace: "const language = user.languageCode === 'ru' ? 'ru' : 'en'",
      },
    ],
    tests: notices,
  },
  {
    name: 'notices: by mail where the bot cannot write',
    guards: 'who has no Telegram, or blocked the bot, is told of their money',
    edits: [
      {
        file: `${NOTIFICATIONS}/notifications.service.ts`,
        find: 'for (const name of template.channels) {',
        replace: 'for (const name of template.channels.slice(0, 1)) {',
      },
    ],
    tests: mailed,
  },
  {
    name: 'notices: an end of access is told once',
    guards: 'nobody is told twice of one end',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/renewals/renewals.service.ts`,
        find: 'const isSaid = noticedExpiry?.getTime() === expiresAt?.getTime()',
        replace: 'const isSaid = noticedExpiry === undefined',
      },
    ],
    tests: endings,
  },
  {
    name: 'notices: an end that has moved is told anew',
    guards: 'what people were told of the end is true',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/extra-time.ts`,
        find: 'return isEnding ? { noticeAt: noticeOfEnd(moved) } : {}',
        replace: 'return isEnding ? {} : {}',
      },
    ],
    tests: endings,
  },
  {
    name: 'notices: who has just canceled knows',
    guards: 'nobody is told what they have just chosen',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/renewals/renewals.service.ts`,
        find: 'canceledAt && canceledAt > noticeOfEnd(subscription)',
        replace: 'canceledAt && canceledAt < subscription.createdAt',
      },
    ],
    tests: endings,
  },
  {
    name: '/gift: a cancel after it',
    guards: 'an owner is not told that nothing was given',
    edits: [
      {
        file: `${CORE}/owner.bot.ts`,
        find: '(await repos.grants.findGift(giftIdOf(context))) !== undefined',
        replace: 'repos === undefined || context === undefined',
      },
    ],
    tests: commands,
  },
  {
    name: '/broadcast: no formatting',
    guards: 'people get what its owner has seen',
    edits: [
      {
        file: `${CORE}/broadcast.bot.ts`,
        find: 'if (entities.some(({ type }) => !PLAIN.has(type)))',
        replace: 'if (entities.length > 1_000 && PLAIN.size > 0)',
      },
    ],
    tests: commands,
  },
  {
    name: '/start: a page that no link carries',
    guards: 'a command that somebody typed is answered',
    edits: [
      {
        file: `${CORE}/start.bot.ts`,
        find: 'if (!(error instanceof StartParameterTooLong)) throw error',
        replace: 'if (StartParameterTooLong) throw error',
      },
    ],
    tests: commands,
  },
  {
    name: 'login link: a press that comes again',
    guards: 'an update that is tried again ends well',
    edits: [
      {
        file: `${CORE}/features/users/login-links/login-links.bot.ts`,
        find: 'await answerPress(context, { text: await said })',
        replace:
          'await said.then(async (text) => (await context.answerCallbackQuery(), context.editMessageText(text)))',
      },
    ],
    tests: [`${SHOP}/logins.db.test.ts`],
  },
  {
    name: 'figures: nobody who has departed',
    guards: 'who was erased or merged is counted no more',
    edits: [
      { file: `${CORE}/figures.repository.ts`, find: '.where(isNull(departedAt))', replace: '' },
    ],
    tests: [`${CORE}/figures.db.test.ts`],
  },
  {
    name: 'capture: who asked',
    guards: 'the audit names who has money taken',
    edits: [
      {
        file: `${PAYMENTS}/payments-admin.http.ts`,
        find: 'services.payments.capture(params.id, body?.amount, actor)',
        replace:
          'services.payments.capture(params.id, body?.amount, actor.slice(0, 0) || undefined)',
      },
    ],
    tests: admin,
  },
  {
    name: 'cancel: who asked',
    guards: 'the audit names who calls a payment off',
    edits: [
      {
        file: `${PAYMENTS}/payments-admin.http.ts`,
        find: 'await services.payments.cancel(request.params.id, actorOf(request))',
        replace: 'await services.payments.cancel(request.params.id)',
      },
    ],
    tests: admin,
  },
  {
    name: 'settlement: who asked',
    guards: 'the audit names who hands prepaid goods over',
    edits: [
      {
        file: `${PAYMENTS}/receipts/receipts.http.ts`,
        find: 'await services.receipts.settle(request.params.id, actorOf(request))',
        replace: 'await services.receipts.settle(request.params.id)',
      },
    ],
    tests: admin,
  },
  {
    name: 'reconciliation: who asked',
    guards: 'the audit names who has the books compared',
    edits: [
      {
        file: `${PAYMENTS}/payments-admin.http.ts`,
        find: 'services.reconciliation.reconcile(undefined, actorOf(request))',
        replace: 'services.reconciliation.reconcile(actorOf(request) && undefined)',
      },
    ],
    tests: admin,
  },
]
