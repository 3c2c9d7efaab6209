import { createBot } from '@gramkit/core/bot'
import { newId } from '@gramkit/core/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'

let shop: RunningShop

/** Opens a shop for the tests of a group. */
function begin(spentCredits: 'refuse' | 'owe'): void {
  beforeAll(async () => {
    shop = await startRunningShop({ GRAMKIT_SPENT_CREDITS: spentCredits })
  })

  afterAll(async () => {
    await expectLedgerToAddUp(shop)
    await shop[Symbol.asyncDispose]()
  })
}

afterEach(() => shop.sandbox.control.faults.clear())

const core = () => shop.served().app.platform.core
const admin = () => apiClient(shop, shop.adminToken)
const refund = (id: string, amount?: string, key?: string) =>
  admin().post(`/api/v1/admin/payments/${id}/refund`, amount ? { amount } : {}, key)
const balanceOf = (userId: string) => core().balance.get(userId, 'credits')

function spend(userId: string, amount: bigint): Promise<unknown> {
  const [unit, reason, reference] = ['credits', 'test.spent', 'test']
  return core().balance.debit({ id: newId(), userId, unit, amount, reason, reference })
}

interface Bought {
  readonly id: string
  readonly userId: string
  readonly providerPaymentId: string
}

async function settled(client: ApiClient, id: string): Promise<Bought> {
  await eventually(
    () => client.get(`/api/v1/payments/${id}`),
    ({ body }) => body.status === 'succeeded',
  )
  const { userId, providerPaymentId } = await core().payments.getById(id)
  return { id, userId, providerPaymentId: providerPaymentId ?? '' }
}

/** Somebody with 100 credits, bought for 50 Stars. */
async function paidInStars(): Promise<Bought & { readonly customer: Customer }> {
  const customer = await aCustomer(shop)
  const { body } = await customer.buy('credits-100')
  await customer.person.pay(body.confirmationUrl)
  return { customer, ...(await settled(customer, body.payment.id)) }
}

/** Somebody with 500 credits, bought by card for 199 roubles. */
async function paidByCard(): Promise<Bought> {
  const guest = await aGuest(shop)
  const order = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const { body } = await guest.post('/api/v1/payments', order)
  const { providerPaymentId } = await core().payments.getById(body.payment.id)
  await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
  return settled(guest, body.payment.id)
}

const payment = async (id: string) => {
  const { status, refundedAmount } = await core().payments.getById(id)
  return { status, refundedAmount }
}

