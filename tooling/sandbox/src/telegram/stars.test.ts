import { GrammyError } from 'grammy'
import { describe, expect, test } from 'vitest'
import { until } from '../testing/listen.ts'
import { SECRET, startShop } from '../testing/shop.ts'

const price = [{ label: 'Credits', amount: 100 }]
const monthly = { subscription_period: 2_592_000 }

describe('buying with Stars', () => {
  test('paying a link asks the bot, takes the Stars and tells the bot once', async () => {
    await using shop = await startShop()
    const { sandbox, bot, webhook } = shop
    const alice = sandbox.control.user('alice')
    const link = await bot.api.createInvoiceLink('Credits', '100 credits', 'p-1', '', 'XTR', price)

    const result = await alice.pay(link)

    expect(link).toMatch(/^https:\/\/t\.me\/\$/)
    expect(result.status).toBe('paid')
    await until(() => shop.updates('message').length === 1)
    expect(shop.updates('message')[0]).toMatchObject({
      message: {
        from: { id: await alice.id() },
        successful_payment: {
          currency: 'XTR',
          total_amount: 100,
          invoice_payload: 'p-1',
          telegram_payment_charge_id: result.charge_id,
        },
      },
    })
    expect(webhook.received[0]?.headers['x-telegram-bot-api-secret-token']).toBe(SECRET)
    expect((await alice.wallet()).stars).toBe(9_900)
    expect(await bot.api.getMyStarBalance()).toEqual({ amount: 100 })
  })

  test('one link may be paid twice, each time with a charge of its own', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'p-1', '', 'XTR', price)

    const [first, second] = [await alice.pay(link), await alice.pay(link)]

    expect([first.status, second.status]).toEqual(['paid', 'paid'])
    expect(first.charge_id).not.toBe(second.charge_id)
  })

  test('a refusal of the bot takes nothing and shows its words', async () => {
    await using shop = await startShop({}, async (bot, { pre_checkout_query: query }) => {
      if (query) await bot.api.answerPreCheckoutQuery(query.id, false, { error_message: 'Closed' })
      return 200
    })
    const alice = shop.sandbox.control.user('alice')
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'p-1', '', 'XTR', price)

    expect(await alice.pay(link)).toEqual({ status: 'failed', error: 'Closed' })
    expect((await alice.wallet()).stars).toBe(10_000)
  })

  test('a bot that says nothing in time loses the sale, and its late answer is refused', async () => {
    await using shop = await startShop({ limits: { preCheckoutMs: 50 } }, async () => 200)
    const alice = shop.sandbox.control.user('alice')
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'p-1', '', 'XTR', price)

    expect(await alice.pay(link)).toEqual({ status: 'failed', error: 'BOT_PRECHECKOUT_TIMEOUT' })
    const [asked] = shop.updates('pre_checkout_query')
    const id = asked?.pre_checkout_query?.id ?? ''
    await expect(shop.bot.api.answerPreCheckoutQuery(id, true)).rejects.toThrow(/query is too old/)
  })

  test('an invoice message is paid by its button, and an empty wallet pays nothing', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice', { stars: 100 })
    const chatId = await alice.id()
    const { message_id } = await shop.bot.api.sendInvoice(chatId, 'T', 'D', 'p-1', 'XTR', price)

    expect((await alice.pay(message_id)).status).toBe('paid')
    expect(await alice.pay(message_id)).toEqual({ status: 'failed', error: 'BALANCE_TOO_LOW' })
  })

  test('a refund gives everything back once and stands in the books under the same id', async () => {
    await using shop = await startShop()
    const { bot } = shop
    const alice = shop.sandbox.control.user('alice')
    const link = await bot.api.createInvoiceLink('T', 'D', 'p-1', '', 'XTR', price)
    const { charge_id = '' } = await alice.pay(link)

    await bot.api.refundStarPayment(await alice.id(), charge_id)

    await expect(bot.api.refundStarPayment(await alice.id(), charge_id)).rejects.toThrow(
      /CHARGE_ALREADY_REFUNDED/,
    )
    await until(() => shop.updates('message').length === 2)
    expect(shop.updates('message')[1]).toMatchObject({
      message: { refunded_payment: { total_amount: 100, telegram_payment_charge_id: charge_id } },
    })
    const { transactions } = await bot.api.getStarTransactions()
    expect(transactions.map(({ id, source, receiver }) => [id, !!source, !!receiver])).toEqual([
      [charge_id, true, false],
      [charge_id, false, true],
    ])
    expect((await alice.wallet()).stars).toBe(10_000)
  })

  test('a chargeback leaves the bot in debt without a word', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'p-1', '', 'XTR', price)
    const { charge_id = '' } = await alice.pay(link)

    await alice.chargeBack(charge_id)

    expect(await shop.bot.api.getMyStarBalance()).toEqual({ amount: 0 })
    const books = await shop.sandbox.control.telegram.transactions()
    expect(books.map(({ kind }) => kind)).toEqual(['payment', 'chargeback'])
    expect(shop.updates('message').length).toBeLessThan(2)
  })
})

