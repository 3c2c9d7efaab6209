import { createBot } from '@gramkit/core/bot'
import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  aCustomer,
  aGuest,
  apiClient,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'

/**
 * What is heard of one purchase. `created` is the provider's answer to our own call, which was lost
 * at first; the others are deliveries that the sandbox holds back and sends in the order wanted.
 */
const NEWS = ['created', 'succeeded', 'refunded', 'duplicate'] as const
type News = (typeof NEWS)[number]

const ORDERS = permute([...NEWS])

interface Purchase {
  readonly order: readonly News[]
  readonly userId: string
  /** As it stood when the provider's answer was lost. */
  readonly payment: Payment
  readonly deliveries: { readonly succeeded: number; readonly refunded: number }
}

let shop: RunningShop
const core = () => shop.served().shop.platform.core
const control = () => shop.sandbox.control

beforeAll(async () => {
  shop = await startRunningShop()
})

afterAll(async () => {
  const report = await apiClient(shop, shop.adminToken).get('/api/v1/admin/ledger/verify')
  expect(report.body).toMatchObject({ ok: true, differences: [] })
  await shop[Symbol.asyncDispose]()
})

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

async function paidInTelegram(): Promise<Purchase[]> {
  const method = 'createInvoiceLink'
  const lost = await control().faults.add({ target: 'telegram', kind: 'drop', method, times: null })
  const customers = await Promise.all(ORDERS.map(() => aCustomer(shop)))
  const started = await Promise.all(customers.map((customer) => customer.buy('credits-500')))
  await control().request('DELETE', `/faults/${lost.id}`)
  await control().faults.add({ target: 'telegram', kind: 'hold', method: 'message' })
  const created = z.object({
    name: z.literal(method),
    request: z.object({ payload: z.string() }),
    response: z.object({ result: z.string() }),
  })
  const links = new Map(
    (await control().log()).flatMap((entry) => {
      const { success, data } = created.safeParse(entry)
      return success ? [[data.request.payload, data.response.result] as const] : []
    }),
  )
  const { botToken: token, apiRoot } = shop.config.telegram
  const bot = createBot({ token, apiRoot })
  await Promise.all(
    customers.map(async ({ person, telegramId }, index) => {
      const link = links.get(started[index]?.body.payment.id) ?? ''
      const { status, charge_id } = await person.pay(link)
      expect(status).toBe('paid')
      await bot.api.refundStarPayment(telegramId, charge_id ?? '')
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
  return Promise.all(
    customers.map(async ({ userId }, index) => {
      const payment = await core().payments.getById(started[index]?.body.payment.id)
      expect(payment).toMatchObject({ status: 'unknown', confirmationUrl: null })
      const deliveries = {
        succeeded: seqOf('successful_payment', payment.id),
        refunded: seqOf('refunded_payment', payment.id),
      }
      return { order: ORDERS[index] ?? [], userId, payment, deliveries }
    }),
  )
}

async function paidAtYookassa(): Promise<Purchase[]> {
  const method = 'POST /payments'
  const lost = await control().faults.add({ target: 'yookassa', kind: 'drop', method, times: null })
  const guests = await Promise.all(ORDERS.map(() => aGuest(shop)))
  const purchase = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const started = await Promise.all(guests.map((guest) => guest.post('/api/v1/payments', purchase)))
  await control().request('DELETE', `/faults/${lost.id}`)
  await control().faults.add({ target: 'yookassa', kind: 'hold' })
  for (const { id } of await control().yookassa.payments()) {
    await control().yookassa.succeed(id)
    await refundInTheConsole(id)
  }
  const made = await control().yookassa.payments()
  const held = await control().deliveries.list()
  const about = z.object({
    object: z.object({ id: z.string(), payment_id: z.string().optional() }),
  })
  const seqOf = (event: string, providerId: string) =>
    held.find(({ kind, body }) => {
      const { id, payment_id } = about.safeParse(body).data?.object ?? {}
      return kind === event && (payment_id ?? id) === providerId
    })?.seq ?? 0
  return Promise.all(
    started.map(async ({ body }, index) => {
      const payment = await core().payments.getById(body.payment.id)
      expect(payment).toMatchObject({ status: 'unknown', providerPaymentId: null })
      const providerId =
        made.find(({ metadata }) => metadata['payment_id'] === payment.id)?.id ?? ''
      const deliveries = {
        succeeded: seqOf('payment.succeeded', providerId),
        refunded: seqOf('refund.succeeded', providerId),
      }
      return { order: ORDERS[index] ?? [], userId: payment.userId, payment, deliveries }
    }),
  )
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
