import { readdirSync, readFileSync } from 'node:fs'
import { CORE_JOBS, CUSTOMER_NOTICES, coreHost, startJobs } from '@gramkit/core/jobs'
import { newId } from '@gramkit/core/kernel'
import { aCustomer, aPlan, aTenant } from '@gramkit/core/testing'
import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { buildApi } from './api-route.ts'
import { setUpBilling } from './basic.ts'
import { configuration, openBilling } from './configuration.ts'
import { openHouseBank } from './custom-gateway.ts'
import { openWithNotices } from './custom-notifications.ts'
import { test as billingTest } from './fixture.ts'
import { openStripeBilling, payInvoice } from './gateway.ts'
import { twoTenants } from './tenants.ts'

const SECRET_KEY = 'sk_test_51SandboxExamples'
const sandbox = await startSandbox({
  stripeAccounts: [
    { accountId: 'acct_examples', secretKey: SECRET_KEY, webhookSecret: 'whsec_examples' },
  ],
})
const database = await testDatabase()
const databaseUrl = database.appUrl

afterAll(async () => {
  await database.drop()
  await sandbox.close()
})

type Billing = Awaited<ReturnType<typeof aTenant>>

async function anInvoice(billing: Billing, email: string | null = null) {
  const { id: customerId } = await aCustomer(billing, { email })
  const lines = [{ title: 'Work', unitPrice: '100' }]
  const { id } = await billing.invoices.draft({ customerId, lines })
  return billing.invoices.finalize(id)
}

test('the page shows the examples that are run here, each of them', () => {
  const page = readFileSync(
    new URL('../../../docs/how-to/bill-many-tenants.md', import.meta.url),
    'utf8',
  )
  const blocks = [...page.matchAll(/```ts \[(.+?)\]\n(.*?)```/gs)].map(([, name, text]) => [
    ...[name, text],
  ])
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (name) => !name.endsWith('.test.ts'),
  )
  const written = files.map((name) => [
    ...[name, readFileSync(new URL(name, import.meta.url), 'utf8')],
  ])
  expect(files).toHaveLength(8)
  expect(blocks.toSorted()).toEqual(written.toSorted())
})

test('the basic set-up bills 29.99 a month', async () => {
  const { platform, billing, subscription } = await setUpBilling(databaseUrl)
  expect(subscription).toMatchObject({ status: 'active', currency: 'USD' })
  const run = await billing.runs.start()
  while ((await billing.runs.work(run.id)) !== 'over');
  expect((await billing.invoices.list()).items).toMatchObject([
    { number: 'INV-000001', total: 2_999n, buyer: { email: 'john@example.com' } },
  ])
  await platform.close()
})

test('the gateway takes money for an invoice at Stripe', async () => {
  await using platform = await openStripeBilling(databaseUrl, SECRET_KEY, sandbox.url)
  const billing = await aTenant(platform.core)
  const invoice = await anInvoice(billing)
  expect(await payInvoice(billing, invoice.id)).toContain(sandbox.url)
})

describe('the configuration', () => {
  test('opens a platform with all that it names', async () => {
    await using platform = await openBilling(databaseUrl)
    expect([...platform.core.gateways.keys()]).toEqual(['stripe'])
    expect(platform.core.billingOptions.notifications).toBeDefined()
    const billing = await aTenant(platform.core)
    const { id } = await anInvoice(billing)
    const pdf = await platform.core.billing.print(await billing.invoices.document(id))
    expect(new TextDecoder().decode(pdf.subarray(0, 5))).toBe('%PDF-')
  })

  test('stops at a name that nobody registered', async () => {
    const wrong = { ...configuration, taxCalculation: { type: 'avalara' } }
    await expect(openBilling(databaseUrl, wrong)).rejects.toThrow(
      'There is no tax calculation named avalara: known are none, table',
    )
  })
})

test('tenants have nothing in common', async () => {
  await using platform = await openBilling(databaseUrl, {})
  const customers = await twoTenants(platform.core.billing)
  expect(customers).toMatchObject([{ code: 'CUST001', currency: 'EUR' }])
})

test('a gateway of one’s own is asked for the payment', async () => {
  await using platform = await openHouseBank(databaseUrl)
  const billing = await aTenant(platform.core)
  const { id: invoiceId } = await anInvoice(billing)
  const id = newId()
  const started = await billing.payments.start({ id, invoiceId, gateway: 'house-bank' })
  expect(started.confirmationUrl).toBe(`https://bank.example/pay/${id}`)
})

test('notifications of one’s own reach the customer, once', async () => {
  const posted: string[] = []
  await using platform = await openWithNotices(databaseUrl, async (to, text) => {
    posted.push(`${to} ${text}`)
  })
  await using jobs = await startJobs({
    ...{ database: platform.database, host: coreHost(platform) },
    ...{ jobs: CORE_JOBS, subscriptions: CUSTOMER_NOTICES },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  })
  const billing = await aTenant(platform.core)
  await anInvoice(billing, 'ada@example.org')
  await jobs.settle()
  await jobs.settle()
  // Other tests have told of invoices in this database as well.
  expect(posted.filter((text) => text.startsWith('ada@'))).toEqual([
    'ada@example.org Acme: Invoice INV-000001 of Acme',
  ])
})

test('the route begins a subscription for the tenant of the key, and for no other', async () => {
  await using platform = await openBilling(databaseUrl, {})
  const [billing, other] = [await aTenant(platform.core), await aTenant(platform.core)]
  const { id: customerId } = await aCustomer(billing)
  const { id: planId } = await aPlan(billing)
  await billing.plans.publish(planId)
  const api = buildApi(platform.core.billing)
  const post = async (of: Billing) => {
    const { key } = await of.apiKeys.create({ name: 'Shop', scopes: ['subscriptions:write'] })
    const headers = { authorization: `Bearer ${key}` }
    const payload = { customerId, planId }
    return (await api.inject({ method: 'POST', url: '/subscriptions', headers, payload }))
      .statusCode
  }
  expect([await post(billing), await post(other)]).toEqual([201, 404])
  expect((await api.inject({ method: 'POST', url: '/subscriptions' })).statusCode).toBe(401)
})

billingTest('a test gets a tenant of its own', async ({ billing }) => {
  const invoice = await anInvoice(billing)
  expect(invoice).toMatchObject({ number: 'INV-000001', state: 'finalized' })
})