describe('a refund of credits that are spent', () => {
  describe('where such refunds are refused', () => {
    begin('refuse')

    test('is refused before the provider hears of it, and the payment stays paid', async () => {
      const { id, userId, customer } = await paidInStars()
      await spend(userId, 1n)
      expect(await refund(id)).toMatchObject({
        status: 409,
        body: { code: 'payments.goods_used' },
      })
      expect(await payment(id)).toEqual({ status: 'succeeded', refundedAmount: 0n })
      expect((await customer.person.wallet()).stars).toBe(10_000 - 50)
      expect(await core().balance.list(userId)).toMatchObject([{ amount: 99n, held: 0n }])
    })

    test('goes as far as the credits that are left, part by part', async () => {
      const { id, userId } = await paidByCard()
      await spend(userId, 300n)
      expect(await refund(id, '7960')).toMatchObject({ body: { refund: { status: 'succeeded' } } })
      expect(await refund(id, '7960')).toMatchObject({ body: { code: 'payments.goods_used' } })
      expect(await payment(id)).toEqual({ status: 'partially_refunded', refundedAmount: 7_960n })
      expect(await balanceOf(userId)).toBe(0n)
    })

    test('made at Telegram takes them all the same, below zero', async () => {
      const { id, userId, providerPaymentId, customer } = await paidInStars()
      await spend(userId, 60n)
      const { botToken: token, apiRoot } = shop.config.telegram
      await createBot({ token, apiRoot }).api.refundStarPayment(
        customer.telegramId,
        providerPaymentId,
      )
      await eventually(
        () => payment(id),
        ({ status }) => status === 'refunded',
      )
      expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 50n })
      expect(await balanceOf(userId)).toBe(-60n)
      await expect(spend(userId, 1n)).rejects.toMatchObject({
        code: 'balance.insufficient_funds',
      })
    })
  })

  describe('where the buyer owes them', () => {
    begin('owe')

    test('is made, and the next purchase pays the debt first', async () => {
      const { id, userId, customer } = await paidInStars()
      await spend(userId, 60n)
      expect(await refund(id)).toMatchObject({
        status: 200,
        body: { refund: { status: 'succeeded' } },
      })
      expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 50n })
      expect((await customer.person.wallet()).stars).toBe(10_000)
      expect(await core().balance.list(userId)).toMatchObject([{ amount: -60n, held: 0n }])
      const { body } = await customer.buy('credits-100')
      await customer.person.pay(body.confirmationUrl)
      await settled(customer, body.payment.id)
      expect(await balanceOf(userId)).toBe(40n)
    })

    test('holds what is there when it is enough', async () => {
      const { id, userId } = await paidInStars()
      const { faults } = shop.sandbox.control
      await faults.add({
        target: 'telegram',
        kind: 'error',
        method: 'refundStarPayment',
        times: null,
      })
      expect(await refund(id)).toMatchObject({ body: { refund: { status: 'unknown' } } })
      await expect(spend(userId, 1n)).rejects.toMatchObject({
        code: 'balance.insufficient_funds',
      })
      await faults.clear()
      await shop.sandbox.control.clock.advance({ hours: 1 })
      expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 50n })
      expect(await core().balance.list(userId)).toMatchObject([{ amount: 0n, held: 0n }])
    })
  })
})

describe('a refund that is asked for twice', () => {
  begin('refuse')

  test('with one key is one refund, also at once', async () => {
    const { id, userId } = await paidByCard()
    const key = newId()
    const [first, second] = await Promise.all([refund(id, '9950', key), refund(id, '9950', key)])
    const again = await refund(id, '9950', key)
    const made = [first, second, again].filter(({ status }) => status === 200)
    expect(new Set(made.map(({ body }) => body.refund.id)).size).toBe(1)
    expect(await payment(id)).toEqual({ status: 'partially_refunded', refundedAmount: 9_950n })
    expect(await balanceOf(userId)).toBe(250n)
  })

  test('with two keys is refused the second time, also at once', async () => {
    const { id, userId, customer } = await paidInStars()
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
    expect(await refund(id)).toMatchObject({ body: { code: 'payments.not_refundable' } })
    expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 50n })
    expect((await customer.person.wallet()).stars).toBe(10_000)
    expect(await balanceOf(userId)).toBe(0n)
  })

  test('in parts at once never gives back more than was paid', async () => {
    const { id, userId } = await paidByCard()
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id, '7960')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409])
    expect(await payment(id)).toEqual({ status: 'partially_refunded', refundedAmount: 15_920n })
    expect(await balanceOf(userId)).toBe(100n)
  })
})

describe('a report of a refund', () => {
  begin('refuse')

  const half = { amount: 9_950n, currency: 'RUB', status: 'succeeded' } as const

  test.each([
    ['in another currency', { currency: 'XTR' }],
    ['of more than was paid', { amount: 19_901n }],
    ['of another amount than was asked for', { amount: 9_951n, isAsked: true }],
    ['of less than was asked for', { amount: 9_949n, isAsked: true }],
  ] as const)('%s takes nothing back', async (_what, { isAsked = false, ...change }: Change) => {
    const { id, userId, providerPaymentId } = await paidByCard()
    const { faults } = shop.sandbox.control
    const method = 'POST /refunds'
    await faults.add({ target: 'yookassa', kind: 'error', method, times: null })
    const asked = isAsked ? (await refund(id, '9950')).body.refund : undefined
    const report = {
      gateway: 'yookassa',
      providerPaymentId,
      providerRefundId: newId(),
      refundId: asked?.id,
      ...half,
      ...change,
    }
    await expect(core().refunds.apply(report)).rejects.toMatchObject({
      code: 'payments.refund_mismatch',
    })
    expect(await payment(id)).toEqual({ status: 'succeeded', refundedAmount: 0n })
    expect(await balanceOf(userId)).toBe(500n)
  })

  test('of a payment that was never paid takes nothing back', async () => {
    const guest = await aGuest(shop)
    const order = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
    const { id } = (await guest.post('/api/v1/payments', order)).body.payment
    const { providerPaymentId } = await core().payments.getById(id)
    const report = { gateway: 'yookassa', providerPaymentId: providerPaymentId ?? '', ...half }
    await expect(
      core().refunds.apply({ ...report, providerRefundId: newId() }),
    ).rejects.toMatchObject({ code: 'payments.refund_mismatch' })
    expect(await payment(id)).toEqual({ status: 'pending', refundedAmount: 0n })
  })
})

