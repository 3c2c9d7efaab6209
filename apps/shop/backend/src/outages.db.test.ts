import { rows } from '@gramkit/core/database'
import { sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { paid } from './testing/paid.ts'
import { type ApiClient, aCustomer, aGuest, apiClient, eventually } from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  buyWithCard,
  statusesOf,
  subscribedWithCard,
  subscribedWithStars,
} from './testing/subscribers.ts'

const FULL = process.env['GRAMKIT_PROOF'] === '1'
/** How long the shop itself is up while YooKassa answers nothing but errors, each with its tries. */
const HOURS_UP = FULL ? 28 : 0.1

vi.setConfig({ testTimeout: FULL ? 300_000 : 60_000 })

const shop = shopForEachTest()
const core = () => shop.served().app.platform.core
const hours = (count: number) => shop.sandbox.control.clock.advance({ hours: count })

async function reconcile(gateway: string) {
  const { body } = await apiClient(shop, shop.adminToken).post('/api/v1/admin/reconcile')
  return body.items.find((item: { gateway: string }) => item.gateway === gateway)
}

async function buyMug(guest: ApiClient): Promise<string> {
  const buy = { productId: 'mug', gateway: 'yookassa', currency: 'RUB' }
  return (await guest.post('/api/v1/payments', buy)).body.payment.id
}

/** The buyer pays on YooKassa's page. */
async function pay(providerPaymentId: string | null): Promise<void> {
  await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
}

const getPayment = (id: string) => core().payments.getById(id)

const paidMug = (guest: ApiClient): Promise<string> =>
  buyWithCard(shop, guest, { productId: 'mug', consent: null })

/** What we have of a gateway's money, as its books would put it. */
async function ourBooks(gateway: string): Promise<string[]> {
  const found = await rows(
    core().repos.db,
    sql`select 'payment ' || provider_payment_id || ' ' || amount as line
        from gramkit.payment where gateway = ${gateway} and paid_at is not null
        union all
        select 'refund ' || p.provider_payment_id || ' ' || r.amount
        from gramkit.payment_refund r join gramkit.payment p on p.id = r.payment_id
        where p.gateway = ${gateway} and r.status = 'succeeded'`,
    z.object({ line: z.string() }),
  )
  return found.map(({ line }) => line).sort()
}

async function theirBooks(provider: 'telegram-stars' | 'yookassa'): Promise<string[]> {
  const lines = await shop.sandbox.control.transactions(provider)
  return lines
    .map(({ kind, payment_id, amount }) => {
      const minor = provider === 'yookassa' ? Math.round(Number(amount) * 100) : amount
      return `${kind === 'payment' ? 'payment' : 'refund'} ${payment_id} ${minor}`
    })
    .sort()
}

describe('YooKassa away for 30 hours, and its notifications given up', () => {
  test('ends with what everybody paid for, each once', async () => {
    const [ada, bob, eve, kim] = [
      await subscribedWithCard(shop),
      await aGuest(shop),
      await aGuest(shop),
      await aGuest(shop),
    ]
    await shop.sandbox.control.clock.advance({ days: 29, hours: 23, minutes: 57 })
    const paidBefore = await paidMug(kim)
    const openBefore = await getPayment(await buyMug(bob))
    const { faults } = shop.sandbox.control
    const refunds = { target: 'yookassa', method: 'POST /refunds', times: null } as const
    await faults.add({ ...refunds, kind: 'drop', effect: 'done' })
    const admin = apiClient(shop, shop.adminToken)
    await admin.post(`/api/v1/admin/payments/${paidBefore}/refund`, {})
    await faults.clear()
    await faults.add({ target: 'yookassa', kind: 'error', effect: 'not_done', times: null })
    const neverMade = await buyMug(eve)
    await hours(0.1)
    await shop.restart(async () => {
      // Within the hour that YooKassa waits for it.
      await pay(openBefore.providerPaymentId)
      await hours(30 - HOURS_UP)
    })
    await hours(HOURS_UP - 0.1)
    expect(await statusesOf(ada)).toEqual(['unknown', 'succeeded'])
    await faults.clear()
    await hours(8)
    expect(await getPayment(openBefore.id)).toMatchObject({ status: 'succeeded' })
    expect(await getPayment(neverMade)).toMatchObject({ status: 'failed' })
    expect(await statusesOf(kim)).toEqual(['refunded'])
    expect(await ourBooks('yookassa')).toEqual(await theirBooks('yookassa'))
    expect(await reconcile('yookassa')).toMatchObject({ repaired: [], differences: [] })
  })

  test('finds a charge whose answer was lost, and one that was never made', async () => {
    const [lost, never] = [await subscribedWithCard(shop), await subscribedWithCard(shop)]
    const { faults } = shop.sandbox.control
    const charge = { target: 'yookassa', method: 'POST /payments' } as const
    await shop.sandbox.control.clock.advance({ days: 29, hours: 23, minutes: 57 })
    // The first of the two is charged and nobody hears of it; the other never reaches YooKassa.
    await faults.add({ ...charge, kind: 'drop', effect: 'done', times: 1 })
    await faults.add({ target: 'yookassa', kind: 'error', effect: 'not_done', times: null })
    await hours(HOURS_UP)
    await shop.restart(() => hours(25))
    const both = [...(await statusesOf(lost)), ...(await statusesOf(never))]
    expect(both.filter((status) => status === 'unknown')).toHaveLength(2)
    await faults.clear()
    await hours(8)
    expect([await statusesOf(lost), await statusesOf(never)].flat()).not.toContain('unknown')
    await hours(48)
    expect(await ourBooks('yookassa')).toEqual(await theirBooks('yookassa'))
    const charged = await theirBooks('yookassa')
    expect(charged.filter((line) => line.startsWith('payment'))).toHaveLength(4)
    expect(await reconcile('yookassa')).toMatchObject({ differences: [] })
  })

  test('takes in from the books what no other way brought', async () => {
    const guest = await aGuest(shop)
    const { id, providerPaymentId } = await getPayment(await buyMug(guest))
    await shop.restart(async () => {
      await pay(providerPaymentId)
      await hours(30)
    })
    const blind = sql`update gramkit.payment set next_check_at = null where id = ${id}`
    await core().repos.db.execute(blind)
    await eventually(
      () => reconcile('yookassa'),
      (report) => report.checked === 0,
    )
    expect(await statusesOf(guest)).toEqual(['succeeded'])
    expect(await ourBooks('yookassa')).toEqual(await theirBooks('yookassa'))
  })
})

