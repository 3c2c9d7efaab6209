import { newId } from '@gramkit/core/kernel'
import { expect, test } from 'vitest'
import { startRunningBilling } from './testing/running-billing.ts'

test('an invoice that is paid by YooKassa has the receipt that the app describes', async () => {
  await using billing = await startRunningBilling({ GRAMKIT_YOOKASSA_RECEIPTS: 'email' })
  const tenant = await billing.tenant({ currency: 'RUB' })
  const at = billing.served().app.platform.services.billing.forTenant(tenant.tenant.id)
  const buyer = { code: 'ADA', name: 'Ada', email: 'ada@example.org' }
  const { id: customerId } = await at.customers.create(buyer)
  const lines = [{ title: 'Installation', unitPrice: '100' }]
  const { id } = await at.invoices.draft({ customerId, lines })
  await at.invoices.finalize(id)

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
