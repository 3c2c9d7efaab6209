import type { CoreServices } from '@gramkit/core'
import { newId, VirtualClock } from '@gramkit/core/kernel'
import {
  type Fulfilment,
  PAYMENT_STATUSES,
  type Payment,
  REFUND_STATUSES,
} from '@gramkit/core/payments'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startPieceShop } from './testing/piece-shop.ts'

const PRICE = 500_000n

const seen = { payments: new Set<string>(), refunds: new Set<string>() }
const reversed: bigint[] = []

/** Gives nothing, but looks at what it is called with. */
const watching: Fulfilment<CoreServices> = {
  async checkSellable(_tx, { status }) {
    seen.payments.add(status)
  },
  async reserve(tx, _payment, { refundId }) {
    seen.refunds.add((await tx.repos.refunds.findById(refundId))?.status ?? '')
  },
  async fulfil() {},
  async reverse(_tx, _payment, { amount }) {
    reversed.push(amount)
  },
}

// The sandbox lists by its own time, which begins now and moves along below.
const clock = new VirtualClock(new Date())

const { sandbox, platform, close, ...shop } = await startPieceShop({
  clock,
  fulfilment: watching,
  products: (['manual', 'automatic'] as const).map((capture) => ({
    id: capture,
    kind: 'piece',
    goods: 'physical',
    title: 'Painting',
    description: 'A painting.',
    prices: { RUB: PRICE },
    capture,
  })),
})

afterEach(async () => {
  await sandbox.control.faults.clear()
  reversed.length = 0
  expect(await platform.core.balance.verify()).toMatchObject({ ok: true, differences: [] })
})

afterAll(close)

async function bought(productId: 'manual' | 'automatic' = 'automatic'): Promise<Payment> {
  const payment = await shop.bought(productId)
  seen.payments.add(payment.status)
  return payment
}

async function look(ms = 60_000): Promise<void> {
  clock.advance(ms)
  await sandbox.control.clock.advance({ seconds: ms / 1_000 })
  for (let round = 0; round < 3; round++) await platform.core.paymentsCheck.checkDue()
}

async function statusOf({ id }: Pick<Payment, 'id'>): Promise<string> {
  const { status } = await platform.core.payments.getById(id)
  seen.payments.add(status)
  return status
}

async function paidPiece(): Promise<Payment> {
  const payment = await bought()
  await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  await look()
  expect(await statusOf(payment)).toBe('succeeded')
  return payment
}

const refund = async (paymentId: string, amount?: bigint) => {
  const asked = await platform.core.refunds.request({
    id: newId(),
    paymentId,
    amount,
    actor: 'test',
  })
  seen.refunds.add(asked.status)
  return asked
}
const refundStatus = async (id: string) => {
  const status = (await platform.core.repos.refunds.findById(id))?.status
  seen.refunds.add(status ?? '')
  return status
}
const noAnswers = (method: string, effect: 'done' | 'not_done') =>
  sandbox.control.faults.add({ target: 'yookassa', kind: 'drop', effect, method, times: null })
const dispute = (paymentId: string, status: 'open' | 'won' | 'lost', more: object = {}) =>
  platform.core.disputes.record({ paymentId, reference: 'cb-1', status, actor: 'test', ...more })
const losses = () => platform.core.repos.balance.sumSystemAccount('losses', 'RUB')

describe('a payment', () => {
  test('waits, and expires when nobody pays', async () => {
    const payment = await bought()
    expect(payment.status).toBe('pending')
    await look(8 * 86_400_000)
    expect(await statusOf(payment)).toBe('expired')
  })

  test('that the provider forgets expires here too', async () => {
    const payment = await bought()
    await platform.core.repos.payments.update(payment.id, {
      providerPaymentId: newId(),
      updatedAt: clock.now(),
    })
    await look(8 * 86_400_000)
    expect(await statusOf(payment)).toBe('expired')
  })

  test('is reserved, then called off', async () => {
    const payment = await bought('manual')
    await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
    await look()
    expect(await statusOf(payment)).toBe('waiting_for_capture')
    await platform.core.payments.cancel(payment.id)
    expect(await statusOf(payment)).toBe('canceled')
  })

  test('whose answer was lost is found by its key, or by the list when the key is forgotten', async () => {
    await noAnswers('POST /payments', 'done')
    const [soon, late] = [await bought(), await bought()]
    expect([soon.status, late.status]).toEqual(['unknown', 'unknown'])
    await platform.core.repos.payments.update(late.id, {
      nextCheckAt: new Date(late.createdAt.getTime() + 24 * 3_600_000),
      updatedAt: clock.now(),
    })
    await sandbox.control.faults.clear()
    await look(600_000)
    expect(await statusOf(soon)).toBe('pending')
    await look(24 * 3_600_000)
    // Nobody could pay it meanwhile; that YooKassa says so shows that it was found.
    expect(await statusOf(late)).toBe('expired')
    const found = await platform.core.payments.getById(late.id)
    expect(found.providerPaymentId).not.toBeNull()
  })

  test('that never reached the provider fails once it is looked for', async () => {
    await noAnswers('POST /payments', 'not_done')
    const payment = await bought()
    expect(payment.status).toBe('unknown')
    await platform.core.repos.payments.update(payment.id, {
      nextCheckAt: new Date(payment.createdAt.getTime() + 24 * 3_600_000),
      updatedAt: clock.now(),
    })
    await sandbox.control.faults.clear()
    await look(25 * 3_600_000)
    expect(await statusOf(payment)).toBe('failed')
  })
})

