import { newId } from '@gramkit/core/kernel'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idOf, mergingIn } from './testing/merging.ts'
import { paid } from './testing/paid.ts'
import { type ApiClient, aCustomer, aGuest, apiClient } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { subscribedWithCard, subscriptionOf, trial } from './testing/subscribers.ts'

const shop = shopForAllTests()
const { core, aPair, balanceOf, hasBought, merge, spend } = mergingIn(shop)
let client: pg.Client

beforeAll(async () => {
  client = new pg.Client(shop.database.adminUrl)
  await client.connect()
})

afterAll(() => client.end())

const refunded = (paymentId: string) =>
  apiClient(shop, shop.adminToken).post(`/api/v1/admin/payments/${paymentId}/refund`, {})

/** Opens the next charge of somebody's plan by card, as a renewal that is due does. */
async function opensRenewal(guest: ApiClient) {
  const [{ id }] = (await guest.get('/api/v1/payments')).body.items
  const original = await core().payments.getById(id)
  const { subscriptionId, savedMethodId, product, amount } = original
  const renewal = await core().payments.openRenewal({
    ...{ original, product, amount },
    ...{ subscriptionId: subscriptionId ?? '', savedMethodId: savedMethodId ?? '' },
  })
  return { original, renewal }
}

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
    const { original, renewal } = await opensRenewal(guest)
    const { id: firstId, subscriptionId, savedMethodId, amount } = original
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
    const { original, renewal } = await opensRenewal(guest)
    const { subscriptionId } = original
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
    await trial(user)
    await trial(guest)
    await merge(guestId, userId)
    expect(await daysLeft(user)).toBe(7)
    const own = await core().repos.subscriptions.findLive(userId, 'pro')
    const over = { status: 'expired', expiresAt: null, noticeAt: null } as const
    await core().repos.subscriptions.update(own?.id ?? '', over)
    const next = await aGuest(shop)
    await trial(next)
    await merge(await idOf(next), userId)
    expect(await subscriptionOf(user)).toMatchObject({ status: 'expired' })
  })
})
