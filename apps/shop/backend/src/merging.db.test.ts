import { newId } from '@gramkit/core/kernel'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mergingIn } from './testing/merging.ts'
import { paid } from './testing/paid.ts'
import { type ApiClient, aCustomer, apiClient } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'

const shop = shopForAllTests()
const { core, aPair, balanceOf, buys, give, hasBought, hold, merge } = mergingIn(shop)
let client: pg.Client

beforeAll(async () => {
  client = new pg.Client(shop.database.adminUrl)
  await client.connect()
})

afterAll(() => client.end())

describe('a guest who turns out to be a user', () => {
  test('brings all they have, and a second merge changes nothing', async () => {
    const { guest, user, guestId, userId } = await aPair()
    await give(guestId, 70n)
    await give(userId, 5n)
    await core().visits.record(guestId, { via: 'start', startParam: 's-poster' })
    const { id: groupId } = await core().groups.create(guestId, { title: 'Tea' })
    const made = await core().invites.create({ createdBy: guestId, usageLimit: 2 })
    const used = await core().invites.create({ createdBy: (await aCustomer(shop)).userId })
    await core().invites.use({ code: used.code, usedBy: guestId })
    const pending = await buys(guest, 'credits-500')
    const mug = await hasBought(guest, 'mug')
    await user.post('/api/v1/me/merge', { guestToken: guest.token })

    expect(await balanceOf(userId)).toBe(75n)
    expect(await balanceOf(guestId)).toBe(0n)
    const { body: payments } = await user.get('/api/v1/payments')
    expect(payments.items.map(({ id }: { id: string }) => id)).toEqual([mug.id, pending.id])
    expect((await user.get('/api/v1/orders')).body.items).toMatchObject([{ paymentId: mug.id }])
    expect((await user.get('/api/v1/me')).body.streak).toMatchObject({ current: 1, total: 1 })
    expect((await user.get('/api/v1/groups')).body.items).toMatchObject([
      { id: groupId, role: 'owner', memberCount: 1 },
    ])
    expect((await user.get('/api/v1/invitations')).body.items).toMatchObject([{ id: made.id }])
    expect((await core().invites.uses(used.id)).items).toMatchObject([{ usedBy: userId }])
    await core().payments.apply(paid(pending, pending.providerPaymentId ?? newId()))
    expect(await balanceOf(userId)).toBe(575n)

    const before = await client.query('select count(*) from gramkit.balance_transfer')
    expect(await merge(guestId, userId)).toBe('already_merged')
    const after = await client.query('select count(*) from gramkit.balance_transfer')
    expect(after.rows).toEqual(before.rows)
    const told = await client.query(
      `select payload from gramkit.outbox_event where name = 'user.merged' and subject_id = $1`,
      [guestId],
    )
    expect(told.rows).toEqual([{ payload: { guestId, userId } }])
  })

  test('is asked for again with the same key and gets the same answer', async () => {
    const { guest, user, userId } = await aPair()
    const key = newId()
    const ask = () => user.post('/api/v1/me/merge', { guestToken: guest.token }, key)
    expect(await ask()).toEqual({ status: 200, body: { userId } })
    expect(await ask()).toEqual({ status: 200, body: { userId } })
    // The guest is nobody any more, so their login opens nothing.
    expect((await guest.get('/api/v1/me')).status).toBe(401)
    const other = await user.post('/api/v1/me/merge', { guestToken: guest.token })
    expect(other).toMatchObject({ status: 404, body: { code: 'accounts.guest_unknown' } })
  })

  test('two devices never share a guest, also after one of them has logged in', async () => {
    const deviceKey = newId()
    const logIn = (key: string) =>
      apiClient(shop, 'none').post('/api/v1/auth/guest', { deviceKey: key })
    const [one, other] = [await logIn(deviceKey), await logIn(newId())]
    expect(one.body.user.id).not.toBe(other.body.user.id)
    const { userId } = await aCustomer(shop)
    await merge(one.body.user.id, userId)
    const again = await logIn(deviceKey)
    expect([one.body.user.id, other.body.user.id, userId]).not.toContain(again.body.user.id)
    expect(again.body.user.kind).toBe('guest')
  })

  test('is never somebody registered, a guest or oneself', async () => {
    const [one, other] = [await aPair(), await aPair()]
    const taken = { code: 'accounts.identity_taken' }
    await expect(merge(one.userId, other.userId)).rejects.toMatchObject(taken)
    await expect(merge(one.guestId, other.guestId)).rejects.toMatchObject(taken)
    await expect(merge(one.userId, one.userId)).rejects.toMatchObject(taken)
    await expect(merge(newId(), one.userId)).rejects.toMatchObject({ kind: 'not_found' })
    await merge(one.guestId, one.userId)
    await expect(merge(one.guestId, other.userId)).rejects.toMatchObject(taken)
  })

  test('stays whole when the merge fails half-way', async () => {
    const { guest, guestId, userId } = await aPair()
    await give(guestId, 10n)
    const payment = await buys(guest, 'credits-500')
    // Balances move last: by then payments have moved and logins have ended.
    await client.query(
      `create trigger broken before insert on gramkit.balance_transfer
       for each statement execute function gramkit.refuse_change()`,
    )
    try {
      await expect(merge(guestId, userId)).rejects.toThrow()
    } finally {
      await client.query('drop trigger broken on gramkit.balance_transfer')
    }
    expect(await core().payments.getById(payment.id)).toMatchObject({ userId: guestId })
    expect((await guest.get('/api/v1/me')).body).toMatchObject({ id: guestId, kind: 'guest' })
    expect(await merge(guestId, userId)).toBe('merged')
    expect(await balanceOf(userId)).toBe(10n)
  })
})

