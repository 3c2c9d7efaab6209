import { afterAll, expect, test } from 'vitest'
import { newId } from '../../../kernel/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { invoicePayers } from '../../../testing/invoice-payers.ts'
import type { CustomerInput } from '../customers/customer.ts'
import { ReceiptNotPossible } from './invoice-payments.errors.ts'

const payers = await invoicePayers({ receipts: 'email' })
const { services, control, start, pay, hear } = payers

afterAll(async () => {
  await payers.checkBooks()
  await payers.close()
})

/** 100 with the taxes of Russia, and 50 more at another rate if asked. */
async function anInvoice(customer: Partial<CustomerInput> = {}, other?: string) {
  const billing = await aTenant(services, {
    ...{ currency: 'RUB', country: 'RU', company: 'ООО Ромашка', language: 'ru' },
  })
  const rate = { country: 'RU', name: 'НДС', fromOn: '2020-01-01' }
  await billing.taxes.add({ ...rate, rate: '20' })
  await billing.taxes.add({ ...rate, rate: '10', category: 'reduced' })
  await billing.taxes.add({ ...rate, rate: '7', category: 'odd' })
  const { id: customerId } = await aCustomer(billing, {
    ...{ country: 'RU', email: 'ada@example.org', ...customer },
  })
  const lines = [
    { title: 'Хостинг', unitPrice: '100', ...(other === 'odd' ? { taxCategory: 'odd' } : {}) },
    ...(other === 'reduced' ? [{ title: 'Книга', unitPrice: '50', taxCategory: other }] : []),
  ]
  const { id } = await billing.invoices.draft({ customerId, lines })
  return { billing, invoice: await billing.invoices.finalize(id) }
}

const receiptsOf = async (paymentId: string) => {
  const issued = await services.receipts.listByPayment(paymentId)
  return issued.map(({ kind, amount }) => `${kind} ${amount}`)
}

test('a receipt of one item says what was paid, at the rate of the invoice, to the customer', async () => {
  const { billing, invoice } = await anInvoice()
  expect(invoice.total).toBe(12_000n)
  const payment = await start(billing, { invoiceId: invoice.id, gateway: 'yookassa' })
  await pay(payment)
  await hear(payment)
  const receipt = (await control.yookassa.receipts()).at(-1)
  expect(receipt).toMatchObject({
    customer: { email: 'ada@example.org' },
    items: [
      {
        description: `Счёт ${invoice.number}, ООО Ромашка`,
        ...{ amount: { value: '120.00', currency: 'RUB' }, vat_code: 4 },
        ...{ payment_subject: 'service', payment_mode: 'full_payment' },
      },
    ],
  })
  expect(await receiptsOf(payment.id)).toEqual(['sale 12000'])
  await billing.payments.refund({ id: newId(), paymentId: payment.id, amount: 6_000n })
  expect((await control.yookassa.receipts()).at(-1)).toMatchObject({
    type: 'refund',
    items: [{ amount: { value: '60.00' }, vat_code: 4 }],
  })
  expect(await receiptsOf(payment.id)).toEqual(['sale 12000', 'refund 6000'])
})

test('what a receipt of one item cannot say is refused, and nothing is stored', async () => {
  for (const { other, amount, problem } of [
    { other: 'reduced', amount: undefined, problem: 'bears several rates of tax: 20, 10' },
    { other: 'odd', amount: undefined, problem: 'bears the rate 7, which has no code of VAT' },
    { other: undefined, amount: 5_000n, problem: 'is paid in parts: pay all that remains' },
  ]) {
    const { billing, invoice } = await anInvoice({}, other)
    const request = { invoiceId: invoice.id, gateway: 'yookassa', amount }
    const refused = start(billing, request)
    await expect(refused).rejects.toThrow(ReceiptNotPossible)
    await expect(refused).rejects.toMatchObject({ details: { problem } })
    expect(await billing.payments.list(invoice.id)).toEqual([])
  }
})

test('a gateway that could issue no receipt is not offered for an invoice', async () => {
  for (const { other, offered } of [
    { other: undefined, offered: ['yookassa', 'stripe'] },
    { other: 'reduced', offered: ['stripe'] },
    { other: 'odd', offered: ['stripe'] },
  ]) {
    const { billing, invoice } = await anInvoice({}, other)
    expect(await billing.payments.gateways(invoice.id)).toEqual(offered)
  }
})

test('a customer without an address has to give one', async () => {
  const { billing, invoice } = await anInvoice({ email: null })
  const request = { invoiceId: invoice.id, gateway: 'yookassa' }
  await expect(start(billing, request)).rejects.toMatchObject({ code: 'receipts.contact_required' })
  const payment = await start(billing, { ...request, contact: { email: 'eva@example.org' } })
  await pay(payment)
  expect((await control.yookassa.receipts()).at(-1)).toMatchObject({
    customer: { email: 'eva@example.org' },
  })
})

test('a charge of a saved method has its receipt too', async () => {
  const { billing, invoice } = await anInvoice({ autoCharge: true })
  const consent = { sessionId: null, textVersion: '1' }
  const page = await start(billing, { invoiceId: invoice.id, gateway: 'yookassa', consent })
  await pay(page)
  await hear(page)
  const next = await payers.anotherInvoice(billing, invoice.customerId, '10')
  const charged = await billing.payments.charge(next.id, 1)
  expect(charged).toMatchObject({ outcome: 'paid', payment: { amount: 1_200n } })
  const [payment] = await billing.payments.list(next.id)
  expect(await receiptsOf(payment?.id ?? '')).toEqual(['sale 1200'])
})
