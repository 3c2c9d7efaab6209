import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digitsIn, newestMail, wrongDigits } from './testing/letters.ts'
import { type RunningShop, startRunningShop } from './testing/running-shop.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const PICTURES = 'test-results/pictures'

let shop: RunningShop
let browser: Browser
const errors: string[] = []

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  shop = await startRunningShop({}, { sandboxOnSameOrigin: true })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  await shop[Symbol.asyncDispose]()
  expect(errors).toEqual([])
})

interface Screen {
  readonly page: Page
  readonly app: FrameLocator
}

/** A browser of their own in which somebody has opened the Mini App. */
async function openAs(name: string, viewport: typeof PHONE): Promise<Screen> {
  const id = await shop.sandbox.control.user(name).id()
  const context = await browser.newContext({ viewport, timezoneId: 'Africa/Lagos' })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${shop.url}/sandbox/?user=${id}`)
  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
  return { page, app: page.frameLocator('iframe[title="Mini App"]') }
}

const shot = (page: Page, name: string) => page.screenshot({ path: `${PICTURES}/${name}.png` })

test('somebody invites a friend, and both see the friendship', async () => {
  await shop.sandbox.control.user('Bob').id()
  const ada = await openAs('Ada', PHONE)
  await ada.app.getByRole('button', { name: 'Friends' }).click()
  await ada.app.getByText('No friends yet').waitFor()
  await ada.app.getByRole('button', { name: 'Invite a friend' }).click()
  await ada.app.getByText(/^https:\/\/t\.me\/shop_bot\?startapp=i-/).waitFor()
  await shot(ada.page, 'people-1-invitation')

  const sender = await openAs('Ada', DESKTOP)
  await sender.app.getByRole('button', { name: 'Friends' }).click()
  await sender.app.getByRole('button', { name: 'Invite a friend' }).click()
  await sender.app.getByRole('button', { name: 'Send to a friend' }).click()
  const whom = sender.page.getByRole('dialog', { name: 'Send to' })
  await whom.getByRole('button', { name: 'Bob' }).click()
  const received = sender.page.getByRole('dialog', { name: 'Message from Ada' })
  await received.getByRole('link').click()

  const bobs = sender.app
  await bobs.getByRole('status').getByText('You came by an invitation of Ada').waitFor()
  await bobs.getByRole('button', { name: 'Friends' }).click()
  await bobs.getByRole('article', { name: 'Ada' }).waitFor()
  await ada.app.getByRole('article', { name: 'Bob' }).waitFor()
  await shot(ada.page, 'people-2-friends')

  await bobs.getByRole('button', { name: 'Remove: Ada' }).click()
  await bobs.getByRole('button', { name: 'Yes, remove' }).click()
  await bobs.getByText('No friends yet').waitFor()
  await ada.app.getByText('No friends yet').waitFor()
  await ada.page.close()
  await sender.page.close()
})

test('whoever has blocked 25 sees all of them', async () => {
  const { core } = shop.served().app.platform
  const heidi = await openAs('Heidi', PHONE)
  await heidi.app.getByRole('button', { name: 'Friends' }).waitFor()
  const telegramId = BigInt(await shop.sandbox.control.user('Heidi').id())
  const { id = '' } = (await core.repos.users.findByTelegramId(telegramId)) ?? {}
  for (let count = 0; count < 25; count++) {
    const { user } = await core.users.loginAsGuest(crypto.randomUUID())
    await core.friendships.block(id, user.id)
  }
  await heidi.app.getByRole('button', { name: 'Friends' }).click()
  await heidi.app.getByRole('button', { name: 'Show more' }).click()
  await expect.poll(() => heidi.app.getByRole('article').count()).toBe(25)
  await heidi.page.close()
})

test('a link to a page of the Mini App opens that page', async () => {
  await shop.sandbox.control.user('Ivan').say('/start p-_sfriends')
  const page = await (await browser.newContext({ viewport: DESKTOP })).newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(`${shop.url}/sandbox/?user=${await shop.sandbox.control.user('Ivan').id()}`)
  await page.getByRole('button', { name: 'Open the shop' }).click()
  const app = page.frameLocator('iframe[title="Mini App"]')
  await app.getByText('No friends yet').waitFor()
  await page.close()
})

test('language and quiet hours are as they were chosen, also after a reload', async () => {
  const { page, app } = await openAs('Carol', DESKTOP)
  await app.getByRole('button', { name: 'Profile' }).click()
  await app.getByRole('combobox', { name: 'Language' }).selectOption('Русский')
  await app.getByRole('button', { name: 'Уведомления' }).click()
  await app.getByText('Не беспокоить ночью').click()
  await app.getByLabel('С', { exact: true }).fill('23:30')
  await app.getByLabel('До', { exact: true }).fill('06:45')
  await app.getByLabel('До', { exact: true }).blur()
  await expect
    .poll(() => preferencesOf('Carol'))
    .toMatchObject({ quietHours: { from: '23:30', until: '06:45' } })
  await shot(page, 'people-3-quiet-hours')

  await page.getByRole('button', { name: 'Reload Mini App' }).click()
  await app.getByRole('button', { name: 'Профиль' }).click()
  await app.getByRole('button', { name: 'Уведомления' }).click()
  await app.getByLabel('С', { exact: true }).waitFor()
  expect(await app.getByLabel('С', { exact: true }).inputValue()).toBe('23:30')
  expect(await app.getByLabel('До', { exact: true }).inputValue()).toBe('06:45')
  expect(await app.locator('html').getAttribute('lang')).toBe('ru')
  await page.close()
})

test('days in a row are counted while the clock moves on', async () => {
  const { page, app } = await openAs('Dora', PHONE)
  await app.getByRole('button', { name: 'Profile' }).click()
  await app.getByText('1 day', { exact: true }).first().waitFor()
  for (const days of [2, 3]) {
    await shop.sandbox.control.clock.advance({ days: 1 })
    await page.getByRole('button', { name: 'Reload Mini App' }).click()
    await app.getByRole('button', { name: 'Profile' }).click()
    await app.getByText(`${days} days`, { exact: true }).first().waitFor()
  }
  await app.getByRole('status').getByText('3 days in a row').waitFor()
  await shot(page, 'people-4-streak')
  await page.close()
})

test('somebody sees where they are logged in, and ends all other logins', async () => {
  const first = await openAs('Eve', PHONE)
  await first.app.getByRole('button', { name: 'Profile' }).waitFor()
  const second = await openAs('Eve', DESKTOP)
  await second.app.getByRole('button', { name: 'Profile' }).click()
  await second.app.getByRole('button', { name: 'Where you are logged in' }).click()
  await second.app.getByText('This one').waitFor()
  await shot(second.page, 'people-5-logins')
  await second.app.getByRole('button', { name: 'End all others' }).click()
  await expect.poll(() => second.app.getByRole('article').count()).toBe(1)
  await first.page.close()
  await second.page.close()
})

test('somebody adds an address by the code of a mail, and removes it', async () => {
  const { page, app } = await openAs('Grace', PHONE)
  await app.getByRole('button', { name: 'Profile' }).click()
  await app.getByRole('button', { name: 'E-mail' }).click()
  const address = 'grace@example.org'
  await app.getByRole('textbox', { name: 'E-mail' }).fill(address)
  await app.getByRole('button', { name: 'Send me a code' }).click()
  const code = app.getByRole('textbox', { name: 'Code' })
  await code.waitFor()
  await shot(page, 'people-7-code')
  const digits = digitsIn(await newestMail(shop.sandbox, address))
  await code.fill(wrongDigits(digits))
  await app.getByRole('button', { name: 'Confirm' }).click()
  await app.getByRole('alert').getByText('This is not the code').waitFor()
  await code.fill(digits)
  await app.getByRole('button', { name: 'Confirm' }).click()
  await app.getByText(address, { exact: true }).waitFor()
  await shot(page, 'people-8-address')
  await app.getByRole('button', { name: 'Remove' }).click()
  await app.getByRole('button', { name: 'Yes, remove' }).click()
  await app.getByRole('textbox', { name: 'E-mail' }).waitFor()
  await page.close()
})

test('somebody takes their data along and is forgotten, also when they logged in long ago', async () => {
  const { page, app } = await openAs('Frank', PHONE)
  await app.getByRole('button', { name: 'Profile' }).waitFor()
  await shop.sandbox.control.clock.advance({ hours: 1 })
  await page.getByRole('button', { name: 'Close Mini App' }).click()
  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
  await app.getByRole('button', { name: 'Profile' }).click()
  await app.getByRole('button', { name: 'Your data' }).click()
  const downloading = page.waitForEvent('download')
  await app.getByRole('button', { name: 'Download my data' }).click()
  expect((await downloading).suggestedFilename()).toBe('my-data.zip')
  await page.getByRole('button', { name: 'Close browser' }).click()
  await shot(page, 'people-6-data')

  await app.getByRole('button', { name: 'Delete my account' }).click()
  await app.getByRole('button', { name: 'Yes, delete it' }).click()
  await app.getByText('Your account is deleted').waitFor()
  const { core } = shop.served().app.platform
  const telegramId = BigInt(await shop.sandbox.control.user('Frank').id())
  expect(await core.repos.users.findByTelegramId(telegramId)).toBeUndefined()
  await page.close()
})

async function preferencesOf(name: string): Promise<unknown> {
  const telegramId = BigInt(await shop.sandbox.control.user(name).id())
  const { core } = shop.served().app.platform
  const user = await core.repos.users.findByTelegramId(telegramId)
  return core.notificationSettings.read(user?.id ?? '')
}
