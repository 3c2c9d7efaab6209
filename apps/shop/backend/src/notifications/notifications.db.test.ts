import { newId } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { aCustomer, apiClient, type Customer, eventually } from '../testing/running-shop.ts'
import { shopForAllTests } from '../testing/shop-for-tests.ts'

const shop = shopForAllTests()

const core = () => shop.served().app.platform.core
const isReachable = (customer: Customer) => core().reach.isReachable(customer.userId)
const said = async ({ person }: Pick<Customer, 'person'>): Promise<string[]> =>
  (await person.chat()).filter(({ by }) => by === 'bot').map(({ text }) => text ?? '')
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })

describe('somebody who blocks the bot', () => {
  test('is marked by a notice that is refused, until they write again', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    await shop.sandbox.control.faults.add({
      ...{ target: 'telegram', kind: 'blocked', user_id: customer.telegramId },
    })
    await customer.person.pay(body.confirmationUrl)
    expect(
      await eventually(
        () => isReachable(customer),
        (is) => !is,
      ),
    ).toBe(false)
    await customer.person.say('/help')
    expect(await eventually(() => isReachable(customer), Boolean)).toBe(true)
  })

  test('is marked by Telegram’s word, and reached again after unblocking it', async () => {
    const customer = await aCustomer(shop)
    await customer.person.blockBot()
    expect(
      await eventually(
        () => isReachable(customer),
        (is) => !is,
      ),
    ).toBe(false)
    await customer.person.unblockBot()
    expect(await eventually(() => isReachable(customer), Boolean)).toBe(true)
  })
})

describe('a notice of a payment', () => {
  const buy = async (customer: Customer): Promise<void> => {
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
  }
  /** Waits until the last thing somebody was to be told has come so far. */
  const untilToldIs = (customer: Customer, status: string, attempts: number) =>
    eventually(
      async () => {
        const { items } = await core().repos.notifications.listWhere(undefined, { limit: 100 })
        return items.filter(({ userId }) => userId === customer.userId)
      },
      (all) => all.some((one) => one.status === status && one.attempts === attempts),
    )
  const thanks = async (customer: Customer): Promise<number> =>
    (await said(customer)).filter((text) => text.startsWith('Thank you!')).length

  test('is in the language that the person chose', async () => {
    const customer = await aCustomer(shop)
    await core().users.updateProfile(customer.userId, { language: 'ru' })
    await buy(customer)
    const texts = await eventually(
      () => said(customer),
      ({ length }) => length > 0,
    )
    expect(texts).toEqual(['Спасибо! Вы купили: 100 credits.'])
  })

  test('comes once, also when the answer to it was lost', async () => {
    const customer = await aCustomer(shop)
    await shop.sandbox.control.faults.add({
      ...{ target: 'telegram', kind: 'drop', method: 'sendMessage' },
    })
    await buy(customer)
    await untilToldIs(customer, 'unknown', 0)
    await shop.sandbox.control.clock.advance({ hours: 1 })
    expect(await thanks(customer)).toBe(1)
  })

  test('comes after all when Telegram has the bot wait a minute', async () => {
    const customer = await aCustomer(shop)
    await shop.sandbox.control.faults.add({
      ...{ target: 'telegram', kind: 'rate_limit', method: 'sendMessage', retry_after: 60 },
    })
    await buy(customer)
    await untilToldIs(customer, 'due', 1)
    expect(await thanks(customer)).toBe(0)
    await shop.sandbox.control.clock.advance({ minutes: 2 })
    expect(await thanks(customer)).toBe(1)
  })
})

