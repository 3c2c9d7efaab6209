import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningShop, startRunningShop } from './testing/running-shop.ts'

const PHONE = { width: 390, height: 844 }
const PICTURES = 'test-results/pictures'

let shop: RunningShop
let browser: Browser

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  shop = await startRunningShop({}, { sandboxOnSameOrigin: true })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  await shop[Symbol.asyncDispose]()
})

async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` })
  const isWider = 'document.documentElement.scrollWidth > window.innerWidth'
  const isScrolledSideways = await page.evaluate<boolean>(isWider)
  expect(isScrolledSideways, name).toBe(false)
}

async function openMiniApp(languageCode: string): Promise<[Page, FrameLocator]> {
  const page = await browser.newPage({ viewport: PHONE })
  const person = shop.sandbox.control.user(languageCode, { language_code: languageCode })
  await page.goto(`${shop.url}/sandbox/?user=${await person.id()}`)
  await page.getByRole('textbox', { name: 'Message' }).fill('/start')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
  return [page, page.frameLocator('iframe[title="Mini App"]')]
}

test('a customer tries, subscribes, changes the plan and takes that back, in Russian', async () => {
  const [page, app] = await openMiniApp('ru')
  await app.getByRole('button', { name: 'Попробовать бесплатно: 7 дней' }).click()
  await app.getByText('Проба').first().waitFor()
  await shot(page, 'plans-1-trial')
  await app.getByRole('button', { name: 'Подписаться на Pro, monthly' }).click()
  await page.getByRole('button', { name: /^Confirm and pay/ }).click()
  await app.getByText('Действует', { exact: true }).first().waitFor()
  await app.getByRole('button', { name: 'Сменить тариф' }).click()
  await app.getByText('потом пришлём ссылку на оплату').waitFor()
  await shot(page, 'plans-2-change')
  await app.getByRole('button', { name: 'Pro Plus, monthly: потом' }).click()
  await app.getByText('Отменена').first().waitFor()
  await app.getByRole('button', { name: 'Возобновить подписку' }).first().click()
  await app.getByText('продлить можно в Telegram').first().waitFor()
  await shot(page, 'plans-3-resume')
  await page.close()
})

test('a guest agrees to be charged again, pauses and goes on, in English', async () => {
  const page = await browser.newPage({ viewport: PHONE, locale: 'en-GB' })
  await page.goto(`${shop.url}/shop/`)
  const box = page.getByRole('checkbox', { name: /charged 299 ₽ for 30 days by itself/ })
  await box.waitFor({ state: 'attached' })
  expect(await box.isChecked()).toBe(false)
  await page
    .getByText(/I agree that my card is kept/)
    .first()
    .click()
  expect(await box.isChecked()).toBe(true)
  await shot(page, 'plans-4-consent')
  await page.getByRole('button', { name: 'Subscribe to Pro, monthly for 299 ₽' }).click()
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.goto(`${shop.url}/shop/`)
  await page.getByText(/^299.₽ on /).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Yes, pause' }).click()
  await page.getByText('Time stands still').waitFor()
  await shot(page, 'plans-5-paused')
  await page.getByRole('button', { name: 'Resume subscription' }).click()
  await page.getByRole('button', { name: 'Change plan' }).click()
  await page.getByRole('button', { name: 'Pro Plus, monthly now' }).waitFor()
  await shot(page, 'plans-6-change')
  await page.getByRole('button', { name: 'Pro Plus, monthly now' }).click()
  await page.getByText(/^598.₽ on /).waitFor()
  await page.getByRole('button', { name: 'Forget my card' }).click()
  await page.getByRole('button', { name: 'Yes, forget it' }).click()
  await page.getByText('Canceled').first().waitFor()
  await shot(page, 'plans-7-forgotten')
  await page.close()
})
