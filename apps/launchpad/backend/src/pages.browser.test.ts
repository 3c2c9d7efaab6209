import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ADMIN_TOKEN,
  type RunningLaunchpad,
  startRunningLaunchpad,
} from './testing/running-launchpad.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const PICTURES = 'test-results/pictures'

let launchpad: RunningLaunchpad
let browser: Browser
const errors: string[] = []

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  launchpad = await startRunningLaunchpad({}, { sandboxOnSameOrigin: true })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  await launchpad[Symbol.asyncDispose]()
  expect(errors).toEqual([])
})

/** A browser of their own at a page of the launchpad. */
async function openPage(path: string, viewport = DESKTOP, locale = 'en-US'): Promise<Page> {
  const context = await browser.newContext({ viewport, locale })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${launchpad.url}${path}`)
  return page
}

const shot = (page: Page, name: string) =>
  page.screenshot({ path: `${PICTURES}/launchpad-${name}.png`, fullPage: true })

test('somebody joins as their Telegram self, sees their place and leaves', async () => {
  const id = await launchpad.sandbox.control.user('Ada').id()
  const page = await openPage(`/sandbox/?user=${id}`, PHONE)
  await page.getByRole('button', { name: 'Open Mini App' }).first().click()
  const app = page.frameLocator('iframe[title="Mini App"]')
  await app.getByLabel('Agency').check()
  await app.getByRole('textbox').fill('We plan marketing for many shops')
  await app.getByRole('button', { name: 'Join the waitlist' }).click()
  await app.getByRole('region', { name: 'Your place in the queue' }).getByText('of 1').waitFor()
  const why = app.getByRole('region', { name: 'Why you are here' })
  await why.getByText('25', { exact: true }).waitFor()
  await shot(page, '1-place')
  await app.getByRole('button', { name: 'Leave the waitlist' }).click()
  await app.getByRole('button', { name: 'Yes, leave' }).click()
  await app.getByRole('button', { name: 'Join the waitlist' }).waitFor()
  await page.close()
})

test('an administrator publishes weights and closes the gate, and the audit has both', async () => {
  const page = await openPage('/join/admin#score')
  await page.getByLabel('Token').fill('a-wrong-token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('not the administrator’s token').waitFor()
  await page.getByLabel('Token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()

  const weights = page.getByRole('region', { name: 'Weights of the score' })
  await weights.getByLabel('Agency').fill('30')
  await weights.getByLabel('Why').fill('Agencies stay longest')
  await weights.getByRole('button', { name: 'Publish' }).click()
  await weights.getByText('Version 1 · admin').waitFor()
  expect(await weights.getByLabel('Agency').inputValue()).toBe('30')

  await page.getByRole('link', { name: 'Gate' }).click()
  const override = page.getByRole('region', { name: 'Set by hand' })
  await override.getByLabel('Why').fill('A wave of throw-away addresses')
  await override.getByRole('button', { name: 'Set', exact: true }).click()
  await override.getByText('Closed until').waitFor()
  const now = page.getByRole('region', { name: 'The gate now' })
  await now.getByText('Closed', { exact: true }).waitFor()
  await shot(page, '2-gate')

  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByText('waitlist.weights').first().waitFor()
  await page.setViewportSize(PHONE)
  await page.getByRole('button', { name: 'Switch to Russian' }).click()
  await page.getByRole('link', { name: 'Ворота' }).click()
  await page.getByRole('button', { name: 'Пусть решают измерения' }).click()
  await page.getByRole('region', { name: 'Ворота сейчас' }).getByText('Открыты').waitFor()
  await shot(page, '3-gate-phone')
  await page.close()
})
