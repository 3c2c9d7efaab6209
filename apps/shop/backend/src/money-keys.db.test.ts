import { DAY_MS, newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { overtake } from '@gramkit/services/overtake'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paid } from './testing/paid.ts'
import { type ApiClient, aGuest, eventually } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { paymentsOf } from './testing/subscribers.ts'

const shop = shopForAllTests()
let watcher: pg.Client
const core = () => shop.served().app.platform.core

beforeAll(async () => {
  watcher = new pg.Client(shop.database.adminUrl)
  await watcher.connect()
})

afterAll(() => watcher.end())

async function bought(guest: ApiClient, productId = 'mug'): Promise<Payment> {
  const autopaymentConsent = { textVersion: 'test' }
  const purchase = { productId, gateway: 'yookassa', currency: 'RUB', autopaymentConsent }
  const { body } = await guest.post('/api/v1/payments', purchase)
  return read(body.payment.id)
}

async function read(id: string): Promise<Payment> {
  return core().payments.getById(id)
}

async function settled(payment: Payment): Promise<Payment> {
  await core().payments.apply(paid(payment, payment.providerPaymentId ?? newId()))
  return read(payment.id)
}

const subscriptionsOf = async (guest: ApiClient) =>
  (await guest.get('/api/v1/subscriptions')).body.items

describe('a payment', () => {
  const settle = `update gramkit.payment set status = 'succeeded' where id = $1`

  test('is not closed when it is paid at that very moment', async () => {
    const { id } = await bought(await aGuest(shop))
    const closed = await overtake(shop, settle, [id], () =>
      core().payments.close(id, 'expired', 'late'),
    )
    expect(closed.status).toBe('succeeded')
    expect(await read(id)).toMatchObject({ status: 'succeeded', failureReason: null })
  })

  test('does not go back to pending when it is paid before the offer is recorded', async () => {
    const payment = await bought(await aGuest(shop))
    await watcher.query(`update gramkit.payment set status = 'unknown' where id = $1`, [payment.id])
    await overtake(shop, settle, [payment.id], () => core().payments.offer(payment))
    expect(await read(payment.id)).toMatchObject({ status: 'succeeded' })
  })

  test('is settled once when it is reported twice at once', async () => {
    const payment = await bought(await aGuest(shop), 'credits-500')
    const hold = 'select from gramkit.payment where id = $1 for update'
    const report = paid(payment, payment.providerPaymentId ?? '')
    const apply = () => core().payments.apply(report)
    const outcomes = await overtake(
      shop,
      hold,
      [payment.id],
      () => Promise.all([apply(), apply()]),
      { count: 2 },
    )
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'ignored'])
    expect(await core().balance.get(payment.userId, 'credits')).toBe(500n)
    const kept = 'select reported_status, outcome from gramkit.payment_event where payment_id = $1'
    expect((await watcher.query(kept, [payment.id])).rows).toEqual([
      { reported_status: 'succeeded', outcome: 'applied' },
    ])
  })

  test('alone gets a charge that is reported for two at once', async () => {
    const guest = await aGuest(shop)
    const [first, second] = [await bought(guest), await bought(guest)]
    const providerPaymentId = newId()
    const take = 'update gramkit.payment set provider_payment_id = $2 where id = $1'
    await watcher.query(take, [second.id, null])
    const report = paid(second, providerPaymentId)
    const apply = () => core().payments.apply(report)
    const parallel = await overtake(shop, take, [first.id, providerPaymentId], () =>
      Promise.allSettled([apply()]),
    )
    expect(parallel).toMatchObject([{ status: 'rejected' }])
    // Delivered again, as whatever fails is.
    expect(await apply()).toMatchObject({
      outcome: 'refused',
      problem: 'the charge belongs to another payment',
    })
    expect((await read(second.id)).status).toBe('pending')
  })

  test('opens one order', async () => {
    const payment = await settled(await bought(await aGuest(shop)))
    const { orders } = shop.served().app.platform.services
    await expect(orders.open(payment)).rejects.toThrow()
  })
})

