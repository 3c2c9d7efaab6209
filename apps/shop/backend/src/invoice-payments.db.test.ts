import type { InvoiceView, TenantBilling } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { aCustomer, aTenant } from '@gramkit/core/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { eventually, type RunningShop, WITH_STRIPE } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'

const shop: RunningShop = shopForAllTests(WITH_STRIPE)
const core = () => shop.served().app.platform.core
const control = () => shop.sandbox.control

afterEach(() => control().faults.clear())

/** 100 that a tenant of its own asks of a customer. */
async function anInvoice(currency: 'RUB' | 'EUR', autoCharge = false) {
  const billing = await aTenant(core(), { currency, paymentTermsDays: 1 })
  const { id } = await aCustomer(billing, { email: 'ada@example.org', autoCharge })
  return { billing, invoice: await ask(billing, id) }
}

async function ask(billing: TenantBilling, customerId: string): Promise<InvoiceView> {
  const lines = [{ title: 'Hosting', unitPrice: '100' }]
  const { id } = await billing.invoices.draft({ customerId, lines })
  return billing.invoices.finalize(id)
}

const WAYS = [
  { gateway: 'yookassa', currency: 'RUB' },
  { gateway: 'stripe', currency: 'EUR' },
] as const

describe.each(WAYS)('an invoice that is paid at $gateway', ({ gateway, currency }) => {
  const pay = ({ providerPaymentId: id }: Payment) =>
    gateway === 'stripe' ? control().stripe.pay(id ?? '') : control().yookassa.succeed(id ?? '')
  const start = (billing: TenantBilling, invoiceId: string, consent = false) =>
    billing.payments.start({
      ...{ id: newId(), invoiceId, gateway },
      ...(consent ? { consent: { sessionId: null, textVersion: '1' } } : {}),
    })
  const becomes = (billing: TenantBilling, invoiceId: string, state: InvoiceView['state']) =>
    eventually(
      () => billing.invoices.get(invoiceId),
      (invoice) => invoice.state === state,
    )

  test('is paid by the webhook, once, however often and in what order it is told', async () => {
    const { billing, invoice } = await anInvoice(currency)
    const payment = await start(billing, invoice.id)
    await pay(payment)
    await becomes(billing, invoice.id, 'paid')
    const again = await control().redeliver({ provider: gateway, times: 3, shuffle: true })
    expect(again.accepted).toBe(again.sent)
    await control().clock.advance({ seconds: 1 })
    expect(await billing.payments.list(invoice.id)).toMatchObject([
      { id: payment.id, state: 'received', taken: 10_000n, left: 0n },
    ])
  })

  test('two pages that are paid at once leave the second as credit', async () => {
    const { billing, invoice } = await anInvoice(currency)
    const pages = [await start(billing, invoice.id), await start(billing, invoice.id)]
    await Promise.all(pages.map(pay))
    await becomes(billing, invoice.id, 'paid')
    await eventually(
      () => billing.payments.list(invoice.id),
      (payments) => payments.every(({ state }) => state === 'received'),
    )
    expect(await billing.credit.balances(invoice.customerId)).toMatchObject([
      { currency, amount: 10_000n },
    ])
  })

  test('asks again for what the provider’s console gave back', async () => {
    const { billing, invoice } = await anInvoice(currency)
    const payment = await start(billing, invoice.id)
    await pay(payment)
    await becomes(billing, invoice.id, 'paid')
    await billing.payments.refund({ id: newId(), paymentId: payment.id, amount: 4_000n })
    await becomes(billing, invoice.id, 'partially_paid')
    const again = await control().redeliver({ provider: gateway, times: 2, shuffle: true })
    expect(again.accepted).toBe(again.sent)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ paid: 6_000n })
  })

  test('is charged on the day it is due, by the workers of the app', async () => {
    const { billing, invoice } = await anInvoice(currency, true)
    await pay(await start(billing, invoice.id, true))
    await becomes(billing, invoice.id, 'paid')
    const next = await ask(billing, invoice.customerId)
    await control().clock.advance({ days: 2 })
    await becomes(billing, next.id, 'paid')
    expect(await billing.payments.list(next.id)).toMatchObject([
      { attempt: 1, state: 'received', taken: 10_000n },
    ])
  })
})

test('a bank takes money back by Stripe’s events: it is asked for again once that is lost', async () => {
  const { billing, invoice } = await anInvoice('EUR')
  const { id, providerPaymentId } = await billing.payments.start({
    ...{ id: newId(), invoiceId: invoice.id, gateway: 'stripe' },
  })
  const { payment_intent } = await control().stripe.pay(providerPaymentId ?? '')
  const state = (wanted: Payment['status']) =>
    eventually(
      () => core().payments.getById(id),
      ({ status }) => status === wanted,
    )
  await state('succeeded')
  const dispute = await control().stripe.dispute(payment_intent ?? '', { reason: 'fraudulent' })
  await state('disputed')
  expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
  await control().stripe.closeDispute(dispute.id, 'lost')
  await state('refunded')
  await control().stripe.deliverTwice()
  await control().clock.advance({ seconds: 1 })
  expect(await billing.invoices.get(invoice.id)).toMatchObject({ paid: 0n })
  expect(await billing.payments.get(id)).toMatchObject({ returned: 10_000n, takenBack: 10_000n })
})