describe('the shop reminds', () => {
  test('of a streak in the evening of somebody’s own day, in their language, once', async () => {
    const ada = await aCustomer(shop)
    const boris = await aCustomer(shop)
    await core().users.updateProfile(boris.userId, { language: 'ru' })
    const visit = (customer: Customer, timeZone: string) =>
      core().visits.record(customer.userId, { via: 'startapp', timeZone })
    for (let day = 0; day < 2; day++) {
      // Neither has summer time: a day of the clock is one of theirs.
      await visit(ada, 'America/Bogota')
      await visit(boris, 'Asia/Tokyo')
      await days(1)
    }
    await days(1)
    const ofStreaks = async (customer: Customer): Promise<string[]> =>
      (await said(customer)).filter((text) => /^(Days in a row|Дней подряд)/.test(text))
    expect(await ofStreaks(ada)).toEqual([
      'Days in a row: 2. Open the shop before the night is over to keep your streak.',
    ])
    expect(await ofStreaks(boris)).toEqual([
      'Дней подряд: 2. Загляните в магазин до конца ночи, чтобы не прервать серию.',
    ])
  })

  test('nobody of what they turned off', async () => {
    const customer = await aCustomer(shop)
    const { notificationSettings, visits } = core()
    await notificationSettings.update(customer.userId, {
      topics: { reminders: false, tips: false },
    })
    for (let day = 0; day < 2; day++) {
      await visits.record(customer.userId, { via: 'startapp' })
      await days(1)
    }
    await days(9)
    expect(await said(customer)).toEqual([])
  })

  test('welcomes somebody on the day after they came', async () => {
    const customer = await aCustomer(shop)
    await days(3)
    expect(
      (await said(customer)).filter((text) => text.startsWith('Good to have you')),
    ).toHaveLength(1)
  })
})

describe('a broadcast over HTTP', () => {
  const text = { texts: { en: 'Mugs are back', ru: 'Кружки вернулись' } }

  test('is drafted, counted, started and watched by the administrator', async () => {
    const customer = await aCustomer(shop)
    const admin = apiClient(shop, shop.adminToken)
    const key = newId()
    const drafted = await admin.post('/api/v1/admin/broadcasts', text, key)
    expect(drafted).toMatchObject({ status: 201, body: { broadcast: { status: 'draft' } } })
    const again = await admin.post('/api/v1/admin/broadcasts', text, key)
    expect(again.body).toEqual(drafted.body)
    const { id } = drafted.body.broadcast
    const { recipients, unreachable } = drafted.body.audience
    expect(recipients + unreachable).toBeGreaterThanOrEqual(1)
    expect(await said(customer)).not.toContain('Mugs are back')

    const path = `/api/v1/admin/broadcasts/${id}`
    expect(await admin.post(`${path}/start`)).toMatchObject({
      status: 200,
      body: { broadcast: { status: 'running' } },
    })
    const done = await eventually(
      () => admin.get(path),
      ({ body }) => body.broadcast.status === 'finished',
    )
    expect(done.body.progress).toMatchObject({ sent: recipients, pending: 0 })
    expect((await said(customer)).filter((one) => one === 'Mugs are back')).toHaveLength(1)
    expect((await admin.get('/api/v1/admin/broadcasts')).body.items[0]).toMatchObject({ id })
  })

  test('is nobody else’s business', async () => {
    const customer = await aCustomer(shop)
    const id = newId()
    for (const client of [customer, apiClient(shop, 'none')]) {
      const refused = [
        await client.post('/api/v1/admin/broadcasts', text),
        await client.post(`/api/v1/admin/broadcasts/${id}/start`),
        await client.get('/api/v1/admin/broadcasts'),
      ]
      for (const { status } of refused) expect([401, 403]).toContain(status)
    }
  })

  test.each([
    [{ texts: {} }, 422],
    [{ texts: { en: 'x'.repeat(4_097) } }, 422],
    [{ texts: { en: 'x' }, buttons: [{ text: 'x', url: 'javascript:alert(1)' }] }, 422],
    [{ texts: { en: 'x' }, audience: { languages: [] } }, 422],
    [{ texts: { en: 'x' }, paidStars: 1 }, 403],
  ])('refuses the draft %j', async (body, status) => {
    const admin = apiClient(shop, shop.adminToken)
    expect((await admin.post('/api/v1/admin/broadcasts', body)).status).toBe(status)
  })
})