describe('a refund', () => {
  test('goes back in parts, then wholly', async () => {
    const payment = await paidPiece()
    expect(await refund(payment.id, 100n)).toMatchObject({ status: 'succeeded' })
    expect(await statusOf(payment)).toBe('partially_refunded')
    await refund(payment.id)
    expect(await statusOf(payment)).toBe('refunded')
    expect(reversed).toEqual([100n, PRICE - 100n])
  })

  test('waits at the provider until it is made or declined', async () => {
    for (const outcome of ['succeeded', 'canceled'] as const) {
      const payment = await paidPiece()
      const settle = { settle_after_seconds: 60, outcome, reason: 'insufficient_funds' }
      await sandbox.control.faults.add({ target: 'yookassa', kind: 'pending', ...settle })
      const { id } = await refund(payment.id)
      expect(await refundStatus(id)).toBe('pending')
      await look(120_000)
      expect(await refundStatus(id)).toBe(outcome === 'canceled' ? 'failed' : 'succeeded')
    }
  })

  test('whose answer was lost is found by the list when the key is forgotten', async () => {
    const [made, never] = [await paidPiece(), await paidPiece()]
    await noAnswers('POST /refunds', 'done')
    const { id: madeId } = await refund(made.id, 100n)
    await sandbox.control.faults.clear()
    await noAnswers('POST /refunds', 'not_done')
    const { id: neverId } = await refund(never.id, 100n)
    for (const id of [madeId, neverId]) {
      expect(await refundStatus(id)).toBe('unknown')
      const later = new Date(clock.now().getTime() + 24 * 3_600_000)
      await platform.core.repos.refunds.update(id, { nextCheckAt: later, updatedAt: clock.now() })
    }
    await sandbox.control.faults.clear()
    await look(25 * 3_600_000)
    expect([await refundStatus(madeId), await refundStatus(neverId)]).toEqual([
      'succeeded',
      'failed',
    ])
    expect([await statusOf(made), await statusOf(never)]).toEqual([
      'partially_refunded',
      'succeeded',
    ])
  })
})

describe('a dispute', () => {
  test('that is won leaves the payment as it was, and stays won', async () => {
    const payment = await paidPiece()
    await refund(payment.id, 100n)
    await dispute(payment.id, 'open')
    await dispute(payment.id, 'open')
    expect(await statusOf(payment)).toBe('disputed')
    await expect(refund(payment.id, 100n)).rejects.toMatchObject({
      code: 'payments.not_refundable',
    })
    await dispute(payment.id, 'won')
    expect(await statusOf(payment)).toBe('partially_refunded')
    expect(await dispute(payment.id, 'lost')).toMatchObject({ status: 'won' })
    expect(reversed).toEqual([100n])
  })

  test('that is lost takes money and goods back, once', async () => {
    const payment = await paidPiece()
    await dispute(payment.id, 'open')
    await Promise.all([dispute(payment.id, 'lost'), dispute(payment.id, 'lost')])
    expect(await statusOf(payment)).toBe('refunded')
    expect(reversed).toEqual([PRICE])
    expect(await losses()).toBe(0n)
  })

  test('of a part takes that part', async () => {
    const payment = await paidPiece()
    await dispute(payment.id, 'lost', { amount: 300n })
    expect(await statusOf(payment)).toBe('partially_refunded')
    expect(reversed).toEqual([300n])
  })

  test('beside another one that is open keeps the payment disputed', async () => {
    const payment = await paidPiece()
    await dispute(payment.id, 'open', { amount: 300n })
    await dispute(payment.id, 'open', { amount: 200n, reference: 'cb-2' })
    await dispute(payment.id, 'lost')
    expect(await statusOf(payment)).toBe('disputed')
    await dispute(payment.id, 'won', { reference: 'cb-2' })
    expect(await statusOf(payment)).toBe('partially_refunded')
  })

  test('after a refund is a loss of its own, and the books add up', async () => {
    const payment = await paidPiece()
    const before = await losses()
    await refund(payment.id, PRICE - 100n)
    await dispute(payment.id, 'lost')
    expect(await statusOf(payment)).toBe('refunded')
    expect(reversed).toEqual([PRICE - 100n, 100n])
    expect(before - (await losses())).toBe(PRICE - 100n)
  })

  test('needs money that arrived, and no more than that', async () => {
    const open = await bought()
    await expect(dispute(open.id, 'open')).rejects.toMatchObject({
      code: 'payments.not_disputable',
    })
    const payment = await paidPiece()
    await dispute(payment.id, 'open', { amount: 5n })
    for (const amount of [0n, -1n, 6n, PRICE + 1n]) {
      await expect(dispute(payment.id, 'won', { amount })).rejects.toMatchObject({
        code: 'payments.dispute_mismatch',
      })
    }
    await expect(dispute(newId(), 'open')).rejects.toMatchObject({ code: 'payments.not_found' })
  })
})

test('every state of payments and refunds was reached', () => {
  expect([...seen.payments].sort()).toEqual([...PAYMENT_STATUSES].sort())
  expect([...seen.refunds].sort()).toEqual([...REFUND_STATUSES].sort())
})
