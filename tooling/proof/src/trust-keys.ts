import { CORE, type MoneyKey } from './money-key.ts'

const PAYMENTS = `${CORE}/features/payments`
const SHOP = 'apps/shop/backend/src'

const forgeries = [`${SHOP}/forgeries.db.test.ts`]
const mutations = [`${SHOP}/mutations.db.test.ts`]
const orders = [`${SHOP}/report-orders.db.test.ts`]
const edges = [`${SHOP}/refund-edges.db.test.ts`]

function rule(
  name: string,
  guards: string,
  [file, find, replace]: readonly [file: string, find: string, replace: string],
  tests: readonly string[],
): MoneyKey {
  return { name: `trust: ${name}`, guards, edits: [{ file, find, replace }], tests }
}

/** Everything that stands between a report of money and whoever makes one up. */
export const TRUST_KEYS: readonly MoneyKey[] = [
  rule(
    'the secret of Telegram’s webhook',
    'nobody but Telegram says that Stars were paid',
    [
      `${CORE}/platform/telegram/telegram-webhook.ts`,
      "typeof given !== 'string' || !isSameText(given, options.secret)",
      "given === 'never'",
    ],
    forgeries,
  ),
  rule(
    'the addresses of YooKassa',
    'nobody else has a notification stored',
    [
      `${PAYMENTS}/gateways/yookassa-webhook.ts`,
      'if (!isFrom(sources, request.ip))',
      "if (request.ip === '')",
    ],
    forgeries,
  ),
  rule(
    'the list of proxies',
    'nobody writes their own address into X-Forwarded-For',
    [
      `${CORE}/platform/http/server.ts`,
      'trustProxy: checkTrustedProxies(options.trustedProxies ?? [])',
      'trustProxy: true',
    ],
    forgeries,
  ),
  rule(
    'the amount of a report',
    'less than the price buys nothing',
    [
      `${PAYMENTS}/apply-report.ts`,
      '!isSameMoney(payment, report.money)',
      'payment.currency !== report.money.currency',
    ],
    mutations,
  ),
  rule(
    'the payer of a report',
    'what one person pays is not another’s',
    [
      `${PAYMENTS}/apply-report.ts`,
      'user?.telegramId !== report.payerTelegramId',
      'user === undefined',
    ],
    mutations,
  ),
  rule(
    'the shop of an object',
    'money of another shop buys nothing here',
    [
      `${PAYMENTS}/gateways/yookassa-objects.ts`,
      'object.recipient.account_id === shopId',
      "object.recipient.account_id !== ''",
    ],
    mutations,
  ),
  rule(
    'the test flag of an object',
    'play money buys nothing',
    [
      `${PAYMENTS}/gateways/yookassa-objects.ts`,
      'test === isTest',
      'test === true || !isTest || !test',
    ],
    mutations,
  ),
  rule(
    'the object that was asked for',
    'an answer about another payment is none',
    [
      `${PAYMENTS}/gateways/yookassa.ts`,
      'if (snapshot.providerPaymentId === providerPaymentId) return snapshot',
      'if (snapshot) return snapshot',
    ],
    mutations,
  ),
  rule(
    'an invalid delivery is parked at once',
    'money that cannot be read does not pass for done',
    [`${CORE}/platform/inbox/inbox.ts`, 'isInvalid || isSpent', 'isSpent'],
    mutations,
  ),
  rule(
    'money in an unknown form',
    'Stars whose update changed its form are not lost',
    [`${CORE}/bot.ts`, 'if (isAboutMoney(body)) {', 'if (!body) {'],
    mutations,
  ),
  rule(
    'a refund takes its payment in first',
    'what was refunded is never there to be used',
    [
      `${PAYMENTS}/refunds/refunds.service.ts`,
      '!found?.paidAt && report.payment',
      'false && report.payment',
    ],
    orders,
  ),
  rule(
    'a refund has the currency of its payment',
    'kopecks are not taken for Stars',
    [
      `${PAYMENTS}/refunds/refunds.service.ts`,
      'if (payment.currency !== report.currency) refuse',
      'if (!payment.currency) refuse',
    ],
    edges,
  ),
  rule(
    'a refund has the amount that was asked for',
    'goods go back for the money that went back',
    [
      `${PAYMENTS}/refunds/refunds.service.ts`,
      'if (refund.amount !== report.amount) refuse',
      'if (!refund.amount) refuse',
    ],
    edges,
  ),
]