describe('a refund', () => {
  const refundOf = (payment: Payment, providerRefundId: string) =>
    core().refunds.apply({
      gateway: payment.gateway,
      providerPaymentId: payment.providerPaymentId ?? '',
      providerRefundId,
      amount: payment.amount,
      currency: payment.currency,
      status: 'succeeded',
    })

  test('is stored once under the id that the provider gave it', async () => {
    const payment = await settled(await bought(await aGuest(shop)))
    const providerRefundId = newId()
    const refund = await refundOf(payment, providerRefundId)
    await expect(core().repos.refunds.insert({ ...refund, id: newId() })).rejects.toThrow()
  })

  test('waits for another of the same payment, and never exceeds it', async () => {
    const payment = await settled(await bought(await aGuest(shop)))
    const half = payment.amount / 2n
    const others = 'update gramkit.payment set refunded_amount = $2, status = $3 where id = $1'
    const request = { id: newId(), paymentId: payment.id, amount: half + 1n, actor: 'test' }
    const [outcome] = await overtake(shop, others, [payment.id, half, 'partially_refunded'], () =>
      Promise.allSettled([core().refunds.request(request)]),
    )
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'payments.not_refundable' },
    })
    await watcher.query(others, [payment.id, 0, 'succeeded'])
  })

  test('that is reported twice at once takes back once', async () => {
    const payment = await settled(await bought(await aGuest(shop), 'credits-500'))
    const hold = 'select from gramkit.payment where id = $1 for update'
    const id = newId()
    const apply = () => refundOf(payment, id)
    await overtake(shop, hold, [payment.id], () => Promise.all([apply(), apply()]), { count: 2 })
    expect(await read(payment.id)).toMatchObject({ refundedAmount: payment.amount })
    expect(await core().balance.get(payment.userId, 'credits')).toBe(0n)
  })
})

describe('a subscription', () => {
  test('is one when two first payments for it arrive at once, and both periods count', async () => {
    const guest = await aGuest(shop)
    const payments = [await bought(guest, 'pro-monthly'), await bought(guest, 'pro-monthly')]
    const startedAt = payments[0]?.createdAt.getTime() ?? 0
    const apply = () =>
      Promise.allSettled(
        payments.map((payment) => core().payments.apply(paid(payment, payment.id))),
      )
    // Both have seen that there is none before either may write one.
    const first = await overtake(shop, 'lock table gramkit.subscription in share mode', [], apply, {
      count: 2,
    })
    expect(first.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    // Delivered again, as whatever fails is.
    await apply()
    const found = await subscriptionsOf(guest)
    expect(found).toHaveLength(1)
    const { currentPeriodStart, currentPeriodEnd } = found[0]
    expect(Date.parse(currentPeriodEnd) - Date.parse(currentPeriodStart)).toBe(30 * DAY_MS)
    expect(Date.parse(currentPeriodEnd) - startedAt).toBeGreaterThan(59 * DAY_MS)
  })

  test('is charged once when two workers find it due', async () => {
    const guest = await aGuest(shop)
    const payment = await bought(guest, 'pro-monthly')
    const report = paid(payment, payment.providerPaymentId ?? '')
    await core().payments.apply({ ...report, savedMethodId: newId() })
    const [{ id }] = await subscriptionsOf(guest)
    const due = `update gramkit.subscription set next_charge_at = now() - interval '1 minute'
                 where id = $1`
    await watcher.query(due, [id])
    const renew = () => core().renewals.renewDue()
    // The first to come writes a charge, and is held there until the second has looked.
    await overtake(shop, 'lock table gramkit.payment in share mode', [], () =>
      Promise.all([renew(), renew()]),
    )
    // The first may have been the shop's own worker.
    const charges = () => paymentsOf(guest)
    await eventually(charges, ({ length }) => length > 1)
    expect(await charges()).toHaveLength(2)
  })

  test('is extended from where a payment at the same moment has brought it', async () => {
    const guest = await aGuest(shop)
    await settled(await bought(guest, 'pro-monthly'))
    const [before] = await subscriptionsOf(guest)
    const original = await read(await lastPayment(guest))
    const renewal = await core().payments.openRenewal({
      original,
      savedMethodId: newId(),
      subscriptionId: before.id,
      product: original.product,
      amount: original.amount,
    })
    await overtake(
      shop,
      `update gramkit.subscription set current_period_end = current_period_end + interval '30 days'
       where id = $1`,
      [before.id],
      () => core().payments.apply(paid(renewal)),
    )
    const [after] = await subscriptionsOf(guest)
    const days = (Date.parse(after.currentPeriodEnd) - Date.parse(before.currentPeriodEnd)) / DAY_MS
    expect(days).toBe(60)
  })
})

async function lastPayment(guest: ApiClient): Promise<string> {
  return (await guest.get('/api/v1/payments')).body.items[0].id
}
