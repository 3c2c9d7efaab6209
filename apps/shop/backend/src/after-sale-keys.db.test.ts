import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { overtake } from '@gramkit/services/overtake'
import { describe, expect, test } from 'vitest'
import { aGuest } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { buyWithCard } from './testing/subscribers.ts'

const shop = shopForAllTests({ GRAMKIT_YOOKASSA_RECEIPTS: 'email' })
const core = () => shop.served().app.platform.core

/** A mug that was prepaid. */
async function paidMug(): Promise<Payment> {
  const contact = { email: 'buyer@example.com' }
  const mug = { productId: 'mug', consent: null, contact }
  return core().payments.getById(await buyWithCard(shop, await aGuest(shop), mug))
}

async function saleOf(payment: Payment) {
  const [sale] = await core().receipts.listByPayment(payment.id)
  if (!sale) throw new Error('A sale has its receipt')
  return sale
}

/** Two at once, held at the payment until both have come to it. */
const atOnce = <T>(payment: Payment, act: () => Promise<T>) =>
  overtake(
    shop,
    'select from gramkit.payment where id = $1 for update',
    [payment.id],
    () => Promise.all([act(), act()]),
    { count: 2 },
  )

describe('a receipt', () => {
  test('is one for each sale, each refund and each settlement', async () => {
    const payment = await paidMug()
    await expect(core().receipts.open(payment)).rejects.toThrow()
    const refund = await core().refunds.apply({
      gateway: payment.gateway,
      providerPaymentId: payment.providerPaymentId ?? '',
      providerRefundId: newId(),
      amount: 100n,
      currency: payment.currency,
      status: 'succeeded',
    })
    await expect(core().receipts.open(payment, refund)).rejects.toThrow()
    const sale = await saleOf(payment)
    const settle = () =>
      core().repos.receipts.insert({ ...sale, id: newId(), kind: 'settlement', status: 'pending' })
    await settle()
    await expect(settle()).rejects.toThrow()
  })

  test('of a settlement is made once when it is asked for twice at once', async () => {
    const payment = await paidMug()
    const [one, other] = await atOnce(payment, () => core().receipts.settle(payment.id))
    expect(one?.id).toBe(other?.id)
  })

  test('that was registered stays so, whatever is said of it at that very moment', async () => {
    const sale = await saleOf(await paidMug())
    const register = `update gramkit.payment_receipt set status = 'registered' where id = $1`
    await overtake(shop, register, [sale.id], () =>
      core().receipts.apply(sale.id, { status: 'rejected' }),
    )
    expect(await core().repos.receipts.getById(sale.id)).toMatchObject({ status: 'registered' })
  })
})

describe('a dispute', () => {
  test('that is lost twice at once is booked once', async () => {
    const payment = await paidMug()
    const [one, other] = await atOnce(payment, () =>
      core().disputes.record({
        ...{ paymentId: payment.id, reference: 'cb-1', amount: 100n },
        ...{ status: 'lost', actor: 'test' },
      }),
    )
    expect(one?.id).toBe(other?.id)
    expect(await core().payments.getById(payment.id)).toMatchObject({ refundedAmount: 100n })
    if (!one) throw new Error('The dispute was recorded')
    await expect(core().repos.disputes.insert({ ...one, id: newId() })).rejects.toThrow()
  })
})

describe('PostgreSQL itself', () => {
  test('lets nobody give back or take more of a payment than there is', async () => {
    const { id, amount, updatedAt } = await paidMug()
    for (const change of [{ refundedAmount: amount + 1n }, { captureAmount: amount + 1n }]) {
      await expect(core().repos.payments.update(id, { ...change, updatedAt })).rejects.toThrow()
    }
  })
})
