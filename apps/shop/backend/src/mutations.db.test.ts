import { createHash } from 'node:crypto'
import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ChangingProxy, type Json, startChangingProxy } from './testing/changing-proxy.ts'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import { MoneyTables } from './testing/money-tables.ts'
import {
  aCustomer,
  aGuest,
  type Customer,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'
import { paidUpdate } from './testing/stars-update.ts'

let shop: RunningShop
let proxy: ChangingProxy
let tables: MoneyTables

beforeAll(async () => {
  proxy = await startChangingProxy()
  // No worker: its own look at open payments would meet the changed answers too, at any moment.
  const roles = { GRAMKIT_ROLES: 'api,bot' }
  shop = await startRunningShop({ GRAMKIT_YOOKASSA_API_ROOT: proxy.url, ...roles })
  proxy.upstream = `${shop.sandbox.url}/sandbox/yookassa/v3`
  tables = await new MoneyTables(shop).open()
  await shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'hold' })
})

afterAll(async () => {
  await expectLedgerToAddUp(shop)
  await tables[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

const core = () => shop.served().app.platform.core

async function deliver(path: string, body: object): Promise<number> {
  const secret = shop.config.telegram.webhookSecret
  const response = await fetch(`${shop.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
    body: JSON.stringify(body),
  })
  return response.status
}

/** Where a report that gives nothing is to be found afterwards. */
type Trace = 'refused' | 'parked' | 'stored'

/** Proves that a delivery is answered with 200, gives nobody anything, and is on record. */
async function expectNothing(path: string, body: object, record: Trace): Promise<void> {
  const [before, refusals] = [await tables.state(), (await tables.refusals()).length]
  expect(await deliver(path, body)).toBe(200)
  expect(await tables.state()).toEqual(before)
  const [latest] = await tables.deliveries()
  // Of what YooKassa notifies readably only a digest of the whole is kept.
  const whole = JSON.stringify(body)
  const digest = createHash('sha256').update(whole).digest('base64url')
  expect(latest?.body === whole || latest?.body.includes(digest)).toBe(true)
  expect(latest?.status).toBe(record === 'parked' ? 'parked' : 'done')
  expect((await tables.refusals()).length - refusals).toBe(record === 'refused' ? 1 : 0)
}

describe('an update of Telegram about paid Stars gives nothing', () => {
  let buyer: Customer
  let stranger: Customer
  let payment: Payment
  /** Ids of payments that this one is not. */
  const others = { stranger: '', card: '', paid: '', paidCharge: '' }

  beforeAll(async () => {
    buyer = await aCustomer(shop)
    stranger = await aCustomer(shop, 'Eve')
    const start = async (customer: Customer, ...what: [string, string?, string?]) =>
      core().payments.getById((await customer.buy(...what)).body.payment.id)
    payment = await start(buyer, 'credits-100')
    others.stranger = (await start(stranger, 'credits-100')).id
    others.card = (await start(buyer, 'mug', 'yookassa', 'RUB')).id
    const paid = await start(buyer, 'credits-100')
    const update = paidUpdate(paid, buyer.telegramId)
    await deliver('/webhooks/telegram', update)
    others.paid = paid.id
    others.paidCharge = update.message.successful_payment.telegram_payment_charge_id
  })

  const money = (change: Json | (() => Json)) => (update: Update) =>
    withMessage(update, {
      successful_payment: {
        ...update.message.successful_payment,
        ...(typeof change === 'function' ? change() : change),
      },
    })
  const amounts: [string, unknown, Trace][] = [
    ['one more', 51, 'refused'],
    ['one less', 49, 'refused'],
    ['ten times as much', 500, 'refused'],
    ['the largest number', Number.MAX_SAFE_INTEGER, 'refused'],
    ['nothing', 0, 'parked'],
    ['less than nothing', -50, 'parked'],
    ['a fraction', 50.5, 'parked'],
    ['a number too large to be exact', 2 ** 53 + 50, 'parked'],
    ['a huge number', 1e300, 'parked'],
    ['a text', '50', 'parked'],
    ['a list', [50], 'parked'],
    ['an object', { value: 50 }, 'parked'],
    ['yes', true, 'parked'],
    ['null', null, 'parked'],
    ['missing', undefined, 'parked'],
  ]
  const currencies: [string, unknown, Trace][] = [
    ['roubles', 'RUB', 'parked'],
    ['small letters', 'xtr', 'parked'],
    ['nothing', '', 'parked'],
    ['null', null, 'parked'],
    ['missing', undefined, 'parked'],
  ]
  const payloads: [string, () => unknown, Trace][] = [
    ['an unknown payment', () => newId(), 'refused'],
    ['nothing', () => '', 'refused'],
    ['a text', () => 'credits-100', 'refused'],
    ['an id and a blank', () => `${payment.id} `, 'refused'],
    ['SQL', () => `${payment.id}' or '1'='1`, 'refused'],
    ['a name of the language', () => '__proto__', 'refused'],
    ['a payment of somebody else', () => others.stranger, 'refused'],
    ['a payment by card', () => others.card, 'refused'],
    ['a zero character', () => `${payment.id}\u0000`, 'parked'],
    ['half a character', () => `${payment.id}\ud800`, 'parked'],
    ['a number', () => 7, 'parked'],
    ['a list', () => [payment.id], 'parked'],
    ['null', () => null, 'parked'],
    ['missing', () => undefined, 'parked'],
  ]
  const charges: [string, () => unknown, Trace][] = [
    ['that paid another payment', () => others.paidCharge, 'refused'],
    ['without a name', () => '', 'parked'],
    ['that is a number', () => 7, 'parked'],
    ['of 10,000 letters', () => 'x'.repeat(10_000), 'parked'],
    ['that is null', () => null, 'parked'],
    ['that is missing', () => undefined, 'parked'],
  ]
  const payers: [string, () => unknown, Trace][] = [
    ['somebody else', () => stranger.telegramId, 'refused'],
    ['somebody unknown', () => 4_242_424_242, 'refused'],
    ['nobody', () => 0, 'parked'],
    ['a negative number', () => -buyer.telegramId, 'parked'],
    ['a fraction', () => buyer.telegramId + 0.5, 'parked'],
    ['a text', () => String(buyer.telegramId), 'parked'],
    ['missing', () => undefined, 'parked'],
  ]
  const shapes: [string, (update: Update) => object, Trace][] = [
    ['no payment in it', (update) => withMessage(update, { successful_payment: null }), 'parked'],
    ['a list of payments', (update) => withMessage(update, { successful_payment: [] }), 'parked'],
    [
      'a text for a payment',
      (update) => withMessage(update, { successful_payment: 'x' }),
      'parked',
    ],
    ['an end that is a text', money({ subscription_expiration_date: 'never' }), 'parked'],
    ['an end that is a fraction', money({ subscription_expiration_date: 1.5 }), 'parked'],
    ['a renewal that is a text', money({ is_recurring: 'yes' }), 'parked'],
    [
      'its message edited',
      ({ message, ...rest }) => ({ ...rest, edited_message: message }),
      'stored',
    ],
    [
      'its message in a channel',
      ({ message, ...rest }) => ({ ...rest, channel_post: message }),
      'stored',
    ],
    [
      'its message in a list',
      ({ message, ...rest }) => ({ ...rest, message: [message] }),
      'stored',
    ],
    [
      'the payment beside its message',
      ({ message: { successful_payment, ...message }, ...rest }) => ({
        ...rest,
        message,
        successful_payment,
      }),
      'stored',
    ],
  ]
  const refund = (change: () => Json) => (update: Update) => ({
    ...withMessage(update, {
      successful_payment: undefined,
      refunded_payment: {
        currency: 'XTR',
        total_amount: 50,
        invoice_payload: others.paid,
        telegram_payment_charge_id: others.paidCharge,
        ...change(),
      },
    }),
  })
  const refunds: [string, (update: Update) => object, Trace][] = [
    ['one Star more', refund(() => ({ total_amount: 51 })), 'parked'],
    ['another currency', refund(() => ({ currency: 'RUB' })), 'parked'],
    [
      'an unknown charge of an unknown payment',
      refund(() => ({ telegram_payment_charge_id: 'x', invoice_payload: newId() })),
      'parked',
    ],
    [
      'an unknown charge and one Star less',
      refund(() => ({
        telegram_payment_charge_id: 'y',
        total_amount: 49,
        invoice_payload: payment.id,
      })),
      'parked',
    ],
  ]
  const all: [string, (update: Update) => object, Trace][] = [
    ...amounts.map(
      ([what, total_amount, record]): Case => [`amount: ${what}`, money({ total_amount }), record],
    ),
    ...currencies.map(
      ([what, currency, record]): Case => [`currency: ${what}`, money({ currency }), record],
    ),
    ...payloads.map(
      ([what, make, record]): Case => [
        `payload: ${what}`,
        money(() => ({ invoice_payload: make() })),
        record,
      ],
    ),
    ...charges.map(
      ([what, make, record]): Case => [
        `charge: ${what}`,
        money(() => ({ telegram_payment_charge_id: make() })),
        record,
      ],
    ),
    ...payers.map(
      ([what, make, record]): Case => [
        `payer: ${what}`,
        (update) => withMessage(update, { from: { ...update.message.from, id: make() } }),
        record,
      ],
    ),
    ...shapes,
    ...refunds.map(([what, change, record]): Case => [`refund: ${what}`, change, record]),
  ]

  test.each(all)('with %s', async (_what, change, record) => {
    const body = change(paidUpdate(payment, buyer.telegramId))
    await expectNothing('/webhooks/telegram', body, record)
  })

  test('until it comes as it is, with fields that nobody knows yet', async () => {
    expect(all.length).toBeGreaterThan(50)
    const before = await core().balance.get(buyer.userId, 'credits')
    const update = money({ new_field: { deep: [1] } })(paidUpdate(payment, buyer.telegramId))
    expect(await deliver('/webhooks/telegram', update)).toBe(200)
    expect(await core().balance.get(buyer.userId, 'credits')).toBe(before + 100n)
  })
})

describe('an object of YooKassa gives nothing', () => {
  let payment: Payment
  const others = { stars: '', card: '' }

  beforeAll(async () => {
    const guest = await aGuest(shop)
    const order = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
    const start = async () => (await guest.post('/api/v1/payments', order)).body.payment.id
    payment = await core().payments.getById(await start())
    others.card = await start()
    others.stars = (await (await aCustomer(shop)).buy('credits-100')).body.payment.id
    await shop.sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  })

  const amount = (change: Json) => (object: Json) => ({
    ...object,
    amount: { ...Object(object['amount']), ...change },
  })
  const ours = (make: () => unknown) => (object: Json) => ({
    ...object,
    metadata: { payment_id: make() },
  })
  const set = (change: Json) => (object: Json) => ({ ...object, ...change })
  const values: [string, unknown, Trace][] = [
    ['a kopeck more', '199.01', 'refused'],
    ['a kopeck less', '198.99', 'refused'],
    ['ten times as much', '1990.00', 'refused'],
    ['nothing', '0.00', 'refused'],
    ['less than nothing', '-199.00', 'refused'],
    ['a third of a kopeck', '199.003', 'parked'],
    ['an exponent', '1.99e2', 'parked'],
    ['a comma', '199,00', 'parked'],
    ['a blank', ' 199.00', 'parked'],
    ['30 digits', '9'.repeat(30), 'parked'],
    ['no number', 'NaN', 'parked'],
    ['no text', 199, 'parked'],
    ['no value', '', 'parked'],
    ['null', null, 'parked'],
    ['missing', undefined, 'parked'],
  ]
  const all: [string, (object: Json) => unknown, Trace][] = [
    ...values.map(
      ([what, value, record]): YookassaCase => [`amount: ${what}`, amount({ value }), record],
    ),
    ['currency: dollars', amount({ currency: 'USD' }), 'refused'],
    ['currency: Stars', amount({ currency: 'XTR' }), 'refused'],
    ['currency: small letters', amount({ currency: 'rub' }), 'parked'],
    ['currency: missing', amount({ currency: undefined }), 'parked'],
    ['amount: missing with its currency', set({ amount: undefined }), 'parked'],
    ['payment: unknown', ours(() => newId()), 'refused'],
    ['payment: no id', ours(() => ''), 'refused'],
    ['payment: another one of the buyer', ours(() => others.card), 'refused'],
    ['payment: one in Stars', ours(() => others.stars), 'refused'],
    ['payment: a number', ours(() => 7), 'parked'],
    ['payment: none named', set({ metadata: undefined }), 'refused'],
    ['shop: another', set({ recipient: { account_id: '999' } }), 'parked'],
    ['shop: a number', set({ recipient: { account_id: 100_500 } }), 'parked'],
    ['shop: missing', set({ recipient: undefined }), 'parked'],
    ['test flag: no', set({ test: false }), 'parked'],
    ['test flag: missing', set({ test: undefined }), 'parked'],
    ['test flag: a text', set({ test: 'true' }), 'parked'],
    ['status: unknown', set({ status: 'paid' }), 'parked'],
    ['status: missing', set({ status: undefined }), 'parked'],
    ['id: of another payment', set({ id: '2e8f0000-000f-5000-8000-000000000000' }), 'parked'],
    ['id: missing', set({ id: undefined }), 'parked'],
    ['nothing in it', () => ({}), 'parked'],
    ['a list for an object', () => [], 'parked'],
    ['null for an object', () => null, 'parked'],
  ]

  test.each(all)('with %s', async (what, change, record) => {
    proxy.change = change
    const { providerPaymentId: id } = payment
    // Each time another body, as one that is done would not be looked at again.
    const body = {
      type: 'notification',
      event: 'payment.succeeded',
      object: { id, status: 'succeeded', description: what },
    }
    await expectNothing('/webhooks/yookassa', body, record)
  })

  test('until it comes as it is', async () => {
    proxy.change = (answer) => answer
    const [held] = (await shop.sandbox.control.deliveries.list()).filter(
      ({ kind }) => kind === 'payment.succeeded',
    )
    expect(await shop.sandbox.control.deliveries.send(held?.seq ?? 0)).toEqual({ accepted: true })
    expect(await core().balance.get(payment.userId, 'credits')).toBe(500n)
  })
})

type Update = ReturnType<typeof paidUpdate>
type Case = [string, (update: Update) => object, Trace]
type YookassaCase = [string, (object: Json) => unknown, Trace]

function withMessage(update: Update, change: Json): object {
  return { ...update, message: { ...update.message, ...change } }
}