describe('a guest who logs in by Telegram', () => {
  const logInAs = async (initData: string, guest: ApiClient) =>
    (await guest.post('/api/v1/auth/telegram', { initData })).body

  test('becomes registered as the same person, and their device begins anew', async () => {
    const deviceKey = newId()
    const asGuest = () => apiClient(shop, 'none').post('/api/v1/auth/guest', { deviceKey })
    const { body: guest } = await asGuest()
    await give(guest.user.id, 9n)
    const person = shop.sandbox.control.user(newId(), { first_name: 'Zoe' })
    const login = await logInAs(await person.initData(), apiClient(shop, guest.token))
    expect(login.user).toMatchObject({
      ...{ id: guest.user.id, kind: 'registered', firstName: 'Zoe' },
      telegramId: String(await person.id()),
    })
    expect(await balanceOf(login.user.id)).toBe(9n)
    expect((await asGuest()).body.user.id).not.toBe(guest.user.id)
    const { rows } = await client.query(
      `select name from gramkit.outbox_event where subject_id = $1 and name like 'user.%' order by id`,
      [guest.user.id],
    )
    expect(rows.map(({ name }) => name)).toEqual(['user.created', 'user.registered'])
  })

  test('whom we know is merged into who they are', async () => {
    const { guest, user, guestId, userId } = await aPair()
    await give(guestId, 9n)
    const login = await logInAs(await user.person.initData(), guest)
    expect(login.user.id).toBe(userId)
    expect(await balanceOf(userId)).toBe(9n)
    expect((await guest.get('/api/v1/me')).status).toBe(401)
  })

  test('leaves somebody registered who they are', async () => {
    const [ada, bob] = [await aCustomer(shop), await aCustomer(shop)]
    const login = await logInAs(await bob.person.initData(), ada)
    expect(login.user.id).toBe(bob.userId)
    expect((await ada.get('/api/v1/me')).body.id).toBe(ada.userId)
    const connect = core().accounts.connectTelegram(ada.userId, {
      ...{ id: 77_000_001n, username: null, firstName: 'Eve', lastName: null, languageCode: null },
    })
    await expect(connect).rejects.toMatchObject({ code: 'accounts.identity_taken' })
  })
})

describe('what lands on a guest afterwards', () => {
  /** Lets the next round of a guest be due now. */
  async function nextRoundOf(guestId: string): Promise<void> {
    const now = core().clock.now()
    const due = 'update gramkit.user_departure set next_round_at = $2 where user_id = $1'
    await client.query(due, [guestId, now])
    await core().accounts.sweep()
  }

  test('is moved a minute later, and in the rounds after that, each time once', async () => {
    const { guestId, userId } = await aPair()
    await merge(guestId, userId)
    await give(guestId, 1n)
    await shop.sandbox.control.clock.advance({ minutes: 1 })
    expect(await balanceOf(userId)).toBe(1n)
    for (const amount of [2n, 4n]) {
      await give(guestId, amount)
      await nextRoundOf(guestId)
    }
    expect(await balanceOf(userId)).toBe(7n)
    expect(await core().repos.departures.find(guestId)).toMatchObject({
      rounds: 4,
      nextRoundAt: null,
    })
  })

  test('a login that the merge did not see opens nothing', async () => {
    const { guestId, userId } = await aPair()
    const guest = await core().users.getById(guestId)
    await merge(guestId, userId)
    const { token } = await core().sessions.open(guest, { surface: 'web', label: null })
    expect((await apiClient(shop, token).get('/api/v1/me')).status).toBe(401)
  })

  test('a hold stays where it is until it ends, and what is free then is the user’s', async () => {
    const { guestId, userId } = await aPair()
    await give(guestId, 100n)
    const { id } = await hold(guestId, 60n)
    await merge(guestId, userId)
    expect(await balanceOf(userId)).toBe(40n)
    for (let round = 1; round <= 4; round++) await nextRoundOf(guestId)
    expect(await core().repos.departures.find(guestId)).not.toMatchObject({ nextRoundAt: null })
    await core().holds.capture({ holdId: id, amount: 50n })
    await nextRoundOf(guestId)
    expect(await core().repos.departures.find(guestId)).toMatchObject({ nextRoundAt: null })
    expect([await balanceOf(guestId), await balanceOf(userId)]).toEqual([0n, 50n])
  })
})
