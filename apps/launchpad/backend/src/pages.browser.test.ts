import { mkdirSync } from 'node:fs'
import { startBrowser } from '@gramkit/sandbox/browser'
import { digitsIn, eventually, newestMail } from '@gramkit/sandbox/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminOf, aPersonOf, clientOf, type Person } from './testing/clients.ts'
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
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${launchpad.url}${path}`)
  return page
}

/** A page of somebody who is logged in. */
async function openAs({ token }: Person, path: string): Promise<Page> {
  const page = await openPage('/join/')
  await page.evaluate((login) => localStorage.setItem('gramkit.launchpad.login', login), token)
  await page.goto(`${launchpad.url}${path}`)
  return page
}

/** An administrator's page, signed in. */
async function openAdmin(view: string, token = ADMIN_TOKEN): Promise<Page> {
  const page = await openPage(`/join/admin#${view}`)
  await signIn(page, token)
  return page
}

async function signIn(page: Page, token = ADMIN_TOKEN): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The address of the page that a mail leads to. */
function linkIn({ text }: { readonly text: string }): string {
  return /https?:\/\/\S+/.exec(text)?.[0] ?? ''
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
  await page.context().close()
})

test('somebody joins by a friend’s link and an address, which a mail asks to confirm', async () => {
  const address = 'grace@example.org'
  const page = await openPage('/join/?ref=NOBODYS123')
  await page.getByText('A friend’s link brought you here').waitFor()
  await page.getByRole('button', { name: 'Join the waitlist' }).click()
  await page.getByRole('alert').getByText('This is no e-mail address').waitFor()
  await page.getByLabel('E-mail').first().fill(address)
  await page.getByLabel('What would you use it for?').fill('automation')
  await page.getByRole('button', { name: 'Join the waitlist' }).click()
  await page.getByRole('region', { name: 'One more step: your mailbox' }).waitFor()
  await shot(page, '5-mailbox')

  const confirmation = await newestMail(launchpad.sandbox, address)
  await page.goto(linkIn(confirmation))
  await page.getByRole('button', { name: 'Yes, it is my address' }).click()
  const place = page.getByRole('region', { name: 'Your place in the queue' })
  await place.getByText('You wait for your invitation').waitFor()
  expect(page.url()).toBe(`${launchpad.url}/join/`)
  await page.reload()
  await place.getByText('You wait for your invitation').waitFor()
  await page.getByText('Change what I told you').click()
  const wish = page.getByLabel('What would you use it for?')
  expect(await wish.inputValue()).toBe('automation')
  await wish.fill(Array(21).fill('automation').join(' '))
  await page.getByRole('button', { name: 'Save' }).click()
  const points = page.getByRole('listitem').filter({ hasText: 'more than 20 words' })
  await points.getByText('10', { exact: true }).waitFor()
  await shot(page, '6-place')

  await page.getByRole('button', { name: 'My friends and rewards' }).click()
  await page.getByText('Nobody yet. Share your link!').waitFor()
  await page.getByText('3 more friends to the next reward').waitFor()
  await page.getByLabel('A friend’s e-mail').fill('heidi@example.org')
  await page.getByRole('button', { name: 'Note it' }).click()
  const brought = page.getByRole('region', { name: 'Whom you brought' })
  await brought.getByText('h•••@e•••').waitFor()
  await brought.getByText('Noted').waitFor()
  await shot(page, '7-friends')
  await page.context().close()
})

test('nothing moves under whoever types the token of an administrator', async () => {
  const page = await openPage('/join/admin#batches')
  await page.clock.install()
  await page.reload()
  await page.getByLabel('Token').waitFor()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.clock.runFor(60_000)
  await page.evaluate(() => fetch('/health'))
  expect(asked).toEqual([`${launchpad.url}/health`])
  await page.context().close()
})

