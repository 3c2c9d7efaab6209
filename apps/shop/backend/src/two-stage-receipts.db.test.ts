import { newId, VirtualClock } from '@gramkit/core/kernel'
import type { Fulfilment, Payment, ProductInput } from '@gramkit/core/payments'
import { afterAll, describe, expect, test } from 'vitest'
import { startPieceShop } from './testing/piece-shop.ts'

const given: Fulfilment<unknown> = { async fulfil() {}, async reverse() {} }

const painting: ProductInput = {
  id: 'painting',
  kind: 'piece',
  goods: 'physical',
  title: 'Painting',
  description: 'Paid when it is sent.',
  prices: { RUB: 500_001n },
  capture: 'manual',
  tax: {
    vatCode: 11,
    subject: 'commodity',
    mode: 'full_payment',
    measure: 'piece',
    description: 'Картина',
  },
}

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))

const { sandbox, platform, open, bought, close } = await startPieceShop({
  clock,
  fulfilment: given,
  products: [painting],
  hasRegister: true,
})

afterAll(async () => {
  expect(await platform.core.balance.verify()).toMatchObject({ ok: true })
  await close()
})

/** The buyer has paid, and the money is reserved. */
async function reserved(): Promise<Payment> {
  const payment = await bought('painting', { contact: { phone: '+7 (900) 000-00-00' } })
  await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  clock.advance(60_000)
  await platform.core.paymentsCheck.checkDue()
  return payment
}

/** Registers what is due at the sandbox, and looks. */
async function look(): Promise<void> {
  await sandbox.control.clock.advance({ seconds: 10 })
  clock.advance(60_000)
  await platform.core.receiptsCheck.checkDue()
}

const atYookassa = async ({ providerPaymentId }: Payment) =>
  (await sandbox.control.yookassa.receipts()).filter(
    ({ payment_id }) => payment_id === providerPaymentId,
  )
const receiptsOf = ({ id }: Payment) => platform.core.receipts.listByPayment(id)

describe('the receipt of reserved money', () => {
  test('is there with the reservation, and watched over once all is taken', async () => {
    const payment = await reserved()
    expect(await receiptsOf(payment)).toEqual([])
    await platform.core.payments.capture(payment.id)
    await look()
    expect(await atYookassa(payment)).toMatchObject([
      {
        status: 'succeeded',
        customer: { phone: '79000000000' },
        tax_system_code: 2,
        items: [{ amount: { value: '5000.01' }, vat_code: 11 }],
      },
    ])
    expect(await receiptsOf(payment)).toMatchObject([
      { kind: 'sale', amount: 500_001n, status: 'registered' },
    ])
  })

  test('is replaced by one of the part that is taken, to the kopeck', async () => {
    const payment = await reserved()
    await platform.core.payments.capture(payment.id, 123_457n)
    // YooKassa may still show the registration of the whole.
    await platform.core.receipts.note({ paymentId: payment.id }, 'rejected')
    expect(await receiptsOf(payment)).toMatchObject([{ status: 'pending' }])
    await look()
    const [whole, returned, part, ...more] = await atYookassa(payment)
    expect(more).toEqual([])
    expect(whole).toMatchObject({ type: 'payment', items: [{ amount: { value: '5000.01' } }] })
    expect(returned).toMatchObject({ type: 'refund', items: [{ amount: { value: '5000.01' } }] })
    expect(part).toMatchObject({
      type: 'payment',
      customer: { phone: '79000000000' },
      items: [{ amount: { value: '1234.57' } }],
    })
    expect(await receiptsOf(payment)).toMatchObject([
      { amount: 123_457n, status: 'registered', providerReceiptId: part?.id },
    ])
  })

  test('is of no concern when the reservation is given up: YooKassa returns it', async () => {
    const payment = await reserved()
    await platform.core.payments.cancel(payment.id)
    expect(await atYookassa(payment)).toMatchObject([{ type: 'payment' }, { type: 'refund' }])
    expect(await receiptsOf(payment)).toEqual([])
  })
})

describe('a shop that issues receipts', () => {
  test('does not start with a product that has no tax profile', async () => {
    const { tax: _, ...bare } = painting
    await expect(open([bare])).rejects.toMatchObject({
      code: 'kernel.invalid_value',
      details: { field: 'products.painting.tax' },
    })
  })

  test('takes a phone number only where there is one', async () => {
    const { user } = await platform.core.users.loginAsGuest(newId() + newId())
    const start = (contact?: { phone: string }) =>
      platform.core.payments.start({
        id: newId(),
        userId: user.id,
        productId: 'painting',
        gateway: 'yookassa',
        currency: 'RUB',
        surface: 'web',
        contact,
      })
    await expect(start()).rejects.toMatchObject({
      code: 'receipts.contact_required',
      details: { field: 'contact' },
    })
    await expect(start({ phone: '12-34' })).rejects.toMatchObject({
      code: 'receipts.contact_invalid',
      details: { field: 'contact.phone' },
    })
  })
})
