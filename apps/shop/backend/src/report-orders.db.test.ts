import { createBot } from '@gramkit/core/bot'
import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aCustomer, aGuest, WITH_STRIPE } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'

/**
 * What is heard of one purchase. `created` is the provider's answer to our own call, lost at first as
 * the process died before it could write it down; the others are deliveries that the sandbox holds
 * back and sends in the order wanted.
 */
const NEWS = ['created', 'succeeded', 'refunded', 'duplicate'] as const
type News = (typeof NEWS)[number]

const ORDERS = permute([...NEWS])

interface Purchase {
  readonly order: readonly News[]
  readonly userId: string
  /** As it stood when the process died. */
  readonly payment: Payment
  readonly deliveries: { readonly succeeded: number; readonly refunded: number }
}

const shop = shopForAllTests(WITH_STRIPE)
const core = () => shop.served().app.platform.core
const control = () => shop.sandbox.control

async function tell({ payment, deliveries }: Purchase, news: News): Promise<void> {
  if (news === 'created') {
    await core().payments.offer(payment)
    return
  }
  const seq = deliveries[news === 'refunded' ? 'refunded' : 'succeeded']
  expect(await control().deliveries.send(seq)).toEqual({ accepted: true })
}

function spend(userId: string): Promise<unknown> {
  const [unit, reason, reference] = ['credits', 'test.spent', 'test']
  return core().balance.debit({ id: newId(), userId, unit, amount: 1n, reason, reference })
}

/** Everything that an order must not change, without ids and instants. */
async function stateOf(userId: string): Promise<unknown> {
  const { items } = await core().payments.list(userId)
  return {
    payments: await Promise.all(
      items.map(async ({ id, status, amount, refundedAmount, providerPaymentId, paidAt }) => ({
        status,
        amount,
        refundedAmount,
        isPaid: paidAt !== null && providerPaymentId !== null,
        refunds: (await core().repos.refunds.listByPayment(id)).map(({ status, amount }) => ({
          status,
          amount,
        })),
      })),
    ),
    balances: (await core().balance.list(userId)).map(({ unit, amount, held }) => ({
      unit,
      amount,
      held,
    })),
  }
}

describe.each([
  ['Telegram', () => paidInTelegram(), 200n],
  ['YooKassa', () => paidAtYookassa(), 19_900n],
  ['Stripe', () => paidAtStripe(), 19_900n],
] as const)('news of %s', (_name, buy, price) => {
  let purchases: readonly Purchase[] = []

  beforeAll(async () => {
    purchases = await buy()
  }, 60_000)

  test.each(ORDERS.map((order, index) => [order.join(', '), index] as const))(
    'end in the same state when they come as %s',
    async (_order, index) => {
      const purchase = purchases[index]
      if (!purchase) throw new Error('Each order has a purchase')
      const heard = new Set<News>()
      for (const news of purchase.order) {
        await tell(purchase, news)
        heard.add(news)
        if (heard.has('refunded')) {
          await expect(spend(purchase.userId)).rejects.toMatchObject({
            code: 'balance.insufficient_funds',
          })
        }
      }
      expect(await stateOf(purchase.userId)).toEqual({
        payments: [
          {
            status: 'refunded',
            amount: price,
            refundedAmount: price,
            isPaid: true,
            refunds: [{ status: 'succeeded', amount: price }],
          },
        ],
        balances: [{ unit: 'credits', amount: 0n, held: 0n }],
      })
    },
  )
})

/** Leaves a payment as a process leaves it that dies right after it asked the provider. */
async function forgetAnswer(paymentId: string): Promise<Payment> {
  const client = new pg.Client(shop.database.adminUrl)
  await client.connect()
  await client.query(
    `update gramkit.payment set status = 'created', provider_payment_id = null,
       confirmation_url = null where id = $1`,
    [paymentId],
  )
  await client.end()
  return core().payments.getById(paymentId)
}