describe('subscriptions in Stars', () => {
  test('renew every 30 days with the same payload and a new charge, until cancelled', async () => {
    await using shop = await startShop()
    const { control } = shop.sandbox
    const alice = control.user('alice')
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'sub', '', 'XTR', price, monthly)
    const { charge_id = '' } = await alice.pay(link)

    await control.clock.advance({ days: 61 })
    await alice.cancelSubscription(charge_id)
    await control.clock.advance({ days: 31 })

    const payments = shop.updates('message').map(({ message }) => message?.successful_payment)
    expect(payments).toHaveLength(3)
    expect(payments[0]).toMatchObject({ is_recurring: true, is_first_recurring: true })
    expect(payments[1]).toMatchObject({ is_recurring: true, invoice_payload: 'sub' })
    expect(payments[1]).not.toHaveProperty('is_first_recurring')
    const [first, second, third] = payments.map(
      (payment) => payment?.subscription_expiration_date ?? 0,
    )
    expect([(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]).toEqual([
      2_592_000, 2_592_000,
    ])
    expect(shop.updates('subscription')).toMatchObject([
      { subscription: { state: 'canceled', invoice_payload: 'sub' } },
    ])
    expect((await alice.wallet()).subscriptions).toMatchObject([{ state: 'expired' }])
  })

  test('a renewal without Stars fails, is told, and is paid when the customer comes back', async () => {
    await using shop = await startShop()
    const { control } = shop.sandbox
    const alice = control.user('alice', { stars: 100 })
    const link = await shop.bot.api.createInvoiceLink('T', 'D', 'sub', '', 'XTR', price, monthly)
    const { charge_id = '' } = await alice.pay(link)

    await control.clock.advance({ days: 31 })
    expect(shop.updates('subscription')).toMatchObject([{ subscription: { state: 'failed' } }])
    await expect(alice.resumeSubscription(charge_id)).rejects.toThrow(/too few/i)
    await alice.addStars(500)
    const { subscriptions } = await alice.resumeSubscription(charge_id)

    expect(subscriptions).toMatchObject([{ state: 'active' }])
    await until(() => shop.updates('message').length === 2)
  })

  test('a subscription that the bot ended can be taken up only when the bot allows it', async () => {
    await using shop = await startShop()
    const { bot } = shop
    const alice = shop.sandbox.control.user('alice')
    const link = await bot.api.createInvoiceLink('T', 'D', 'sub', '', 'XTR', price, monthly)
    const { charge_id = '' } = await alice.pay(link)
    const id = await alice.id()

    await bot.api.editUserStarSubscription(id, charge_id, true)
    await expect(alice.resumeSubscription(charge_id)).rejects.toThrow(/not allow/)
    await bot.api.editUserStarSubscription(id, charge_id, false)
    await alice.resumeSubscription(charge_id)

    await until(() => shop.updates('subscription').length === 1)
    expect(shop.updates('subscription')).toMatchObject([{ subscription: { state: 'active' } }])
  })
})

describe("Telegram's limits on invoices", () => {
  const good = { title: 'T', description: 'D', payload: 'p', currency: 'XTR', prices: price }
  test.each([
    ['an empty title', { title: '' }],
    ['a title of 33', { title: 'x'.repeat(33) }],
    ['a description of 256', { description: 'x'.repeat(256) }],
    ['a payload of 129 bytes', { payload: `${'я'.repeat(64)}x` }],
    ['two prices', { prices: [...price, ...price] }],
    ['no price', { prices: [] }],
    ['nothing to pay', { prices: [{ label: 'x', amount: 0 }] }],
    ['10 001 Stars', { prices: [{ label: 'x', amount: 10_001 }] }],
    ['another currency', { currency: 'RUB' }],
    ['a provider token', { provider_token: 'abc' }],
    ['a period of a week', { subscription_period: 604_800 }],
  ])('%s is refused', async (_what, change) => {
    await using shop = await startShop()
    const request = shop.bot.api.raw.createInvoiceLink({ ...good, ...change })
    await expect(request).rejects.toThrow(GrammyError)
    await expect(request).rejects.toMatchObject({ error_code: 400 })
  })

  test('a payload of exactly 128 bytes is taken', async () => {
    await using shop = await startShop()
    const payload = 'я'.repeat(64)
    await expect(shop.bot.api.raw.createInvoiceLink({ ...good, payload })).resolves.toMatch(/t\.me/)
  })
})
