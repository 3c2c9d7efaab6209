import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { billingPlugIns, configureBilling } from './billing-factory.ts'
import { type CustomerNotice, definePlugIn, type TaxProvider } from './features/billing/index.ts'
import { newId, readDecimal } from './kernel/index.ts'
import { createPlatform } from './platform.ts'

const sandbox = await startSandbox({})
const database = await testDatabase()

afterAll(async () => {
  await database.drop()
  await sandbox.close()
})

describe('a configuration of billing', () => {
  test('that names nothing bears taxes by the table, prints PDFs, and tells nobody', async () => {
    const { gateways, billing } = await configureBilling()
    expect(gateways).toEqual([])
    expect(billing).toMatchObject({ taxCalculation: 'table', notifications: undefined })
    expect(billing.printer).toBeDefined()
  })

  test.each([
    ['paymentGateway', 'payment gateway', 'stripe, yookassa'],
    ['notifications', 'notification service', 'email, none'],
    ['taxCalculation', 'tax calculation', 'none, table'],
    ['pdfGeneration', 'PDF generation', 'none, pdfkit'],
  ])('refuses an unknown %s and lists those there are', async (field, sort, known) => {
    await expect(configureBilling({ [field]: { type: 'avalara' } })).rejects.toMatchObject({
      ...{ code: 'billing.unknown_plug_in', details: { sort, name: 'avalara', known } },
      message: `There is no ${sort} named avalara: known are ${known}`,
    })
  })

  test.each([
    [{ paymentGateway: { type: 'stripe' } }, 'paymentGateway.options.secretKey'],
    [
      { paymentGateway: { type: 'stripe', options: { secretKey: 'sk_test_1', secret: '2' } } },
      'paymentGateway.options.secret',
    ],
    [
      { notifications: { type: 'email', options: { smtpUrl: 'localhost', from: 'a@b.c' } } },
      'notifications.options.smtpUrl',
    ],
    [{ taxCalculation: { type: 'table', options: { rate: 7 } } }, 'taxCalculation.options.rate'],
    [{ defaultTenantId: 'acme' }, 'defaultTenantId'],
  ])('names what is wrong in %j', async (configuration, field) => {
    await expect(configureBilling(configuration)).rejects.toMatchObject({
      ...{ code: 'kernel.invalid_value', details: { field } },
    })
  })

  test('refuses a part that it does not know', async () => {
    const configuration = { taxes: { type: 'table' } }
    await expect(configureBilling(configuration as object)).rejects.toMatchObject({
      details: { field: 'taxes', problem: 'is not known' },
    })
  })

  test.each(['stripe', 'yookassa'])('that names %s has it', async (type) => {
    const options = { secretKey: 'sk_test_secret', ...(type === 'yookassa' && { shopId: '1' }) }
    const { gateways } = await configureBilling({ paymentGateway: { type, options } })
    expect(gateways.map(({ name }) => name)).toEqual([type])
  })
})

function flatTax({ rate }: { readonly rate: string }): TaxProvider {
  const taxOf = (net: bigint): bigint => (net * BigInt(rate)) / 100n
  return {
    tax({ lines }) {
      const net = lines.map(({ amount, discount }) => amount - discount)
      const taxable = net.reduce((sum, each) => sum + each, 0n)
      const tax = net.reduce((sum, each) => sum + taxOf(each), 0n)
      return {
        lines: lines.map(({ discount }, index) => ({
          ...{ discount, net: net[index] ?? 0n, tax: taxOf(net[index] ?? 0n) },
          taxRate: readDecimal(rate, 'rate'),
        })),
        taxes: [{ name: 'Flat tax', rate, taxable, tax }],
        ...{ pricesIncludeTax: false, reverseCharge: false },
      }
    },
  }
}

test('plug-ins of the app’s own, registered by name, do the work of a platform', async () => {
  const told: CustomerNotice[] = []
  const plugIns = billingPlugIns()
  plugIns.notificationServices.register(
    'pigeon',
    definePlugIn({
      options: z.strictObject({ loft: z.string() }),
      open: () => ({
        async send(notice: CustomerNotice) {
          told.push(notice)
          return 'sent' as const
        },
      }),
    }),
  )
  plugIns.taxCalculations.register(
    'flat',
    definePlugIn({
      options: z.strictObject({ rate: z.string() }),
      open: (options) => () => flatTax(options),
    }),
  )
  plugIns.pdfGenerators.register(
    'letters',
    definePlugIn({
      options: z.strictObject({}),
      open: () => ({ print: async ({ number }) => new TextEncoder().encode(`PDF of ${number}`) }),
    }),
  )
  const defaultTenantId = newId()
  const configured = await configureBilling(
    {
      notifications: { type: 'pigeon', options: { loft: 'north' } },
      taxCalculation: { type: 'flat', options: { rate: '7' } },
      pdfGeneration: { type: 'letters' },
      defaultTenantId,
    },
    plugIns,
  )
  await using platform = await createPlatform({ databaseUrl: database.appUrl, ...configured })
  const { billing: service } = platform.core
  await service.createTenant({ id: defaultTenantId, code: 'acme', name: 'Acme', currency: 'EUR' })
  const billing = service.default
  const { id: customerId } = await billing.customers.create({
    ...{ code: 'CUST001', name: 'John Doe', email: 'john@example.com' },
  })
  const lines = [{ title: 'Work', unitPrice: '100' }]
  const { id } = await billing.invoices.draft({ customerId, lines })
  const invoice = await billing.invoices.finalize(id)
  expect(invoice).toMatchObject({ total: 10_700n, tax: 700n })
  const pdf = await service.print(await billing.invoices.document(id))
  expect(new TextDecoder().decode(pdf)).toBe('PDF of INV-000001')
  const occasion = { id: newId(), kind: 'invoice_issued', invoiceId: id, amount: null } as const
  expect(await billing.notices.send(occasion)).toBe('sent')
  expect(told).toMatchObject([{ invoice: { number: 'INV-000001' }, remaining: 10_700n }])
})

test('without a printer nothing is printed, and it is said what to do', async () => {
  const configured = await configureBilling({ pdfGeneration: { type: 'none' } })
  await using platform = await createPlatform({ databaseUrl: database.appUrl, ...configured })
  const { billing: service } = platform.core
  const { id } = await service.createTenant({ code: 'none', name: 'None', currency: 'EUR' })
  const billing = service.forTenant(id)
  const { id: customerId } = await billing.customers.create({ code: 'CUST001', name: 'John Doe' })
  const lines = [{ title: 'Work', unitPrice: '100' }]
  const draft = await billing.invoices.draft({ customerId, lines })
  await expect(service.print(await billing.invoices.document(draft.id))).rejects.toThrow('pdfkit')
})
