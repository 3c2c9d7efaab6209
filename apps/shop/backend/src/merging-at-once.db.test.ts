import { newId } from '@gramkit/core/kernel'
import { overtake } from '@gramkit/services/overtake'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idOf, mergingIn } from './testing/merging.ts'
import { paid } from './testing/paid.ts'
import { aCustomer, aGuest, apiClient } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'

const shop = shopForAllTests()
const { core, aPair, balanceOf, buys, give, merge, spend } = mergingIn(shop)
let client: pg.Client

beforeAll(async () => {
  client = new pg.Client(shop.database.adminUrl)
  await client.connect()
})

afterAll(() => client.end())

const codeOf = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === 'fulfilled' ? result.value : Reflect.get(Object(result.reason), 'code')

describe('at the same moment', () => {
  test('two merges of one guest into one user move once', async () => {
    const { guestId, userId } = await aPair()
    await give(guestId, 30n)
    const both = () => Promise.all([merge(guestId, userId), merge(guestId, userId)])
    const hold = 'select from gramkit.user_account where id = $1 for update'
    const outcomes = await overtake(shop, hold, [guestId], both, { count: 2 })
    expect(outcomes.sort()).toEqual(['already_merged', 'merged'])
    expect(await balanceOf(userId)).toBe(30n)
  })

  test('two users who want one guest: one gets all', async () => {
    const [{ guestId, userId }, { userId: otherId }] = [await aPair(), await aPair()]
    await give(guestId, 30n)
    const both = () => Promise.allSettled([merge(guestId, userId), merge(guestId, otherId)])
    const hold = 'select from gramkit.user_account where id = $1 for update'
    const outcomes = await overtake(shop, hold, [guestId], both, { count: 2 })
    expect(outcomes.map(codeOf).sort()).toEqual(['accounts.identity_taken', 'merged'])
    expect([await balanceOf(userId), await balanceOf(otherId)].sort()).toEqual([0n, 30n])
  })

  test('two guests who are one person, whom nobody knows yet, become one', async () => {
    const [one, other] = [await idOf(await aGuest(shop)), await idOf(await aGuest(shop))]
    await give(one, 10n)
    await give(other, 20n)
    const identity = {
      ...{ id: 77_000_002n, username: null, firstName: 'Zoe', lastName: null, languageCode: null },
    }
    const connect = (id: string) => core().accounts.connectTelegram(id, identity)
    const both = () => Promise.all([connect(one), connect(other)])
    const hold = 'select from gramkit.user_account where id = any($1) for update'
    const [first, second] = await overtake(shop, hold, [[one, other]], both, { count: 2 })
    expect(first.id).toBe(second.id)
    expect((await connect(first.id)).id).toBe(first.id)
    expect(await balanceOf(first.id)).toBe(30n)
  })

  test('a login by the key of a device whose guest registers is of a new guest', async () => {
    const deviceKey = newId()
    const asGuest = () => apiClient(shop, 'none').post('/api/v1/auth/guest', { deviceKey })
    const guestId = (await asGuest()).body.user.id
    const register = `update gramkit.user_account
      set kind = 'registered', device_key_hash = null where id = $1`
    const late = await overtake(shop, register, [guestId], asGuest)
    expect(late.body.user).toMatchObject({ kind: 'guest' })
    expect(late.body.user.id).not.toBe(guestId)
  })

  test('ten guests become one user, and nothing is lost', async () => {
    const { userId } = await aCustomer(shop)
    const guests = await Promise.all(
      Array.from({ length: 10 }, async () => idOf(await aGuest(shop))),
    )
    for (const guestId of guests) await give(guestId, 10n)
    await Promise.all(guests.map((guestId) => merge(guestId, userId)))
    expect(await balanceOf(userId)).toBe(100n)
  })

  test('a settlement of the guest’s payment ends up with the user, whoever is first', async () => {
    for (const first of ['merge', 'settlement'] as const) {
      const { guest, guestId, userId } = await aPair()
      const payment = await buys(guest, 'credits-500')
      const settle = () => core().payments.apply(paid(payment, payment.providerPaymentId ?? ''))
      const join = () => merge(guestId, userId)
      const works = first === 'merge' ? [join, settle] : [settle, join]
      const hold = 'select from gramkit.payment where id = $1 for update'
      const results = await overtake(
        ...[shop, hold, [payment.id], () => Promise.allSettled(works.map((work) => work()))],
        { count: 2 },
      )
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      expect(await core().payments.getById(payment.id)).toMatchObject({
        status: 'succeeded',
        userId,
      })
      expect(await balanceOf(userId)).toBe(500n)
    }
  })

  test('what the guest spends is spent once', async () => {
    const { guestId, userId } = await aPair()
    await give(guestId, 100n)
    const hold = 'select from gramkit.balance_account where user_id = $1 for update'
    const [joined, spent] = await overtake(
      ...[
        shop,
        hold,
        [guestId],
        () => Promise.allSettled([merge(guestId, userId), spend(guestId, 40n)]),
      ],
      { count: 2 },
    )
    expect(codeOf(joined)).toBe('merged')
    const gone = spent.status === 'fulfilled' ? 40n : 0n
    expect(await balanceOf(userId)).toBe(100n - gone)
    expect(await balanceOf(guestId)).toBe(0n)
  })

  test('nobody writes a row that names the guest while they are merged', async () => {
    const { guestId, userId } = await aPair()
    const payment = [newId(), guestId]
    // As a request that began before: its payment is there, and not committed.
    const begun = `insert into gramkit.payment (id, user_id, gateway, surface, product_id, product,
        amount, currency, status, created_at, updated_at)
      values ($1, $2, 'yookassa', 'web', 'credits-500', '{}', 1, 'RUB', 'failed', now(), now())`
    await overtake(shop, begun, payment, () => merge(guestId, userId))
    const { rows } = await client.query('select user_id from gramkit.payment where id = $1', [
      payment[0],
    ])
    expect(rows).toEqual([{ user_id: userId }])
    await client.query('delete from gramkit.payment where id = $1', [payment[0]])
  })
})