test('an administrator invites the next, who uses the code and is in', async () => {
  const id = await launchpad.sandbox.control.user('Bob').id()
  const bob = await openPage(`/sandbox/?user=${id}`, PHONE)
  await bob.getByRole('button', { name: 'Open Mini App' }).first().click()
  const app = bob.frameLocator('iframe[title="Mini App"]')
  await app.getByRole('textbox').fill('A newsletter')
  await app.getByRole('button', { name: 'Join the waitlist' }).click()
  await app.getByText('You wait for your invitation').waitFor()

  const admin = await openAdmin('batches')
  const invite = admin.getByRole('region', { name: 'Invite now' })
  await invite.getByLabel('Name of the batch').fill('BATCH-1')
  await invite.getByRole('button', { name: 'Invite' }).click()
  await invite.getByText('invited as BATCH-1.').waitFor()
  await admin.getByRole('link', { name: 'Codes' }).click()
  const row = admin.getByRole('row').filter({ hasText: 'Somebody of Telegram' })
  const code = (await row.getByText(/^VOBEE-[0-9A-Z]{12}$/).textContent()) ?? ''
  await admin.getByRole('link', { name: 'People' }).click()
  await admin.getByRole('cell', { name: 'Invited' }).first().waitFor()

  await app.getByText('Your invitation is on its way').waitFor()
  await app.getByRole('button', { name: 'Use my code' }).click()
  await app.getByLabel('Code').fill('VOBEE-000000000000')
  await app.getByRole('button', { name: 'Let me in' }).click()
  await app.getByRole('alert').getByText('There is no such code').waitFor()
  await app.getByLabel('Code').fill(code.toLowerCase())
  await app.getByRole('button', { name: 'Let me in' }).click()
  await app.getByText('You are in!').waitFor()
  await shot(bob, '2-redeemed')
  await admin.reload()
  await admin.getByRole('cell', { name: 'Let in' }).waitFor()
  await admin.context().close()
  await bob.context().close()
})

test('an administrator publishes weights and closes the gate, and the audit has both', async () => {
  const page = await openAdmin('score', 'a-wrong-token')
  await page.getByRole('alert').getByText('not the administrator’s token').waitFor()
  await signIn(page)

  const weights = page.getByRole('region', { name: 'Weights of the score' })
  await weights.getByLabel('Agency').fill('30')
  await weights.getByLabel('Why').fill('Agencies stay longest')
  await weights.getByRole('button', { name: 'Publish' }).click()
  await weights.getByText('Version 1 · The admin token').waitFor()
  expect(await weights.getByLabel('Agency').inputValue()).toBe('30')

  await page.getByRole('link', { name: 'Gate' }).click()
  const override = page.getByRole('region', { name: 'Set by hand' })
  await override.getByLabel('Why').fill('A wave of throw-away addresses')
  await override.getByRole('button', { name: 'Set', exact: true }).click()
  await override.getByText('Closed until').waitFor()
  const now = page.getByRole('region', { name: 'The gate now' })
  await now.getByText('Closed', { exact: true }).waitFor()
  await shot(page, '3-gate')

  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('cell', { name: 'Setting Weights of the score' }).waitFor()
  await page.setViewportSize(PHONE)
  await page.getByRole('button', { name: 'Switch to Russian' }).click()
  await page.getByRole('link', { name: 'Ворота' }).click()
  await page.getByRole('button', { name: 'Пусть решают измерения' }).click()
  await page.getByRole('region', { name: 'Ворота сейчас' }).getByText('Открыты').waitFor()
  await shot(page, '4-gate-phone')
  await page.context().close()
})

