import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { NotFound, newId } from '../../../kernel/index.ts'
import { aTenant } from '../../../testing/billing.ts'
import { GATEWAYS, invoicePayers } from '../../../testing/invoice-payers.ts'
import { InvoiceNotPayable } from './invoice-payments.errors.ts'

const payers = await invoicePayers()
const { services, control, clock, anInvoice, start, pay, hear, books, creditOf } = payers

afterEach(() => control.faults.clear())
afterAll(async () => {
  await payers.checkBooks()
  await payers.close()
})

describe.each(GATEWAYS)('at $gateway', ({ gateway, currency }) => {
  test('a payment pays the invoice once, however often it is told and at once', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const payment = await start(billing, { invoiceId: invoice.id, gateway })
    expect(payment).toMatchObject({ status: 'pending', amount: 10_000n, currency })
    expect(payment.confirmationUrl).toMatch(/^http/)
    await pay(payment)
    await Promise.all([1, 2, 3, 4].map(() => hear(payment)))
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid', paid: 10_000n })
    expect(await billing.payments.list(invoice.id)).toMatchObject([
      { id: payment.id, state: 'received', amount: 10_000n, taken: 10_000n, left: 0n, gateway },
    ])
    expect(await books([payment.id])).toEqual(['payment 100.00'])
    expect(await creditOf(billing, invoice)).toBe(0n)
  })

  test('parts add up, and the last of them pays it', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const states: string[] = []
    for (const amount of [2_500n, 2_500n, undefined]) {
      const payment = await start(billing, { invoiceId: invoice.id, gateway, amount })
      await pay(payment)
      await hear(payment)
      const { state, paid } = await billing.invoices.get(invoice.id)
      states.push(`${state} ${paid}`)
    }
    expect(states).toEqual(['partially_paid 2500', 'partially_paid 5000', 'paid 10000'])
    await expect(start(billing, { invoiceId: invoice.id, gateway })).rejects.toThrow(
      InvoiceNotPayable,
    )
  })

  test('two payments at once leave the second one as credit', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const pages = await Promise.all(
      [1, 2].map(() => start(billing, { invoiceId: invoice.id, gateway })),
    )
    await Promise.all(pages.map(pay))
    await Promise.all(pages.map(hear))
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid', paid: 10_000n })
    const kept = await billing.payments.list(invoice.id)
    expect(kept.map(({ taken, left }) => [taken, left]).sort()).toEqual([
      [0n, 10_000n],
      [10_000n, 0n],
    ])
    expect(await creditOf(billing, invoice)).toBe(10_000n)
    // It pays what is asked for next.
    const next = await payers.anotherInvoice(billing, invoice.customerId, '150')
    expect(next).toMatchObject({ state: 'partially_paid', paid: 10_000n })
    expect(await creditOf(billing, invoice)).toBe(0n)
  })

  test('more than remains cannot be started, and what comes above it is credit', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const whole = await start(billing, { invoiceId: invoice.id, gateway })
    const part = await start(billing, { invoiceId: invoice.id, gateway, amount: 4_000n })
    const over = start(billing, { invoiceId: invoice.id, gateway, amount: 10_001n })
    await expect(over).rejects.toMatchObject({
      ...{ code: 'billing.invoice_not_payable' },
      details: { remaining: '100.00', amount: '100.01' },
    })
    for (const payment of [part, whole]) {
      await pay(payment)
      await hear(payment)
    }
    expect(await billing.payments.get(whole.id)).toMatchObject({ taken: 6_000n, left: 4_000n })
    expect(await creditOf(billing, invoice)).toBe(4_000n)
  })

  test('a void invoice starts no payment, and money for it is credit', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const payment = await start(billing, { invoiceId: invoice.id, gateway })
    await billing.invoices.void(invoice.id)
    await expect(start(billing, { invoiceId: invoice.id, gateway })).rejects.toThrow(
      InvoiceNotPayable,
    )
    await pay(payment)
    await hear(payment)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'void', paid: 0n })
    expect(await billing.payments.get(payment.id)).toMatchObject({
      ...{ state: 'received', taken: 0n, left: 10_000n },
    })
    expect(await creditOf(billing, invoice)).toBe(10_000n)
  })

  test('what is submitted twice is one payment', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const id = newId()
    const submit = () => start(billing, { id, invoiceId: invoice.id, gateway })
    const all = await Promise.all([submit(), submit(), submit()])
    expect(new Set(all.map((payment) => payment.id))).toEqual(new Set([id]))
    const payment = await submit()
    await pay(payment)
    await hear(payment)
    expect(await submit()).toMatchObject({ id, status: 'succeeded' })
    expect(await books([id])).toEqual(['payment 100.00'])
    await expect(
      start(billing, { id, invoiceId: invoice.id, gateway, amount: 1n }),
    ).rejects.toMatchObject({ code: 'payments.conflict' })
  })

  test('a lost answer is asked for again with the same key, and paid once', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const method = gateway === 'stripe' ? 'POST /checkout/sessions' : 'POST /payments'
    await control.faults.add({ target: gateway, method, kind: 'drop', effect: 'done', times: 3 })
    const { id, status } = await start(billing, { invoiceId: invoice.id, gateway })
    expect(status).toBe('unknown')
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    const payment = await services.payments.getById(id)
    expect(payment.status).toBe('pending')
    await pay(payment)
    await hear(payment)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
    expect(await books([id])).toEqual(['payment 100.00'])
  })

  test('a page that nobody paid is closed, and money that comes after all is a payment', async () => {
    const { billing, invoice } = await anInvoice({ currency })
    const payment = await start(billing, { invoiceId: invoice.id, gateway })
    await services.payments.close(payment.id, 'canceled', 'the customer changed their mind')
    expect(await billing.payments.get(payment.id)).toMatchObject({
      ...{ state: 'closed', reason: 'the customer changed their mind', declineClass: null },
    })
    await pay(payment)
    await hear(payment)
    expect(await billing.payments.list(invoice.id)).toMatchObject([
      { id: payment.id, state: 'closed', taken: 0n },
      { state: 'received', taken: 10_000n },
    ])
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
  })
})