async function paidInTelegram(): Promise<Purchase[]> {
  await control().faults.add({ target: 'telegram', kind: 'hold', method: 'message' })
  const { botToken: token, apiRoot } = shop.config.telegram
  const bot = createBot({ token, apiRoot })
  const bought = await Promise.all(
    ORDERS.map(async (order) => {
      const { buy, person, telegramId, userId } = await aCustomer(shop)
      const { body } = await buy('credits-500')
      const payment = await forgetAnswer(body.payment.id)
      const { status, charge_id } = await person.pay(body.confirmationUrl)
      expect(status).toBe('paid')
      await bot.api.refundStarPayment(telegramId, charge_id ?? '')
      return { order, payment, userId }
    }),
  )
  const about = z.object({
    message: z.object({
      successful_payment: z.object({ invoice_payload: z.string() }).optional(),
      refunded_payment: z.object({ invoice_payload: z.string() }).optional(),
    }),
  })
  const held = (await control().deliveries.list()).map(({ seq, body }) => {
    const message = about.safeParse(body).data?.message
    return { seq, message }
  })
  const seqOf = (kind: 'successful_payment' | 'refunded_payment', paymentId: string) =>
    held.find(({ message }) => message?.[kind]?.invoice_payload === paymentId)?.seq ?? 0
  return bought.map((purchase) => {
    const succeeded = seqOf('successful_payment', purchase.payment.id)
    const refunded = seqOf('refunded_payment', purchase.payment.id)
    return { ...purchase, deliveries: { succeeded, refunded } }
  })
}

async function paidAtYookassa(): Promise<Purchase[]> {
  await control().faults.add({ target: 'yookassa', kind: 'hold' })
  const purchase = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const bought = await Promise.all(
    ORDERS.map(async (order) => {
      const guest = await aGuest(shop)
      const { body } = await guest.post('/api/v1/payments', purchase)
      const { providerPaymentId, userId } = await core().payments.getById(body.payment.id)
      const payment = await forgetAnswer(body.payment.id)
      await control().yookassa.succeed(providerPaymentId ?? '')
      await refundInTheConsole(providerPaymentId ?? '')
      return { order, payment, userId, providerPaymentId }
    }),
  )
  const held = await control().deliveries.list()
  const about = z.object({
    object: z.object({ id: z.string(), payment_id: z.string().optional() }),
  })
  const seqOf = (event: string, providerPaymentId: string | null) =>
    held.find(({ kind, body }) => {
      const { id, payment_id } = about.safeParse(body).data?.object ?? {}
      return kind === event && (payment_id ?? id) === providerPaymentId
    })?.seq ?? 0
  return bought.map(({ providerPaymentId, ...rest }) => {
    const succeeded = seqOf('payment.succeeded', providerPaymentId)
    const refunded = seqOf('refund.succeeded', providerPaymentId)
    return { ...rest, deliveries: { succeeded, refunded } }
  })
}

async function paidAtStripe(): Promise<Purchase[]> {
  await control().faults.add({ target: 'stripe', kind: 'hold' })
  const purchase = { productId: 'credits-500', gateway: 'stripe', currency: 'RUB' }
  const bought = await Promise.all(
    ORDERS.map(async (order) => {
      const guest = await aGuest(shop)
      const { body } = await guest.post('/api/v1/payments', purchase)
      const { providerPaymentId, userId } = await core().payments.getById(body.payment.id)
      const payment = await forgetAnswer(body.payment.id)
      const { payment_intent } = await control().stripe.pay(providerPaymentId ?? '')
      // As the account's owner gives money back on Stripe's own pages.
      const refund = await fetch(`${shop.sandbox.url}/v1/refunds`, {
        method: 'POST',
        headers: { authorization: `Bearer ${WITH_STRIPE.GRAMKIT_STRIPE_SECRET_KEY}` },
        body: new URLSearchParams({ payment_intent: payment_intent ?? '' }),
      })
      expect(refund.status).toBe(200)
      return { order, payment, userId, intentId: payment_intent }
    }),
  )
  const held = await control().deliveries.list()
  const about = z.object({
    data: z.object({ object: z.object({ id: z.string(), payment_intent: z.string().optional() }) }),
  })
  const seqOf = (event: string, intentId: string | null) =>
    held.find(({ kind, body }) => {
      const { id, payment_intent } = about.safeParse(body).data?.data.object ?? {}
      return kind === event && (payment_intent ?? id) === intentId
    })?.seq ?? 0
  return bought.map(({ intentId, ...rest }) => {
    const succeeded = seqOf('payment_intent.succeeded', intentId)
    const refunded = seqOf('refund.created', intentId)
    return { ...rest, deliveries: { succeeded, refunded } }
  })
}

/** Gives the money back as the shop's owner does it on YooKassa's own pages. */
async function refundInTheConsole(providerId: string): Promise<void> {
  const { shopId = '', secretKey = '', apiRoot = '' } = shop.config.yookassa ?? {}
  const answer = await fetch(`${apiRoot}/refunds`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${shopId}:${secretKey}`)}`,
      'idempotence-key': newId(),
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      payment_id: providerId,
      amount: { value: '199.00', currency: 'RUB' },
    }),
  })
  expect(answer.status).toBe(200)
}

function permute<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((first) =>
    permute(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  )
}
