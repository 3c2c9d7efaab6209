import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from './testing/running-billing.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const PICTURES = 'test-results/pictures'
const API = '/billing/api/v1'
/** How long what a page shows is waited for. */
const SHOWN = { timeout: 15_000 }

let billing: RunningBilling
let tenant: TenantClient
let customerId: string
let browser: Browser
const errors: string[] = []

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  billing = await startRunningBilling({}, { sandboxOnSameOrigin: true })
  browser = await startBrowser()
  // Otherwise a worker may have billed by itself what is to wait for approval.
  tenant = await billing.tenant({ currency: 'RUB', approvalThreshold: 10_000n })
  const customer = { code: 'ADA', name: 'Ada Lovelace', email: 'ada@example.org' }
  customerId = (await tenant.post(`${API}/customers`, customer)).body.id
})

afterAll(async () => {
  await browser.close()
  await billing[Symbol.asyncDispose]()
  expect(errors).toEqual([])
})

async function openPage(url: string, viewport = DESKTOP): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'en-US' })
  const page = await context.newPage()
  page.setDefaultTimeout(SHOWN.timeout)
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(url)
  return page
}

/** The dashboard, signed in by a link. */
const openDashboard = (viewport = DESKTOP) =>
  openPage(`${billing.url}/billing/#key=${tenant.token}`, viewport)

const shot = (page: Page, name: string) =>
  page.screenshot({ path: `${PICTURES}/billing-${name}.png`, fullPage: true })

/** A finalized invoice, and the page on which it is paid. */
async function anInvoice(): Promise<{
  readonly id: string
  readonly number: string
  readonly payUrl: string
}> {
  const lines = [{ title: 'Installation', unitPrice: '1500' }]
  const draft = await tenant.post(`${API}/invoices`, { customerId, lines })
  const { body } = await tenant.post(`${API}/invoices/${draft.body.id}/finalize`)
  const link = await tenant.get(`${API}/invoices/${draft.body.id}/pay-link`)
  return { id: body.id, number: body.number, payUrl: link.body.url }
}

/** A plan that is on sale. */
async function aPlan(name: string): Promise<string> {
  const charge = { key: 'base', title: 'Base fee', when: 'advance', model: 'flat', rate: '490' }
  const terms = { currency: 'RUB', cycle: 'monthly', charges: [charge] }
  const { body } = await tenant.post(`${API}/plans`, { code: name.toUpperCase(), name, ...terms })
  await tenant.post(`${API}/plans/${body.id}/publish`)
  return body.id
}

