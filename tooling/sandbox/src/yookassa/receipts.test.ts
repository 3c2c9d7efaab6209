import { describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { rub, YOOKASSA_SHOP, type YookassaSdk, yookassaSdk } from '../testing/yookassa-sdk.ts'

interface Shop extends YookassaSdk, AsyncDisposable {
  readonly sandbox: Sandbox
}

async function startYookassa(receipts: 'email' | 'email_or_phone' = 'email'): Promise<Shop> {
  const sandbox = await startSandbox({ shops: [{ ...YOOKASSA_SHOP, receipts }] })
  return {
    sandbox,
    ...yookassaSdk(sandbox),
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

const item = (value = '100.00') => ({
  description: 'A mug',
  amount: rub(value),
  quantity: 1,
  vat_code: 1,
  measure: 'piece' as const,
  payment_subject: 'commodity' as const,
  payment_mode: 'full_payment' as const,
})
const receipt = (value = '100.00') => ({
  customer: { email: 'ada@example.com' },
  items: [item(value)],
})
const order = {
  amount: rub('100.00'),
  capture: true,
  confirmation: { type: 'redirect' as const, return_url: 'http://127.0.0.1/back' },
  receipt: receipt(),
}

/** A payment that the buyer has paid. */
async function paid({ payments, sandbox }: Shop, body: object = {}): Promise<string> {
  const { data } = await payments.paymentsPost(crypto.randomUUID(), { ...order, ...body })
  await sandbox.control.yookassa.succeed(data.id)
  return data.id
}

const registration = async ({ payments }: Shop, id: string) =>
  (await payments.paymentsPaymentIdGet(id)).data.receipt_registration
const receiptsOf = async ({ receipts }: Shop, paymentId?: string, refundId?: string) =>
  (
    await receipts.receiptsGet(
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      paymentId,
      refundId,
    )
  ).data.items
const refusal = (parameter: string) => ({ response: { status: 400, data: { parameter } } })

describe('a receipt that comes with a payment', () => {
  test('is registered some seconds after the money came, and shown on the payment', async () => {
    await using shop = await startYookassa()
    const id = await paid(shop)
    expect(await registration(shop, id)).toBe('pending')
    await shop.sandbox.control.clock.advance({ seconds: 5 })
    expect(await registration(shop, id)).toBe('succeeded')
    const [made] = await receiptsOf(shop, id)
    expect(made).toMatchObject({ type: 'payment', status: 'succeeded', items: [item()] })
    expect(made?.fiscal_document_number).toMatch(/^\d+$/)
    expect(made).not.toHaveProperty('customer')
    expect((await shop.receipts.receiptsReceiptIdGet(made?.id ?? '')).data).toEqual(made)
    expect(await shop.sandbox.control.yookassa.receipts()).toMatchObject([
      { id: made?.id, customer: { email: 'ada@example.com' } },
    ])
  })

  test('is rejected by switch', async () => {
    await using shop = await startYookassa()
    await shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'reject_receipt' })
    const id = await paid(shop)
    await shop.sandbox.control.clock.advance({ seconds: 5 })
    expect(await registration(shop, id)).toBe('canceled')
    expect(await receiptsOf(shop, id)).toMatchObject([{ status: 'canceled' }])
  })

  test('is not registered for a payment that nobody paid', async () => {
    await using shop = await startYookassa()
    const { data } = await shop.payments.paymentsPost('a', order)
    await shop.sandbox.control.yookassa.decline(data.id)
    await shop.sandbox.control.clock.advance({ minutes: 1 })
    expect(await receiptsOf(shop, data.id)).toMatchObject([{ status: 'canceled' }])
  })

  test.each([
    ['no receipt', undefined, 'receipt'],
    ['no contact', { customer: {}, items: [item()] }, 'receipt.customer.email'],
    [
      'a phone only, where receipts go by e-mail',
      { customer: { phone: '79000000000' }, items: [item()] },
      'receipt.customer.email',
    ],
    [
      'a phone with a plus',
      { customer: { email: 'ada@example.com', phone: '+79000000000' }, items: [item()] },
      'receipt.customer.phone',
    ],
    ['no address', { customer: { email: 'ada' }, items: [item()] }, 'receipt.customer.email'],
    ['another sum', receipt('99.99'), 'receipt.items.amount'],
    [
      'twice the quantity',
      { ...receipt(), items: [{ ...item(), quantity: 2 }] },
      'receipt.items.amount',
    ],
    [
      'an unknown VAT code',
      { ...receipt(), items: [{ ...item(), vat_code: 13 }] },
      'receipt.items.0.vat_code',
    ],
    [
      'a long description',
      { ...receipt(), items: [{ ...item(), description: 'x'.repeat(129) }] },
      'receipt.items.0.description',
    ],
    [
      'no quantity',
      { ...receipt(), items: [{ ...item(), quantity: 0 }] },
      'receipt.items.0.quantity',
    ],
  ])('is refused with %s', async (_what, wrong, parameter) => {
    await using shop = await startYookassa()
    const { receipt: _, ...bare } = order
    const body = wrong ? { ...bare, receipt: wrong } : bare
    await expect(shop.payments.paymentsPost('a', body)).rejects.toMatchObject(refusal(parameter))
  })

  test('may go to a phone where the shop has a cash register of its own', async () => {
    await using shop = await startYookassa('email_or_phone')
    const customer = { phone: '79000000000' }
    const id = await paid(shop, { receipt: { customer, items: [item()] } })
    expect(await registration(shop, id)).toBe('pending')
  })
})

describe('a capture', () => {
  test('of all needs no receipt; of a part it needs one, which replaces the first', async () => {
    await using shop = await startYookassa()
    const whole = await paid(shop, { capture: false })
    await shop.payments.paymentsPaymentIdCapturePost(whole, 'whole', {})
    const part = await paid(shop, { capture: false })
    const capture = (key: string, body: object) =>
      shop.payments.paymentsPaymentIdCapturePost(part, key, body)
    const amount = rub('60.00')
    await expect(capture('a', { amount })).rejects.toMatchObject(refusal('receipt'))
    await expect(capture('b', { amount, receipt: receipt() })).rejects.toMatchObject(
      refusal('receipt.items.amount'),
    )
    await capture('c', { amount, receipt: receipt('60.00') })
    await shop.sandbox.control.clock.advance({ seconds: 5 })
    expect(await receiptsOf(shop, whole)).toMatchObject([{ type: 'payment' }])
    expect(await receiptsOf(shop, part)).toMatchObject([
      { type: 'payment', items: [{ amount: rub('60.00') }], status: 'succeeded' },
      { type: 'refund', items: [{ amount: rub('100.00') }], status: 'succeeded' },
      { type: 'payment', items: [{ amount: rub('100.00') }], status: 'succeeded' },
    ])
  })
})

describe('a refund', () => {
  test('of all takes the items of the sale; of a part it needs a receipt', async () => {
    await using shop = await startYookassa()
    const refund = async (key: string, value: string, body: object = {}) =>
      shop.refunds.refundsPost(key, {
        payment_id: await paid(shop),
        amount: rub(value),
        ...body,
      })
    const { data: whole } = await refund('a', '100.00')
    await expect(refund('b', '40.00')).rejects.toMatchObject(refusal('receipt'))
    const { data: part } = await refund('c', '40.00', { receipt: receipt('40.00') })
    expect(part.receipt_registration).toBe('pending')
    await shop.sandbox.control.clock.advance({ seconds: 5 })
    for (const [id, value] of [
      [whole.id, '100.00'],
      [part.id, '40.00'],
    ] as const) {
      expect((await shop.refunds.refundsRefundIdGet(id)).data.receipt_registration).toBe(
        'succeeded',
      )
      expect(await receiptsOf(shop, undefined, id)).toMatchObject([
        { type: 'refund', items: [{ amount: rub(value) }] },
      ])
    }
  })
})

describe('a receipt that is asked for by itself', () => {
  const settlement = (payment_id: string, value = '100.00') => ({
    type: 'payment' as const,
    payment_id,
    customer: { email: 'ada@example.com' },
    items: [item()],
    send: true,
    settlements: [{ type: 'prepayment' as const, amount: rub(value) }],
  })

  test('settles a prepayment, once for each key', async () => {
    await using shop = await startYookassa()
    const id = await paid(shop)
    const { data } = await shop.receipts.receiptsPost('a', settlement(id))
    const again = await shop.receipts.receiptsPost('a', settlement(id))
    expect(again.data.id).toBe(data.id)
    await shop.sandbox.control.clock.advance({ seconds: 5 })
    expect((await shop.receipts.receiptsReceiptIdGet(data.id)).data).toMatchObject({
      status: 'succeeded',
      settlements: [{ type: 'prepayment', amount: rub('100.00') }],
    })
  })

  test('is refused for unpaid money and for settlements of another sum', async () => {
    await using shop = await startYookassa()
    const { data: open } = await shop.payments.paymentsPost('p', order)
    await expect(shop.receipts.receiptsPost('a', settlement(open.id))).rejects.toMatchObject(
      refusal('payment_id'),
    )
    const id = await paid(shop)
    await expect(shop.receipts.receiptsPost('b', settlement(id, '1.00'))).rejects.toMatchObject(
      refusal('settlements.amount'),
    )
  })
})
