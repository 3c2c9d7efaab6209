import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiClient, type RunningShop, startRunningShop } from './testing/running-shop.ts'

const PHONE = { width: 390, height: 844 }
const PICTURES = 'test-results/pictures'

let shop: RunningShop
let browser: Browser

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  const receipts = { GRAMKIT_YOOKASSA_RECEIPTS: 'email' }
  shop = await startRunningShop(receipts, { sandboxOnSameOrigin: true })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  await shop[Symbol.asyncDispose]()
})

async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` })
}

test('a customer buys, subscribes, is renewed, cancels and is refunded on a phone', async () => {
  const page = await browser.newPage({ viewport: PHONE })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  const id = await shop.sandbox.control.user('Ada').id()
  await page.goto(`${shop.url}/sandbox/?user=${id}`)

  await page.getByRole('textbox', { name: 'Message' }).fill('/start')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Welcome! Open the shop').waitFor()
  await shot(page, '1-chat')

  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
  const app = page.frameLocator('iframe[title="Mini App"]')
  await app.getByRole('button', { name: 'Buy 100 credits for 50 ★' }).waitFor()
  await app.locator('body').evaluate((body) => body.setAttribute('data-never', 'reloaded'))
  await shot(page, '2-mini-app')

  await buyWithStars(page, app, 'Buy 100 credits for 50 ★')
  await app.getByRole('region', { name: 'Balance' }).getByText('100 credits').waitFor()
  await shot(page, '3-credits-bought')

  await buyMug(page, app)
  await app.getByRole('button', { name: 'Purchases' }).click()
  await app.getByRole('article', { name: 'Mug' }).first().waitFor()
  await shot(page, '4-mug-ordered')

  await app.getByRole('button', { name: 'Shop' }).click()
  await buyWithStars(page, app, 'Subscribe to Pro, monthly for 250 ★')
  await app.getByText('Active').first().waitFor()
  await shot(page, '5-subscribed')

  await aMonthLater(page)
  await app.getByRole('button', { name: 'Purchases' }).click()
  await app.getByRole('article', { name: 'Pro, monthly' }).nth(2).waitFor()
  await shot(page, '7-renewed')

  await app.getByRole('button', { name: 'Cancel subscription' }).first().click()
  await app.getByRole('button', { name: 'Yes, cancel' }).click()
  await app.getByRole('button', { name: 'Resume subscription' }).first().waitFor()
  await shot(page, '8-cancelled')

  const admin = apiClient(shop, shop.adminToken)
  const { core } = shop.served().app.platform
  const { items } = await core.payments.list(await userId(id), { limit: 100 })
  const credits = items.find(({ productId }) => productId === 'credits-100')
  const refund = await admin.post(`/api/v1/admin/payments/${credits?.id}/refund`, {})
  expect(refund.body.refund.status).toBe('succeeded')
  await app.getByText('Refunded').first().waitFor()
  await shot(page, '9-refunded')

  const report = await admin.get('/api/v1/admin/ledger/verify')
  expect(report.body).toMatchObject({ ok: true, differences: [] })
  expect(await app.locator('body').getAttribute('data-never')).toBe('reloaded')
  expect(errors).toEqual([])
  await page.close()
})

/** Moves the clock on the page, with the Mini App out of the way but not closed. */
async function aMonthLater(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Minimise Mini App' }).click()
  await page.getByRole('tab', { name: 'Clock' }).click()
  await page.getByRole('button', { name: 'One month later' }).click()
  await page.getByText('telegram-stars: payment of 250 XTR').waitFor()
  await shot(page, '6-a-month-later')
  await page.getByRole('tab', { name: 'Chat' }).click()
  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
}

async function buyWithStars(page: Page, app: FrameLocator, button: string): Promise<void> {
  await app.getByRole('button', { name: button }).click()
  await page.getByRole('button', { name: /^Confirm and pay/ }).click()
}

async function buyMug(page: Page, app: FrameLocator): Promise<void> {
  await app.getByRole('button', { name: 'Buy Mug for 990 ₽' }).click()
  const email = app.getByRole('textbox', { name: 'E-mail' })
  await email.fill('ada at example.com')
  await app.getByRole('button', { name: 'Go on to payment' }).click()
  await app.getByRole('alert').getByText('This is no e-mail address').waitFor()
  await shot(page, '4-receipt-asked')
  await email.fill('ada@example.com')
  const opened = page
    .context()
    .waitForEvent('page', { timeout: 5_000 })
    .catch(() => undefined)
  await app.getByRole('button', { name: 'Go on to payment' }).click()
  const confirmation = (await opened) ?? page.frameLocator('iframe[title="Browser"]')
  await confirmation.getByRole('button', { name: 'Pay', exact: true }).click()
}

async function userId(telegramId: number): Promise<string> {
  const { core } = shop.served().app.platform
  const user = await core.repos.users.findByTelegramId(BigInt(telegramId))
  return user?.id ?? ''
}
