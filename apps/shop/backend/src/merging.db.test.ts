import { newId } from '@gramkit/core/kernel'
import { overtake } from '@gramkit/services/overtake'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import { paid } from './testing/paid.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'
import { subscribedWithCard, subscriptionOf } from './testing/subscribers.ts'

let shop: RunningShop
let client: pg.Client

beforeAll(async () => {
  shop = await startRunningShop()
  client = new pg.Client(shop.database.adminUrl)
  await client.connect()
})

afterAll(async () => {
  await expectLedgerToAddUp(shop)
  await client.end()
  await shop[Symbol.asyncDispose]()
})

const core = () => shop.served().shop.platform.core
const credits = { unit: 'credits', reason: 'test', reference: 'test' }
const give = (userId: string, amount: bigint) =>
  core().balance.credit({ ...credits, id: newId(), userId, amount })
const spend = (userId: string, amount: bigint) =>
  core().balance.debit({ ...credits, id: newId(), userId, amount })
const hold = (userId: string, amount: bigint, id = newId()) =>
  core().holds.place({ ...credits, id, userId, amount })
const balanceOf = (userId: string) => core().balance.get(userId, 'credits')
const idOf = async (of: ApiClient): Promise<string> => (await of.get('/api/v1/me')).body.id

/** A guest and the user whom they turn out to be. */
async function aPair() {
  const [guest, user] = [await aGuest(shop), await aCustomer(shop)]
  return { guest, user, guestId: await idOf(guest), userId: user.userId }
}

async function buys(of: ApiClient, productId: string) {
  const purchase = { productId, gateway: 'yookassa', currency: 'RUB' }
  const { body } = await of.post('/api/v1/payments', purchase)
  return core().payments.getById(body.payment.id)
}

async function hasBought(of: ApiClient, productId: string) {
  const { id, providerPaymentId } = await buys(of, productId)
  await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
  await eventually(
    () => core().payments.getById(id),
    ({ status }) => status === 'succeeded',
  )
  return core().payments.getById(id)
}

const refunded = (paymentId: string) =>
  apiClient(shop, shop.adminToken).post(`/api/v1/admin/payments/${paymentId}/refund`, {})

const codeOf = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === 'fulfilled' ? result.value : Reflect.get(Object(result.reason), 'code')

const merge = (guestId: string, userId: string) => core().accounts.merge(guestId, userId)

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

describe('a refund after a merge', () => {
  test('takes the credits from who has them', async () => {
    const { guest, guestId, userId } = await aPair()
    const payment = await hasBought(guest, 'credits-500')
    await merge(guestId, userId)
    expect((await refunded(payment.id)).status).toBe(200)
    expect([await balanceOf(guestId), await balanceOf(userId)]).toEqual([0n, 0n])
  })

  test('is refused when they are spent', async () => {
    const { guest, guestId, userId } = await aPair()
    const payment = await hasBought(guest, 'credits-500')
    await merge(guestId, userId)
    await spend(userId, 1n)
    expect(await refunded(payment.id)).toMatchObject({ body: { code: 'payments.goods_used' } })
    expect(await balanceOf(userId)).toBe(499n)
  })

  test('by the provider’s own will leaves the debt with who spent them', async () => {
    const { guest, guestId, userId } = await aPair()
    const payment = await hasBought(guest, 'credits-500')
    await merge(guestId, userId)
    await spend(userId, 450n)
    await core().refunds.apply({
      ...{ gateway: 'yookassa', providerPaymentId: payment.providerPaymentId ?? '' },
      ...{ providerRefundId: newId(), amount: payment.amount, currency: payment.currency },
      status: 'succeeded',
    })
    expect([await balanceOf(guestId), await balanceOf(userId)]).toEqual([0n, -450n])
  })

  test('that was asked for before it takes what was set aside then', async () => {
    const { guest, guestId, userId } = await aPair()
    const payment = await hasBought(guest, 'credits-500')
    const { faults } = shop.sandbox.control
    await faults.add({ target: 'yookassa', kind: 'drop', effect: 'not_done', times: null })
    const { body } = await refunded(payment.id)
    await faults.clear()
    await merge(guestId, userId)
    expect([await balanceOf(guestId), await balanceOf(userId)]).toEqual([500n, 0n])
    await core().refunds.apply({
      ...{ gateway: 'yookassa', providerPaymentId: payment.providerPaymentId ?? '' },
      ...{ providerRefundId: newId(), refundId: body.refund.id, status: 'succeeded' },
      ...{ amount: payment.amount, currency: payment.currency },
    })
    expect([await balanceOf(guestId), await balanceOf(userId)]).toEqual([0n, 0n])
  })

  test('never lets anybody else give back what they did not get', async () => {
    const { guest, guestId } = await aPair()
    const payment = await hasBought(guest, 'credits-500')
    const { userId: stranger } = await aPair()
    const { rows } = await client.query(
      'select id from gramkit.balance_transfer where reference = $1 and unit = $2',
      [payment.id, 'credits'],
    )
    const reversal = { id: newId(), transferId: rows[0].id, reason: 'test', reference: 'test' }
    await expect(core().balance.reverse({ ...reversal, from: stranger })).rejects.toMatchObject({
      code: 'balance.reversal_too_large',
    })
    expect(await balanceOf(guestId)).toBe(500n)
  })
})