test('somebody uses the code that was mailed to them and logs in afterwards', async () => {
  const address = 'ivan@example.org'
  const join = { email: address, use_case: 'Test', persona: 'other' }
  expect((await clientOf(launchpad).post('/api/waitlist/join', join)).status).toBe(201)
  const token = linkIn(await newestMail(launchpad.sandbox, address)).split('#confirm=')[1]
  await clientOf(launchpad).post('/api/waitlist/confirm', { token })
  await adminOf(launchpad).post('/api/invites/generate', { batch_size: 50 })
  const invitation = await eventually(
    async () => (await launchpad.sandbox.control.mailbox(address)).map(linkIn),
    (links) => links.some((link) => link.includes('redeem')),
  )
  const page = await openPage('/join/redeem')
  await page.getByRole('button', { name: 'Let me in' }).click()
  await page.getByRole('alert').getByText('A code has 6 to 32').waitFor()
  await page.goto(invitation.find((link) => link.includes('redeem')) ?? '')
  await expect.poll(() => page.getByLabel('E-mail').inputValue()).toBe(address)
  await page.getByRole('button', { name: 'Let me in' }).click()
  await page.getByRole('region', { name: 'You are in!' }).waitFor()
  const { length } = await launchpad.sandbox.control.mailbox(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const digits = digitsIn(await newestMail(launchpad.sandbox, address, length + 1))
  await page.getByLabel('Code of the mail').fill(digits === '000000' ? '000001' : '000000')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').getByText('This is not the code').waitFor()
  await page.getByLabel('Code of the mail').fill(digits)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('region', { name: 'Whom you brought' }).waitFor()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('button', { name: 'Send me a code' }).waitFor()
  await page.context().close()
})

test('an administrator freezes a referral and claws it back, which the inviter sees', async () => {
  const carol = await aPersonOf(launchpad, 'Carol')
  const wish = { use_case: 'Test', persona: 'other' }
  const { body } = await carol.post('/api/waitlist/join', wish)
  const code = new URL(body.referral_link).searchParams.get('ref')
  const dave = await aPersonOf(launchpad, 'Dave')
  await dave.post('/api/waitlist/join', { ...wish, referral_code: code })

  const admin = await openAdmin('referrals')
  const node = admin.getByRole('listitem').filter({ hasText: 'Dave' })
  const inviter = await openAs(carol, '/join/me')
  const brought = inviter.getByRole('region', { name: 'Whom you brought' })
  await brought.getByText('In the queue').waitFor()
  for (const [action, why, done, seen] of [
    ['Freeze', 'Same network', 'Unfreeze', 'Looked at by us'],
    ['Claw back', 'Made up', 'Taken back', 'Taken back'],
  ] as const) {
    await node.getByRole('button', { name: action }).click()
    const dialog = admin.getByRole('dialog')
    await dialog.getByLabel('Why').fill(why)
    await dialog.getByRole('button', { name: action, exact: true }).click()
    await node.getByText(done).waitFor()
    await inviter.reload()
    await brought.getByText(seen).waitFor()
  }
  expect(await node.getByRole('button').count()).toBe(0)
  await shot(inviter, '8-taken-back')
  await admin.getByRole('link', { name: 'Audit' }).click()
  for (const [action, why] of [
    ['Clawed a referral back', 'Made up'],
    ['Froze a referral', 'Same network'],
  ] as const) {
    await admin.getByRole('row').filter({ hasText: action }).getByText(why).waitFor()
  }
  await admin.context().close()
  await inviter.context().close()
})

test('an administrator by role stops an experiment, and nobody without the role sees one', async () => {
  const eve = await aPersonOf(launchpad, 'Eve')
  const page = await openAs(eve, '/join/admin#score')
  await page.getByRole('alert').getByText('Only administrators may see this').waitFor()
  const { roles } = launchpad.served().app.platform.core
  await roles.set({ userId: eve.userId, role: 'admin', actor: 'admin' })
  await page.reload()
  const experiment = page.getByRole('region', { name: 'Experiment' })
  await experiment.getByText('Start an experiment').first().click()
  await experiment.getByLabel('Why').fill('Do agencies stay longer?')
  await experiment.getByRole('button', { name: 'Start an experiment' }).click()
  await experiment.getByText('on 50 % of those who join').waitFor()
  await experiment.getByRole('button', { name: 'Stop the experiment' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Why').fill('They do')
  await dialog.getByRole('button', { name: 'Stop the experiment' }).click()
  await experiment.getByText(/^Ran from/).waitFor()
  await page.getByRole('link', { name: 'Audit' }).click()
  const stopped = page.getByRole('row').filter({ hasText: 'They do' })
  await stopped.getByText(`Admin #${eve.userId.slice(-6)}`).waitFor()
  await page.context().close()
})

test('an administrator gives figures by hand, and none that make no sense', async () => {
  const page = await openAdmin('gate')
  const figures = page.getByRole('region', { name: 'Give figures by hand' })
  const give = async (churn: string, sample: string) => {
    await figures.getByLabel('Churn, in percent').fill(churn)
    await figures.getByLabel('Of how many people').fill(sample)
    await figures.getByRole('button', { name: 'Give these figures' }).click()
  }
  await figures.getByLabel('Fraud, in percent').fill('1')
  await figures.getByLabel('Engagement, in percent').fill('60')
  for (const wrong of ['', 'NaN', '-5', '101', '1e9']) {
    await give(wrong, '')
    await figures.getByRole('alert').getByText('from 0 to 100').waitFor()
  }
  await give('7.5', '3000000000')
  await figures.getByRole('alert').getByText('from 0 to 2 billion').waitFor()
  await give('7,5', '')
  await figures.getByRole('status').getByText('These figures count now').waitFor()
  await page.getByText('7.5%').waitFor()
  await page.context().close()
})

test('every view of administrators understands what the server says', async () => {
  const frank = await aPersonOf(launchpad, 'Frank')
  await frank.post('/api/waitlist/join', { use_case: 'Test', persona: 'other' })
  const page = await openAdmin('overview')
  await page.getByRole('region', { name: 'From joining to bringing others' }).waitFor()
  for (const [view, shown] of [
    ['Referrals', 'Who brought whom'],
    ['Score', 'Experiment'],
    ['Score', 'Expected wait by place'],
    ['Batches', 'Batches by plan'],
    ['Gate', 'Thresholds'],
    ['Alerts', 'Alerts'],
  ] as const) {
    await page.getByRole('link', { name: view }).click()
    await page.getByRole('region', { name: shown, exact: true }).waitFor()
    await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0)
    expect(await page.getByRole('alert').allTextContents(), view).toEqual([])
    const labels = await page.locator('label').allTextContents()
    expect(labels.filter((label) => /^\w+\.\w/.test(label))).toEqual([])
  }
  await page.context().close()
})