interface Change {
  readonly amount?: bigint
  readonly currency?: 'RUB' | 'XTR'
  readonly isAsked?: boolean
}

describe('a chargeback', () => {
  begin('refuse')

  const decide = (id: string, status: string) =>
    admin().post(`/api/v1/admin/payments/${id}/disputes`, { reference: 'cb-1', status })
  const lossesOf = (unit: 'XTR' | 'RUB') => core().repos.balance.sumSystemAccount('losses', unit)

  test('after a refund is a loss of ours: the money left twice, the credits once', async () => {
    const { id, userId } = await paidByCard()
    const before = await lossesOf('RUB')
    await refund(id)
    expect((await decide(id, 'lost')).status).toBe(200)
    expect((await decide(id, 'lost')).status).toBe(200)
    expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 19_900n })
    expect((await lossesOf('RUB')) - before).toBe(-19_900n)
    expect(await balanceOf(userId)).toBe(0n)
  })

  test('after a refund in part takes the rest, and the first part is a loss', async () => {
    const { id, userId } = await paidByCard()
    const before = await lossesOf('RUB')
    await refund(id, '9950')
    await decide(id, 'open')
    expect(await refund(id)).toMatchObject({ body: { code: 'payments.not_refundable' } })
    await decide(id, 'lost')
    expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 19_900n })
    expect((await lossesOf('RUB')) - before).toBe(-9_950n)
    expect(await balanceOf(userId)).toBe(0n)
  })

  test.each([
    ['in full', undefined, -19_900n],
    ['in part', '9950', -9_950n],
  ])(
    'that is lost while a refund %s is on its way leaves nothing held',
    async (_, amount, loss) => {
      const { id, userId } = await paidByCard()
      const before = await lossesOf('RUB')
      const { faults } = shop.sandbox.control
      await faults.add({ target: 'yookassa', kind: 'hold' })
      await faults.add({ target: 'yookassa', kind: 'drop', method: 'POST /refunds', times: null })
      expect((await refund(id, amount)).body.refund).toMatchObject({ status: 'unknown' })
      expect((await decide(id, 'lost')).status).toBe(200)
      await faults.clear()
      await shop.sandbox.control.clock.advance({ minutes: 5 })
      const statuses = (await core().repos.refunds.listByPayment(id)).map(({ status }) => status)
      expect(statuses).toEqual(['succeeded', 'succeeded'])
      expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 19_900n })
      expect((await lossesOf('RUB')) - before).toBe(loss)
      expect(await core().balance.list(userId)).toMatchObject([{ amount: 0n, held: 0n }])
    },
  )

  test('of spent Stars that Telegram’s books show is taken in once, below zero', async () => {
    const { id, userId, providerPaymentId, customer } = await paidInStars()
    await spend(userId, 100n)
    await customer.person.chargeBack(providerPaymentId)
    await shop.sandbox.control.clock.advance({ hours: 2 })
    await admin().post('/api/v1/admin/reconcile')
    expect(await payment(id)).toEqual({ status: 'refunded', refundedAmount: 50n })
    expect(await balanceOf(userId)).toBe(-100n)
    expect(await refund(id)).toMatchObject({ body: { code: 'payments.not_refundable' } })
  })
})
