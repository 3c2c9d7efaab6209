import { newId } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { aClient, digitsIn, newestMail } from '../testing/letters.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  eventually,
} from '../testing/running-shop.ts'
import { shopForAllTests } from '../testing/shop-for-tests.ts'
import { userIdOf } from '../testing/subscribers.ts'

const shop = shopForAllTests({ GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32' })

const core = () => shop.served().app.platform.core
const anAddress = () => `${newId()}@example.org`
const mailsTo = async (address: string) =>
  (await shop.sandbox.control.mailbox(address)).map(({ subject, text }) => ({ subject, text }))
const noticesTo = async (address: string) =>
  (await mailsTo(address)).filter(({ text }) => !/\d{3} \d{3}/.test(text))

/** Somebody who signs up by an address, and has no Telegram here. */
async function signUp(email: string, language: 'en' | 'ru' = 'en'): Promise<ApiClient> {
  const client = aClient(shop)
  const { body } = await client.post('/auth/email/start', { email, language })
  const code = digitsIn(await newestMail(shop.sandbox, email))
  const { body: login } = await client.post('/auth/email/complete', { id: body.id, code })
  return apiClient(shop, login.token)
}

/** Has a code sent to an address, and gives what confirms it. */
async function askToConnect(client: ApiClient, email: string) {
  const { body } = await aClient(shop).post('/me/email/start', { email }, client.token)
  return { id: body.id, code: digitsIn(await newestMail(shop.sandbox, email)) }
}

/** Buys with a card, and gives the payment's id. */
async function buy(client: ApiClient): Promise<string> {
  const { body } = await client.post('/api/v1/payments', {
    ...{ productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' },
  })
  const payment = await core().payments.getById(body.payment.id)
  await shop.sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  return payment.id
}

/** Waits until so much of what somebody was to be told is over, and gives how it ended. */
async function ends(userId: string, count = 1): Promise<string[]> {
  const all = await eventually(
    async () => {
      const { items } = await core().repos.notifications.listWhere(undefined, { limit: 100 })
      return items.filter((one) => one.userId === userId)
    },
    (items) => items.filter(({ status }) => !['due', 'sending'].includes(status)).length >= count,
  )
  return all.map(({ status, channel, reason }) => `${status}: ${channel ?? reason}`)
}

describe('a notice of a payment is mailed', () => {
  test('to who signed up by an address, in their language, once', async () => {
    const email = anAddress()
    const client = await signUp(email)
    await core().users.updateProfile(await userIdOf(client), { language: 'ru' })
    const paymentId = await buy(client)
    await newestMail(shop.sandbox, email, 2)
    const admin = apiClient(shop, shop.adminToken)
    await admin.post(`/api/v1/admin/payments/${paymentId}/refund`, {})
    expect(await ends(await userIdOf(client), 2)).toEqual(['sent: email', 'sent: email'])
    expect(await noticesTo(email)).toEqual([
      { subject: '500 credits', text: 'Спасибо! Вы купили: 500 credits.' },
      { subject: '500 credits', text: 'Деньги возвращены: 500 credits.' },
    ])
  })

  test('to who blocked the bot and has confirmed an address', async () => {
    const [customer, email] = [await aCustomer(shop), anAddress()]
    const typed = await askToConnect(customer, email)
    const confirmed = await aClient(shop).post('/me/email/complete', typed, customer.token)
    expect(confirmed.status).toBe(200)
    const { body } = await customer.buy('credits-100')
    await shop.sandbox.control.faults.add({
      ...{ target: 'telegram', kind: 'blocked', user_id: customer.telegramId },
    })
    await customer.person.pay(body.confirmationUrl)
    expect(await ends(customer.userId)).toEqual(['sent: email'])
    expect(await noticesTo(email)).toEqual([
      { subject: '100 credits', text: 'Thank you! You bought: 100 credits.' },
    ])
  })

  test('to nobody whom the bot can write to', async () => {
    const [customer, email] = [await aCustomer(shop), anAddress()]
    const typed = await askToConnect(customer, email)
    await aClient(shop).post('/me/email/complete', typed, customer.token)
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
    expect(await ends(customer.userId)).toEqual(['sent: telegram'])
    expect(await noticesTo(email)).toEqual([])
  })

  test('to no address that is not confirmed', async () => {
    const [guest, email] = [await aGuest(shop), anAddress()]
    await askToConnect(guest, email)
    await buy(guest)
    expect(await ends(await userIdOf(guest))).toEqual(['skipped: no address'])
    expect(await noticesTo(email)).toEqual([])
  })
})

test('nobody is mailed what they could turn off', async () => {
  const email = anAddress()
  const client = await signUp(email)
  await shop.sandbox.control.clock.advance({ days: 3 })
  expect(await ends(await userIdOf(client))).toEqual(['skipped: not on Telegram'])
  expect(await noticesTo(email)).toEqual([])
})