describe('Telegram away for longer than it keeps an update', () => {
  test('ends with what everybody paid for, each once', async () => {
    const [ada, bob, eve] = [
      await subscribedWithStars(shop),
      await aCustomer(shop),
      await aCustomer(shop),
    ]
    const bought = await bob.buy('credits-100')
    const later = await eve.buy('credits-100')
    const charge = await eve.person.pay(later.body.confirmationUrl)
    await shop.restart(async () => {
      await eve.person.chargeBack(charge.charge_id ?? '')
      await shop.sandbox.control.clock.advance({ days: 32 })
    })
    await bob.person.pay(bought.body.confirmationUrl)
    await hours(2)
    await reconcile('telegram-stars')
    expect(await statusesOf(ada)).toEqual(['succeeded', 'succeeded'])
    // Where hers had expired before its money was found, a linked payment carries it.
    expect(await statusesOf(eve)).toContain('refunded')
    expect(await core().balance.get(eve.userId, 'credits')).toBe(0n)
    expect(await ourBooks('telegram-stars')).toEqual(await theirBooks('telegram-stars'))
    expect(await reconcile('telegram-stars')).toMatchObject({ repaired: [], differences: [] })
  })
})

describe('what the provider’s books do not have', () => {
  const announced = async () =>
    rows(
      core().repos.db,
      sql`select payload from gramkit.outbox_event where name = 'payment.differs'`,
      z.object({ payload: z.object({ paymentId: z.string(), problem: z.string() }) }),
    )

  test('is named in every report, and announced once', async () => {
    const guest = await aGuest(shop)
    const real = await paidMug(guest)
    const forged = await getPayment(await buyMug(guest))
    await core().payments.apply(paid(forged, forged.providerPaymentId ?? ''))
    await hours(1)
    for (let run = 0; run < 2; run++) {
      expect((await reconcile('yookassa')).differences).toEqual([
        {
          kind: 'payment',
          paymentId: forged.id,
          providerPaymentId: forged.providerPaymentId,
          problem: 'the provider’s books do not have it',
        },
      ])
    }
    expect(await announced()).toMatchObject([{ payload: { paymentId: forged.id } }])
    expect(await getPayment(real)).toMatchObject({ inBooks: 'same' })
  })

  test('counts from when the books were read so far, not before', async () => {
    const guest = await aGuest(shop)
    const forged = await getPayment(await buyMug(guest))
    await core().payments.apply(paid(forged, forged.providerPaymentId ?? ''))
    expect((await reconcile('yookassa')).differences).toEqual([])
  })

  test('counts for refunds as well', async () => {
    const id = await paidMug(await aGuest(shop))
    const { providerPaymentId } = await getPayment(id)
    await core().refunds.apply({
      gateway: 'yookassa',
      providerPaymentId: providerPaymentId ?? '',
      providerRefundId: 'never-made',
      amount: 100n,
      currency: 'RUB',
      status: 'succeeded',
    })
    await hours(1)
    const { differences } = await reconcile('yookassa')
    expect(differences).toMatchObject([{ kind: 'refund', paymentId: id }])
  })

  test('is told from what they have with another amount', async () => {
    const id = await paidMug(await aGuest(shop))
    await core().repos.db.execute(
      sql`update gramkit.payment set amount = amount + 1 where id = ${id}`,
    )
    await hours(1)
    const { differences } = await reconcile('yookassa')
    expect(differences).toMatchObject([
      { kind: 'payment', paymentId: id, problem: 'the provider’s books have another amount' },
    ])
  })
})