test('whoever has a key of the tenant signs in, and nobody with another', async () => {
  const page = await openPage(`${billing.url}/billing/`)
  await page.clock.install()
  await page.getByLabel('API key', { exact: true }).fill('not-a-key')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('This key is not known').waitFor()
  // It is asked again only by hand: the field would be emptied under whoever types.
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.clock.runFor(60_000)
  await page.evaluate(() => fetch('/health'))
  expect(asked).toEqual([`${billing.url}/health`])
  await page.getByLabel('API key', { exact: true }).fill(tenant.token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(tenant.tenant.name).waitFor()
  await page.getByRole('link', { name: 'Customers' }).click()
  await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('API key', { exact: true }).waitFor()

  await page.goto(`${billing.url}/billing/#key=${tenant.token}`)
  await page.getByText(tenant.tenant.name).waitFor()
  expect(page.url()).not.toContain(tenant.token)
  await page.context().close()
})

test.each([
  ['yookassa', 'Pay by YooKassa'],
  ['stripe', 'Pay by card with Stripe'],
])('an invoice is paid by %s on its own page, and the dashboard shows it', async (way, button) => {
  const { id, number, payUrl } = await anInvoice()
  const page = await openPage(payUrl, PHONE)
  await page.getByRole('heading', { name: 'To pay: 1,500.00' }).waitFor()
  await page.getByText('Pay a part of it').click()
  await page.getByLabel('Amount in RUB').fill('500')
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('heading', { name: '500.00 RUB' }).waitFor()
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByRole('heading', { name: 'To pay: 1,000.00' }).waitFor()
  await page.getByText('Your payment has come').waitFor()
  await shot(page, `pay-${way}-part`)

  await page.goto(payUrl)
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByRole('heading', { name: 'Paid. Thank you.' }).waitFor()
  await shot(page, `pay-${way}-paid`)

  const desk = await openDashboard()
  await desk.getByRole('link', { name: 'Invoices' }).click()
  const row = desk.getByRole('row').filter({ hasText: number })
  await row.getByText('Paid').waitFor()
  await row.getByRole('link', { name: number }).click()
  const payments = desk.getByRole('region', { name: 'Payments' }).getByRole('row')
  const came = payments.filter({ hasText: way }).filter({ hasText: 'Came' })
  await expect.poll(() => came.count(), SHOWN).toBe(2)
  await tenant.post(`${API}/credit-notes`, { invoiceId: id, reason: 'Too late' })
  // What it gives back is not to pay the next invoice.
  const back = { currency: 'RUB', amount: '150000' }
  await tenant.post(`${API}/customers/${customerId}/credit/payouts`, back)
  const notes = desk.getByRole('region', { name: 'Credit notes' })
  await desk.reload()
  await notes.getByRole('row').filter({ hasText: 'Too late' }).getByText('CN-').waitFor()
  await desk.frameLocator('iframe').getByText('Installation').waitFor()
  await shot(desk, `invoice-${way}`)
  await desk.context().close()
  await page.context().close()
})

test('a run is rejected, the next is previewed and approved, and shows how far it is', async () => {
  const subscription = { customerId, planId: await aPlan('Pro') }
  await tenant.post(`${API}/subscriptions`, subscription)
  await tenant.post(`${API}/subscriptions`, subscription)
  await tenant.post(`${API}/runs`, { approvalThreshold: '10000' })

  const page = await openDashboard()
  await page.getByRole('link', { name: 'Billing runs' }).click()
  const run = page.getByRole('region', { name: /^The (run now|last run)$/ })
  await run.getByText('Waits for approval').waitFor()
  await run.getByRole('button', { name: 'Reject' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
  // From now on none starts by itself for a day.
  await run.getByText('Rejected').waitFor()

  const start = page.getByRole('region', { name: 'Bill what is due' })
  await start.getByLabel('Ask me above a total').fill('100')
  await start.getByRole('button', { name: 'Preview' }).click()
  await start.getByText('Would make 2 invoices').waitFor()
  await start.getByText('It would wait for somebody to approve it').waitFor()
  await start.getByRole('button', { name: 'Make 2 invoices' }).click()

  await run.getByRole('button', { name: 'Approve' }).click()
  await run.getByText('Done').waitFor()
  const meter = run.getByRole('meter')
  await expect.poll(() => meter.getAttribute('value'), SHOWN).toBe('1')
  await shot(page, 'run')
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('cell', { name: 'run.approved' }).waitFor()
  await page.context().close()
})

test('whose key may not read the tenant starts a run without a limit of their own', async () => {
  const { token } = await billing.tenant({ scopes: ['runs:read', 'runs:write'] })
  const page = await openPage(`${billing.url}/billing/#key=${token}`)
  await page.getByRole('link', { name: 'Billing runs' }).click()
  const start = page.getByRole('region', { name: 'Bill what is due' })
  await start.getByRole('button', { name: 'Preview' }).click()
  await start.getByText('Nothing is due').waitFor()
  expect(await start.getByRole('textbox').count()).toBe(0)
  await shot(page, 'run-without-tenant')
  await page.context().close()
})

test('every view understands what the server says, in Russian on a phone too', async () => {
  await anInvoice()
  await aPlan('Basic')
  const page = await openDashboard(PHONE)
  await page.getByRole('button', { name: 'Switch to Russian' }).click()
  for (const [view, shown] of [
    ['Обзор', 'Выручка по месяцам'],
    ['Счета', 'Счета'],
    ['Клиенты', 'Клиенты'],
    ['Подписки', 'Подписки'],
    ['Тарифы', 'Basic'],
    ['Выставление', 'Раньше'],
    ['Расход', 'Счётчики'],
    ['Журнал', 'Журнал'],
  ] as const) {
    await page.getByRole('link', { name: view, exact: true }).click()
    await page.getByRole('region', { name: shown, exact: true }).waitFor()
    const loading = page.getByRole('status', { name: 'Загрузка' })
    await expect.poll(() => loading.count(), SHOWN).toBe(0)
    expect(await page.getByRole('alert').allTextContents(), view).toEqual([])
    const width = await page.locator('html').evaluate((html) => html.scrollWidth)
    expect(width, view).toBeLessThanOrEqual(PHONE.width)
  }
  await page.context().close()
})