describe('a subscription', () => {
  const daysLeft = async (of: ApiClient) => {
    const { items } = (await of.get('/api/v1/subscriptions')).body
    const [live] = items.filter(({ status }: { status: string }) => status !== 'expired')
    const { accessUntil } = live
    return Math.round((Date.parse(accessUntil) - core().clock.now().getTime()) / 86_400_000)
  }
  const tries = (of: ApiClient) =>
    of.post('/api/v1/subscriptions/trials', { productId: 'pro-monthly' })

  test('becomes the user’s, with all that is to come of it', async () => {
    const guest = await subscribedWithCard(shop)
    const user = await aCustomer(shop)
    const before = await subscriptionOf(guest)
    await merge(await idOf(guest), user.userId)
    expect(await subscriptionOf(user)).toEqual({ ...before, status: 'active' })
    expect(before).toMatchObject({ hasSavedMethod: true, nextCharge: { amount: '29900' } })
  })

  test('of a group that the user has too gives its time, is not renewed, and a refund takes it back', async () => {
    const guest = await subscribedWithCard(shop)
    const user = await aCustomer(shop)
    const gift = { id: newId(), userId: user.userId, productId: 'pro-monthly', actor: 'test' }
    await core().subscriptions.gift(gift)
    const [{ id: paymentId }] = (await guest.get('/api/v1/payments')).body.items
    await merge(await idOf(guest), user.userId)
    expect(await daysLeft(user)).toBe(60)
    const { rows } = await client.query(
      `select status, saved_method_id from gramkit.subscription where user_id = $1 order by id`,
      [user.userId],
    )
    expect(rows.map(({ status }) => status).sort()).toEqual(['active', 'expired'])
    expect(rows.find(({ status }) => status === 'expired')).toMatchObject({ saved_method_id: null })
    expect((await refunded(paymentId)).status).toBe(200)
    expect(await daysLeft(user)).toBe(30)
  })

  /** What the database says of what somebody has of a group, what is over last. */
  const storedOf = async (userId: string) => {
    const { rows } = await client.query(
      `select * from gramkit.subscription where user_id = $1 order by status`,
      [userId],
    )
    return rows
  }

  test('that is charged after the merge gives its time, and changes neither plan nor who is charged', async () => {
    const guest = await subscribedWithCard(shop)
    const user = await aCustomer(shop)
    const gift = { id: newId(), userId: user.userId, productId: 'plus-monthly', actor: 'test' }
    await core().subscriptions.gift(gift)
    const [{ id: firstId }] = (await guest.get('/api/v1/payments')).body.items
    const original = await core().payments.getById(firstId)
    const { subscriptionId, savedMethodId, product, amount } = original
    const renewal = await core().payments.openRenewal({
      ...{ original, product, amount },
      ...{ subscriptionId: subscriptionId ?? '', savedMethodId: savedMethodId ?? '' },
    })
    await merge(await idOf(guest), user.userId)
    const [before] = await storedOf(user.userId)
    await core().payments.apply({ ...paid(renewal), savedMethodId: savedMethodId ?? '' })
    const [after, own] = await storedOf(user.userId)
    expect(await daysLeft(user)).toBe(90)
    const changed = ['extra_ms', 'expires_at', 'notice_at', 'updated_at']
    const kept = Object.keys(before).filter((column) => !changed.includes(column))
    for (const column of kept) expect(after[column], column).toEqual(before[column])
    expect(after).toMatchObject({ product_id: 'plus-monthly', next_charge_at: null })
    expect(own).toMatchObject({ status: 'expired', saved_method_id: null, heir_id: after.id })
    expect(await core().payments.getById(renewal.id)).toMatchObject({
      ...{ status: 'succeeded', userId: user.userId, subscriptionId, savedMethodId: null },
    })
    const { gateway, providerPaymentId, currency } = await core().payments.getById(renewal.id)
    await core().refunds.apply({
      ...{ gateway, providerPaymentId: providerPaymentId ?? '', providerRefundId: newId() },
      ...{ amount, currency, status: 'succeeded' },
    })
    expect(await daysLeft(user)).toBe(60)
    expect((await refunded(firstId)).status).toBe(200)
    expect(await daysLeft(user)).toBe(30)
  })

  test('is given to nobody under the id of a guest who was merged', async () => {
    const { guestId, userId } = await aPair()
    await merge(guestId, userId)
    const gift = { id: newId(), userId: guestId, productId: 'pro-monthly', actor: 'test' }
    await expect(core().subscriptions.gift(gift)).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('that is charged after the merge, where nothing runs any more, gives its period and ends', async () => {
    const guest = await subscribedWithCard(shop)
    const user = await aCustomer(shop)
    const gift = { id: newId(), userId: user.userId, productId: 'plus-monthly', actor: 'test' }
    const { id: heirId } = await core().subscriptions.gift(gift)
    const [{ id: firstId }] = (await guest.get('/api/v1/payments')).body.items
    const original = await core().payments.getById(firstId)
    const { subscriptionId, savedMethodId, product, amount } = original
    const renewal = await core().payments.openRenewal({
      ...{ original, product, amount },
      ...{ subscriptionId: subscriptionId ?? '', savedMethodId: savedMethodId ?? '' },
    })
    await merge(await idOf(guest), user.userId)
    const over = { status: 'expired', expiresAt: null, noticeAt: null } as const
    await core().repos.subscriptions.update(heirId, over)
    const ended = { currentPeriodEnd: core().clock.now() }
    await core().repos.subscriptions.update(subscriptionId ?? '', ended)
    await core().payments.apply(paid(renewal))
    const [live] = await storedOf(user.userId)
    expect(live).toMatchObject({ id: subscriptionId, status: 'canceled', next_charge_at: null })
    expect(await daysLeft(user)).toBe(30)
  })

  test('on trial gives no second trial, and no time to one that runs', async () => {
    const { guest, user, guestId, userId } = await aPair()
    await tries(user)
    await tries(guest)
    await merge(guestId, userId)
    expect(await daysLeft(user)).toBe(7)
    const own = await core().repos.subscriptions.findLive(userId, 'pro')
    const over = { status: 'expired', expiresAt: null, noticeAt: null } as const
    await core().repos.subscriptions.update(own?.id ?? '', over)
    const next = await aGuest(shop)
    await tries(next)
    await merge(await idOf(next), userId)
    expect(await subscriptionOf(user)).toMatchObject({ status: 'expired' })
  })
})
