import { invoiceToken } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODE_SECRET, type RunningBilling, startRunningBilling } from './testing/running-billing.ts'

let billing: RunningBilling

beforeAll(async () => {
  billing = await startRunningBilling({ GRAMKIT_YOOKASSA_RECEIPTS: 'email' })
})
afterAll(() => billing[Symbol.asyncDispose]())

async function anInvoice(customer: { readonly email?: string } = {}) {
  const tenant = await billing.tenant({ currency: 'RUB' })
  const at = billing.served().app.platform.services.billing.forTenant(tenant.tenant.id)
  const { id: customerId } = await at.customers.create({ code: 'ADA', name: 'Ada', ...customer })
  const lines = [{ title: 'Installation', unitPrice: '100' }]
  const { id } = await at.invoices.draft({ customerId, lines })
  return { tenant, at, id, invoice: await at.invoices.finalize(id) }
}

test('an invoice that is paid by YooKassa has the receipt that the app describes', async () => {
  const { tenant, id } = await anInvoice({ email: 'ada@example.org' })
  const { body } = await tenant.get(`/billing/api/v1/invoices/${id}/gateways`)
  expect(body).toEqual({ items: expect.arrayContaining(['yookassa']) })
  const wanted = { gateway: 'yookassa' }
  const started = await tenant.post(`/billing/api/v1/invoices/${id}/payments`, wanted, newId())
  expect(started.status).toBe(201)
  const { control } = billing.sandbox
  const [payment] = await control.yookassa.payments()
  await control.yookassa.succeed(payment?.id ?? '')
  expect(await control.yookassa.receipts()).toMatchObject([
    {
      customer: { email: 'ada@example.org' },
      items: [
        {
          ...{ amount: { value: '100.00', currency: 'RUB' }, vat_code: 1 },
          ...{ payment_subject: 'service', payment_mode: 'full_payment' },
        },
      ],
    },
  ])
})

test('whoever pays on the page is asked where the receipt goes, when nobody knows', async () => {
  const { at, id, invoice } = await anInvoice()
  const page = `${billing.url}/billing/pay/${invoiceToken(invoice, CODE_SECRET)}`
  const paymentId = newId()
  const send = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({ paymentId, gateway: 'yookassa', ...fields })
    const answer = await fetch(page, { method: 'POST', body })
    return { status: answer.status, html: await answer.text() }
  }
  expect((await (await fetch(page)).text()).includes('name="email"')).toBe(false)
  for (const fields of [{}, { email: 'nowhere' }]) {
    const asked = await send(fields)
    expect(asked.status).toBe(422)
    expect(asked.html).toContain('name="email"')
  }
  expect(await at.payments.list(id)).toEqual([])
  expect((await send({ email: 'eva@example.org' })).status).toBe(200)
  const payments = await billing.sandbox.control.yookassa.payments()
  await billing.sandbox.control.yookassa.succeed(payments.at(-1)?.id ?? '')
  expect((await billing.sandbox.control.yookassa.receipts()).at(-1)).toMatchObject({
    customer: { email: 'eva@example.org' },
  })
})
