import { describe, expect, test } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts'
import { type Listener, listen, until } from '../testing/listen.ts'
import { rub, YOOKASSA_SHOP, type YookassaSdk, yookassaSdk } from '../testing/yookassa-sdk.ts'

const redirect = { type: 'redirect' as const, return_url: 'http://127.0.0.1/back' }

interface Shop extends YookassaSdk, AsyncDisposable {
  readonly sandbox: Sandbox
  readonly webhook: Listener
  events(): unknown[]
}

async function startYookassa(
  answer: () => number = () => 200,
  options: SandboxOptions = {},
): Promise<Shop> {
  const webhook = await listen(answer)
  const sandbox = await startSandbox({
    shops: [{ ...YOOKASSA_SHOP, webhookUrl: webhook.url }],
    limits: { retryScale: 0.005 },
    ...options,
  })
  return {
    sandbox,
    webhook,
    ...yookassaSdk(sandbox),
    events: () => webhook.received.map(({ body }) => body['event']),
    async [Symbol.asyncDispose]() {
      await sandbox.close()
      await webhook[Symbol.asyncDispose]()
    },
  }
}

const order = { amount: rub('100.00'), capture: true, confirmation: redirect, description: 'A mug' }

describe('payments', () => {
  test('are confirmed on a page, told to the shop and counted in the books', async () => {
    await using shop = await startYookassa()
    const { data } = await shop.payments.paymentsPost('key-1', order)
    expect(data).toMatchObject({
      status: 'pending',
      paid: false,
      test: true,
      amount: rub('100.00'),
    })
    const confirmation = data.confirmation as { confirmation_url: string }

    const page = await fetch(confirmation.confirmation_url)
    expect(await page.text()).toContain('A mug')
    const paid = await fetch(confirmation.confirmation_url, {
      method: 'POST',
      body: new URLSearchParams({ action: 'pay' }),
      redirect: 'manual',
    })

    expect(paid.headers.get('location')).toBe(redirect.return_url)
    await until(() => shop.events().length === 1)
    expect(shop.webhook.received[0]?.body).toMatchObject({
      type: 'notification',
      event: 'payment.succeeded',
      object: { id: data.id, status: 'succeeded', paid: true },
    })
    const { data: after } = await shop.payments.paymentsPaymentIdGet(data.id)
    expect(after).toMatchObject({
      status: 'succeeded',
      recipient: { account_id: YOOKASSA_SHOP.shopId },
    })
    expect(await shop.sandbox.control.yookassa.transactions()).toMatchObject([
      { id: data.id, kind: 'payment', amount: '100.00', currency: 'RUB' },
    ])
  })

  test('the bank may ask again, and the buyer may refuse there', async () => {
    await using shop = await startYookassa()
    const { data } = await shop.payments.paymentsPost('key-1', order)
    const { confirmation_url } = data.confirmation as { confirmation_url: string }
    const post = (action: string) =>
      fetch(confirmation_url, {
        method: 'POST',
        body: new URLSearchParams({ action }),
        redirect: 'manual',
      })

    expect(await (await post('three_d_secure')).text()).toContain('Confirm')
    await post('three_d_secure_fail')

    const { data: after } = await shop.payments.paymentsPaymentIdGet(data.id)
    expect(after.cancellation_details).toEqual({
      party: 'payment_network',
      reason: '3d_secure_failed',
    })
  })

  test('the same key and body give the same payment, another body is refused', async () => {
    await using shop = await startYookassa()
    const [first, again] = await Promise.all([
      shop.payments.paymentsPost('key-1', order),
      shop.payments.paymentsPost('key-1', order),
    ])
    expect(again.data.id).toBe(first.data.id)
    const other = shop.payments.paymentsPost('key-1', { ...order, amount: rub('1.00') })
    await expect(other).rejects.toMatchObject({
      response: { status: 400, data: { type: 'error', code: 'invalid_request' } },
    })

    await shop.sandbox.control.clock.advance({ hours: 25 })
    const later = await shop.payments.paymentsPost('key-1', order)
    expect(later.data.id).not.toBe(first.data.id)
  })

  test('need a key, a known shop and a sound amount', async () => {
    await using shop = await startYookassa()
    const call = (headers: Record<string, string>) =>
      fetch(`${shop.sandbox.url}/sandbox/yookassa/v3/payments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...order, amount: rub('0.00') }),
      })
    const authorization = `Basic ${btoa(`${YOOKASSA_SHOP.shopId}:${YOOKASSA_SHOP.secretKey}`)}`

    expect(await (await call({})).json()).toMatchObject({ code: 'invalid_credentials' })
    expect(await (await call({ authorization })).json()).toMatchObject({
      parameter: 'Idempotence-Key',
    })
    const wrong = await call({ authorization, 'idempotence-key': 'k' })
    expect(await wrong.json()).toMatchObject({ code: 'invalid_request', parameter: 'amount.value' })
  })

  test('in two stages: held, taken in part, or given back', async () => {
    await using shop = await startYookassa()
    const { control } = shop.sandbox
    const held = async (key: string) => {
      const { data } = await shop.payments.paymentsPost(key, { ...order, capture: false })
      return control.yookassa.succeed(data.id)
    }
    const first = await held('a')
    expect(first.status).toBe('waiting_for_capture')
    const { data: taken } = await shop.payments.paymentsPaymentIdCapturePost(first.id, 'capture', {
      amount: rub('60.00'),
    })
    const second = await held('b')
    const { data: canceled } = await shop.payments.paymentsPaymentIdCancelPost(second.id, 'cancel')

    expect(taken).toMatchObject({ status: 'succeeded', amount: rub('60.00') })
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_details: { party: 'merchant', reason: 'canceled_by_merchant' },
    })
  })

  test('expire after an hour without confirmation and after 7 days without capture', async () => {
    await using shop = await startYookassa()
    const { control } = shop.sandbox
    const left = await shop.payments.paymentsPost('a', order)
    const held = await shop.payments.paymentsPost('b', { ...order, capture: false })
    await control.yookassa.succeed(held.data.id)

    await control.clock.advance({ days: 8 })

    const reason = async (id: string) =>
      (await shop.payments.paymentsPaymentIdGet(id)).data.cancellation_details?.reason
    expect(await reason(left.data.id)).toBe('expired_on_confirmation')
    expect(await reason(held.data.id)).toBe('expired_on_capture')
    expect(shop.events()).toContain('payment.canceled')
  })
})

describe('saved methods', () => {
  const saved = async (shop: Shop) => {
    const { data } = await shop.payments.paymentsPost('first', {
      ...order,
      save_payment_method: true,
    })
    const { payment_method } = await shop.sandbox.control.yookassa.succeed(data.id)
    return payment_method?.id ?? ''
  }
  const again = (shop: Shop, payment_method_id: string, key = 'again') =>
    shop.payments.paymentsPost(key, { amount: rub('100.00'), capture: true, payment_method_id })

  test('are charged at once', async () => {
    await using shop = await startYookassa()
    const id = await saved(shop)
    expect((await shop.methods.paymentMethodsPaymentMethodIdGet(id)).data).toMatchObject({
      saved: true,
      status: 'active',
    })
    expect((await again(shop, id)).data).toMatchObject({ status: 'succeeded', paid: true })
  })

  test('are declined, or stay pending and settle later, by switch', async () => {
    await using shop = await startYookassa()
    const { control } = shop.sandbox
    const id = await saved(shop)
    await control.faults.add({ target: 'yookassa', kind: 'decline', reason: 'card_expired' })
    expect((await again(shop, id, 'a')).data.cancellation_details?.reason).toBe('card_expired')

    await control.faults.add({ target: 'yookassa', kind: 'pending', settle_after_seconds: 300 })
    const { data: slow } = await again(shop, id, 'b')
    expect(slow.status).toBe('pending')
    await control.clock.advance({ minutes: 6 })
    expect((await shop.payments.paymentsPaymentIdGet(slow.id)).data.status).toBe('succeeded')
  })

  test('are refused for good once the buyer took the permission away', async () => {
    await using shop = await startYookassa()
    const id = await saved(shop)
    await shop.sandbox.control.yookassa.revoke(id)
    expect((await again(shop, id)).data.cancellation_details?.reason).toBe('permission_revoked')
  })
})

describe('refunds', () => {
  test('go back in parts, and never more than was paid', async () => {
    await using shop = await startYookassa()
    const { data } = await shop.payments.paymentsPost('p', order)
    await shop.sandbox.control.yookassa.succeed(data.id)
    const refund = (key: string, value: string) =>
      shop.refunds.refundsPost(key, { payment_id: data.id, amount: rub(value) })

    expect((await refund('a', '40.00')).data.status).toBe('succeeded')
    await expect(refund('b', '60.01')).rejects.toMatchObject({ response: { status: 400 } })
    await refund('c', '60.00')

    const { data: after } = await shop.payments.paymentsPaymentIdGet(data.id)
    expect(after).toMatchObject({ refunded_amount: rub('100.00'), refundable: false })
    await until(() => shop.events().filter((event) => event === 'refund.succeeded').length === 2)
    const { data: list } = await shop.refunds.refundsGet()
    expect(list.items).toHaveLength(2)
  })
})

describe('trouble at YooKassa', () => {
  test('a notification is delivered again until the shop answers 200', async () => {
    let calls = 0
    await using shop = await startYookassa(() => (++calls < 4 ? 400 : 200))
    const { data } = await shop.payments.paymentsPost('p', order)
    await shop.sandbox.control.yookassa.succeed(data.id)
    await until(() => shop.webhook.received.length === 4)
  })

  test('a 500 may hide a payment that was made, which the same key finds', async () => {
    await using shop = await startYookassa()
    const { control } = shop.sandbox
    await control.faults.add({ target: 'yookassa', kind: 'error', effect: 'done' })
    await expect(shop.payments.paymentsPost('p', order)).rejects.toMatchObject({
      response: { status: 500, data: { code: 'internal_server_error' } },
    })
    const [made] = await control.yookassa.payments()
    expect((await shop.payments.paymentsPost('p', order)).data.id).toBe(made?.id)
  })

  test('a dropped answer leaves the effect, a 429 does not', async () => {
    await using shop = await startYookassa()
    const { control } = shop.sandbox
    await control.faults.add({ target: 'yookassa', kind: 'drop', method: 'POST /payments' })
    await expect(shop.payments.paymentsPost('p', order)).rejects.toThrow(
      /socket hang up|ECONNRESET/,
    )
    await control.faults.add({ target: 'yookassa', kind: 'rate_limit' })
    await expect(shop.payments.paymentsPost('q', order)).rejects.toMatchObject({
      response: { status: 429 },
    })
    expect(await control.yookassa.payments()).toHaveLength(1)
  })
})