test('drafts, unknown gateways and currencies that a gateway does not take are refused', async () => {
  const { billing, invoice } = await anInvoice({ currency: 'EUR' })
  const refused = (invoiceId: string, gateway: string) => start(billing, { invoiceId, gateway })
  const draft = await billing.invoices.draft({
    ...{ customerId: invoice.customerId, lines: [{ title: 'Hosting', unitPrice: '1' }] },
  })
  await expect(refused(draft.id, 'stripe')).rejects.toThrow(InvoiceNotPayable)
  await expect(refused(invoice.id, 'yookassa')).rejects.toMatchObject({
    code: 'payments.currency_not_accepted',
  })
  await expect(refused(invoice.id, 'paypal')).rejects.toMatchObject({
    code: 'payments.unknown_gateway',
  })
  await expect(refused(newId(), 'stripe')).rejects.toThrow(NotFound)
  await expect(
    start(billing, { invoiceId: invoice.id, gateway: 'stripe', amount: 0n }),
  ).rejects.toMatchObject({ details: { field: 'amount' } })
  expect(await billing.payments.list(invoice.id)).toEqual([])
  expect(await billing.payments.gateways(invoice.id)).toEqual(['stripe'])
  expect(await billing.payments.gateways(draft.id)).toEqual([])
})

test('another tenant’s invoice is not there, and a provider cannot name one', async () => {
  const { billing, invoice } = await anInvoice({ currency: 'EUR' })
  const other = await aTenant(services)
  await expect(start(other, { invoiceId: invoice.id, gateway: 'stripe' })).rejects.toThrow(NotFound)
  const payment = await start(billing, { invoiceId: invoice.id, gateway: 'stripe' })
  const body = { tenantId: other.tenantId, invoiceId: newId() }
  await services.payments.apply({
    ...{ gateway: 'stripe', paymentId: payment.id, status: 'succeeded', body },
    ...{ providerPaymentId: payment.providerPaymentId ?? '', money: payment },
  })
  expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
})

test('a customer who is no user gets one without a login, and keeps it', async () => {
  const { billing, invoice } = await anInvoice({ currency: 'EUR' })
  const pages = await Promise.all(
    [1, 2, 3].map(() => start(billing, { invoiceId: invoice.id, gateway: 'stripe' })),
  )
  const { userId } = await billing.customers.get(invoice.customerId)
  expect(new Set(pages.map((payment) => payment.userId))).toEqual(new Set([userId]))
  expect(await services.users.getById(userId ?? '')).toMatchObject({
    ...{ kind: 'registered', telegramId: null },
  })
})
