import { newId, VirtualClock } from '@gramkit/core/kernel'
import type { Fulfilment, Payment } from '@gramkit/core/payments'
import { overtake } from '@gramkit/services/overtake'
import { afterAll, describe, expect, test } from 'vitest'
import { startPieceShop } from './testing/piece-shop.ts'

const given: string[] = []

/** Gives by writing down; refuses what was sold to somebody unlucky. */
const noted: Fulfilment<unknown> = {
  async fulfil(_tx, { id, returnUrl }) {
    if (returnUrl?.includes('unlucky')) throw new Error('The shelf is empty')
    given.push(id)
  },
  async reverse() {},
}

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))

const { database, sandbox, platform, close, ...shop } = await startPieceShop({
  clock,
  fulfilment: noted,
  products: [
    {
      id: 'painting',
      kind: 'piece',
      goods: 'physical',
      title: 'Painting',
      description: 'Paid when it is sent.',
      prices: { RUB: 500_000n },
      capture: 'manual',
    },
  ],
})

afterAll(async () => {
  expect(await platform.core.balance.verify()).toMatchObject({ ok: true })
  await close()
})

const bought = (path = ''): Promise<Payment> => shop.bought('painting', { path })

/** The buyer pays; nothing tells the shop of it but its own look. */
async function reserved(path = ''): Promise<Payment> {
  const payment = await bought(path)
  await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  return payment
}

async function look(): Promise<void> {
  clock.advance(60_000)
  await platform.core.paymentsCheck.checkDue()
}

const statusOf = async ({ id }: Payment) => (await platform.core.payments.getById(id)).status
const atYookassa = async ({ providerPaymentId }: Payment) =>
  (await sandbox.control.yookassa.payments()).find(({ id }) => id === providerPaymentId)?.status

describe('a product whose money is only reserved', () => {
  test('is given when the money is taken, once', async () => {
    const payment = await reserved()
    await look()
    expect(await statusOf(payment)).toBe('waiting_for_capture')
    expect(given).not.toContain(payment.id)
    expect(await platform.core.payments.capture(payment.id)).toMatchObject({ status: 'succeeded' })
    expect(await platform.core.payments.capture(payment.id)).toMatchObject({ status: 'succeeded' })
    expect(given.filter((id) => id === payment.id)).toHaveLength(1)
    expect(await atYookassa(payment)).toBe('succeeded')
  })

  test('is not given when it is cancelled, and the reservation ends', async () => {
    const payment = await reserved()
    await look()
    expect(await platform.core.payments.cancel(payment.id)).toMatchObject({ status: 'canceled' })
    expect(await platform.core.payments.cancel(payment.id)).toMatchObject({ status: 'canceled' })
    expect(await atYookassa(payment)).toBe('canceled')
    await expect(platform.core.payments.capture(payment.id)).rejects.toMatchObject({
      code: 'payments.not_capturable',
    })
    expect(given).not.toContain(payment.id)
  })

  test('is taken in part: the payment is of that part from then on, refunds too', async () => {
    const payment = await reserved()
    await look()
    const { payments, refunds, balance } = platform.core
    for (const amount of [0n, -1n, payment.amount + 1n]) {
      await expect(payments.capture(payment.id, amount)).rejects.toMatchObject({
        code: 'payments.not_capturable',
      })
    }
    const part = payment.amount / 5n
    const captured = { status: 'succeeded', amount: part, captureAmount: part }
    expect(await payments.capture(payment.id, part)).toMatchObject(captured)
    expect(await payments.capture(payment.id, part)).toMatchObject(captured)
    await expect(payments.capture(payment.id, part + 1n)).rejects.toMatchObject({
      code: 'payments.conflict',
    })
    expect(given.filter((id) => id === payment.id)).toHaveLength(1)
    const request = { id: newId(), paymentId: payment.id, actor: 'test' }
    await expect(refunds.request({ ...request, amount: part + 1n })).rejects.toMatchObject({
      code: 'payments.not_refundable',
    })
    expect(await refunds.request(request)).toMatchObject({ status: 'succeeded', amount: part })
    expect(await balance.verify()).toMatchObject({ ok: true })
  })

  test('is taken in the part that was asked for first, though its answer was lost', async () => {
    const payment = await reserved()
    await look()
    const { payments } = platform.core
    const fault = { target: 'yookassa', method: 'POST /payments/:id/capture' } as const
    await sandbox.control.faults.add({ ...fault, kind: 'drop', effect: 'done', times: null })
    await expect(payments.capture(payment.id, 100n)).rejects.toMatchObject({
      code: 'payments.provider_unavailable',
    })
    await sandbox.control.faults.clear()
    await expect(payments.capture(payment.id)).resolves.toMatchObject({ amount: 100n })
    await expect(payments.capture(payment.id, 200n)).rejects.toMatchObject({
      code: 'payments.conflict',
    })
  })

  test('is taken in the part that another asks for at that very moment', async () => {
    const payment = await reserved()
    await look()
    const ask = 'update gramkit.payment set capture_amount = 100 where id = $1'
    const capture = () => Promise.allSettled([platform.core.payments.capture(payment.id, 200n)])
    const [second] = await overtake({ database }, ask, [payment.id], capture)
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'payments.conflict' } })
    await expect(platform.core.payments.capture(payment.id)).resolves.toMatchObject({
      amount: 100n,
    })
  })

  test('is not refunded while its money is being taken, and is afterwards', async () => {
    const payment = await reserved()
    await look()
    const { faults } = sandbox.control
    const method = 'POST /payments/:id/capture'
    const capture = () => platform.core.payments.capture(payment.id)
    const refund = () =>
      platform.core.refunds.request({ id: newId(), paymentId: payment.id, actor: 'test' })
    // It is taken, and nobody has heard of it yet.
    await faults.add({ target: 'yookassa', kind: 'drop', effect: 'done', method, times: null })
    await expect(capture()).rejects.toMatchObject({ code: 'payments.provider_unavailable' })
    await expect(refund()).rejects.toMatchObject({ code: 'payments.not_refundable' })
    await faults.clear()
    expect(await capture()).toMatchObject({ status: 'succeeded', refundedAmount: 0n })
    expect(await refund()).toMatchObject({ status: 'succeeded', amount: 500_000n })
    expect(await statusOf(payment)).toBe('refunded')
  })

  test('cannot be cancelled once it is paid', async () => {
    const payment = await reserved()
    await look()
    await platform.core.payments.capture(payment.id)
    await expect(platform.core.payments.cancel(payment.id)).rejects.toMatchObject({
      code: 'payments.closed',
    })
  })
})

describe('looking after open payments', () => {
  test('goes on with the others when one of them fails', async () => {
    const unlucky = await reserved('unlucky')
    const others = [await reserved(), await reserved()]
    await look()
    await expect(platform.core.payments.capture(unlucky.id)).rejects.toThrow('The shelf is empty')
    for (const { id } of others) await platform.core.payments.capture(id)
    const late = await reserved()
    clock.advance(3_600_000)
    await expect(platform.core.paymentsCheck.checkDue()).rejects.toThrow('The shelf is empty')
    expect(await statusOf(late)).toBe('waiting_for_capture')
  })

  test('ends a payment that the provider does not know, when its time is over', async () => {
    const payment = await bought()
    await platform.core.repos.payments.update(payment.id, {
      providerPaymentId: newId(),
      updatedAt: clock.now(),
    })
    await look()
    expect(await statusOf(payment)).toBe('pending')
    clock.advance(8 * 86_400_000)
    await platform.core.paymentsCheck.checkDue().catch(() => undefined)
    expect(await statusOf(payment)).toBe('expired')
  })
})
