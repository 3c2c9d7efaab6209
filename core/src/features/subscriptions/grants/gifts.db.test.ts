import { afterAll, expect, test } from 'vitest'
import { addMs, DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'

const start = new Date('2026-07-01T12:00:00.000Z')
const clock = new VirtualClock(start)
const { services, close } = await testPlatform({
  clock,
  products: [
    {
      id: 'premium',
      kind: 'subscription',
      title: 'Premium',
      description: 'Everything, for a month',
      goods: 'digital',
      prices: { XTR: 100n },
      plan: { group: 'premium', period: { days: 30 }, features: ['export'] },
    },
  ],
})

afterAll(close)

const days = (count: number) => addMs(start, count * DAY_MS)
const give = (userId: string, periods?: number, id = newId()) =>
  services.subscriptions.gift({ id, userId, productId: 'premium', periods, actor: 'test' })
const takeBack = (giftId: string) =>
  services.subscriptions.takeBackGift({ giftId, actor: 'admin', reason: 'fraud' })
const accessUntil = async (userId: string) =>
  (await services.subscriptions.list(userId)).items.map(({ expiresAt }) => expiresAt)

test('a gift of several periods begins with one and has the others on top', async () => {
  const { id: userId } = await aPerson(services)
  const given = await give(userId, 3)
  expect(given).toMatchObject({ currentPeriodEnd: days(30), extraMs: 60 * DAY_MS })
  expect(await accessUntil(userId)).toEqual([days(90)])
  await give(userId, 2)
  expect(await accessUntil(userId)).toEqual([days(150)])
})

test.each([0, -1, 1.5, 1_201, Number.NaN])('refuses a gift of %d periods', async (periods) => {
  const { id: userId } = await aPerson(services)
  const refused = { code: 'kernel.invalid_value', details: { field: 'periods' } }
  await expect(give(userId, periods)).rejects.toMatchObject(refused)
})

test('a lifetime is a gift like any other', async () => {
  const { id: userId } = await aPerson(services)
  await give(userId, 1_200)
  expect(await services.subscriptions.hasAccess(userId, 'export')).toBe(true)
  expect(await accessUntil(userId)).toEqual([days(36_000)])
})

test('the id of a gift is not used for another number of periods', async () => {
  const { id: userId } = await aPerson(services)
  const id = newId()
  await give(userId, 2, id)
  await expect(give(userId, 3, id)).rejects.toMatchObject({ code: 'subscriptions.gift_conflict' })
})

test('a gift is taken back once by any number of calls at once, and others stay', async () => {
  const { id: userId } = await aPerson(services)
  const id = newId()
  await give(userId, 1)
  await give(userId, 2, id)
  await Promise.all([takeBack(id), takeBack(id), takeBack(id)])
  expect(await accessUntil(userId)).toEqual([days(30)])
})

test('what began with a gift ends with it', async () => {
  const { id: userId } = await aPerson(services)
  const id = newId()
  await give(userId, 2, id)
  await takeBack(id)
  expect(await services.subscriptions.hasAccess(userId, 'export')).toBe(false)
  await services.renewals.expireDue()
  expect((await services.subscriptions.list(userId)).items).toMatchObject([{ status: 'expired' }])
})

test('a gift that nobody gave cannot be taken back', async () => {
  await expect(takeBack(newId())).rejects.toMatchObject({ code: 'kernel.not_found' })
})
