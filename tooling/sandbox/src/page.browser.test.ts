import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findChromium } from '@gramkit/services'
import type { Update } from '@grammyjs/types'
import type { Bot } from 'grammy'
import { createTransport } from 'nodemailer'
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startShop, type TestShop } from './testing/shop.ts'

/** A Mini App that speaks the bare bridge and writes down what it hears. */
const MINI_APP = `<!doctype html><title>Tiny app</title>
  <button id="once">Buy</button><button id="monthly">Subscribe</button>
  <button id="mug">Buy mug</button><button id="odd">Turn</button>
  <p id="launch"></p><pre id="heard"></pre>
  <script>
    const tell = (eventType, eventData) =>
      parent.postMessage(JSON.stringify({ eventType, eventData }), '*')
    addEventListener('message', ({ data }) => heard.append(data + '\\n'))
    const launched = new URLSearchParams(location.hash.slice(1))
    const user = JSON.parse(new URLSearchParams(launched.get('tgWebAppData')).get('user'))
    launch.textContent = user.first_name + ' on ' + launched.get('tgWebAppPlatform')
    const open = async (path) => (await fetch(path)).text()
    const invoice = async (path) =>
      tell('web_app_open_invoice', { slug: (await open(path)).split('$')[1] })
    once.onclick = () => invoice('/link/once')
    monthly.onclick = () => invoice('/link/monthly')
    mug.onclick = async () => tell('web_app_open_link', { url: await open('/link/mug') })
    odd.onclick = () => tell('web_app_start_gyroscope', { refresh_rate: 10 })
    tell('web_app_setup_main_button', { is_visible: true, is_active: true, text: 'Go on' })
    tell('web_app_ready')
  </script>`

let browser: Browser
let shop: TestShop
let page: Page
let isSoldOut = false
const links: Record<string, string> = {}

const app = createServer((request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end(links[request.url ?? ''] ?? MINI_APP)
})

beforeAll(async () => {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('Chromium is missing: apt-get install chromium')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  browser = await chromium.launch({ executablePath, args: [...args, ...quiet] })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await browser.close()
  app.closeAllConnections()
  await new Promise((resolve) => app.close(resolve))
})

beforeEach(async () => {
  isSoldOut = false
  const { port } = app.address() as AddressInfo
  const miniAppUrl = `http://127.0.0.1:${port}/`
  shop = await startShop(
    {
      bots: [
        { token: '700001:sandbox-test-token-abcdefghij', username: 'b', name: 'Shop', miniAppUrl },
      ],
      shops: [{ shopId: '100500', secretKey: 'test_key' }],
    },
    answer,
  )
  const price = [{ label: 'Price', amount: 50 }]
  const invoice = ['100 credits', 'A hundred credits', 'credits', '', 'XTR', price] as const
  links['/link/once'] = await shop.bot.api.createInvoiceLink(...invoice)
  links['/link/monthly'] = await shop.bot.api.createInvoiceLink(...invoice, {
    subscription_period: 2_592_000,
  })
  page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  page.setDefaultTimeout(30_000)
  const id = await shop.sandbox.control.user('Ada').id()
  await page.goto(`${shop.sandbox.url}/sandbox/?user=${id}`)
})

afterEach(async () => {
  await page.close()
  await shop[Symbol.asyncDispose]()
})

async function answer(bot: Bot, { message, callback_query, pre_checkout_query }: Update) {
  if (pre_checkout_query) {
    const error = isSoldOut ? { error_message: 'Sold out' } : {}
    await bot.api.answerPreCheckoutQuery(pre_checkout_query.id, !isSoldOut, error)
  }
  if (message?.text === '/start') {
    const inline_keyboard = [[{ text: 'Hello', callback_data: 'hello' }]]
    await bot.api.sendMessage(message.chat.id, 'Welcome', { reply_markup: { inline_keyboard } })
  }
  if (callback_query) await bot.api.answerCallbackQuery(callback_query.id, { text: 'Hello back' })
  return 200
}

async function openMiniApp(): Promise<FrameLocator> {
  await page.getByRole('button', { name: 'Open Mini App' }).click()
  const frame = page.frameLocator('iframe[title="Mini App"]')
  await frame.getByText('Ada on weba').waitFor()
  return frame
}

const confirm = () => page.getByRole('button', { name: /^Confirm and pay/ })

test('a customer chats with the bot and presses its buttons', async () => {
  await page.getByRole('textbox', { name: 'Message' }).fill('/start')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Welcome').waitFor()
  await page.getByRole('button', { name: 'Hello' }).click()
  await page.getByText('Hello back').waitFor()
})

test('a Mini App opens an invoice over the bridge and hears that it was paid', async () => {
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Buy', exact: true }).click()
  await confirm().click()
  await frame.getByText('"status":"paid"').waitFor()
  expect((await shop.sandbox.control.user('Ada').wallet()).stars).toBe(9_950)
})

test('a refusal of the bot is shown, and the Mini App hears that the payment failed', async () => {
  isSoldOut = true
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Buy', exact: true }).click()
  await confirm().click()
  await page.getByRole('alert').filter({ hasText: 'Sold out' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await frame.getByText('"status":"failed"').waitFor()
})

test('a Mini App hears that an invoice was left alone, and that the main button was pressed', async () => {
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Buy', exact: true }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await frame.getByText('"status":"cancelled"').waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await frame.getByText('main_button_pressed').waitFor()
})

test('a payment page opens over the Mini App and goes away once it leads back', async () => {
  const { port } = app.address() as AddressInfo
  await fetch(`${shop.sandbox.url}/sandbox/yookassa/v3/payments`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('100500:test_key')}`,
      'idempotence-key': 'mug',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      amount: { value: '990.00', currency: 'RUB' },
      capture: true,
      confirmation: { type: 'redirect', return_url: `http://127.0.0.1:${port}/back` },
    }),
  })
  const [created] = await shop.sandbox.control.yookassa.payments()
  links['/link/mug'] = created?.confirmation?.confirmation_url ?? ''
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Buy mug' }).click()
  const shown = page.frameLocator('iframe[title="Browser"]')
  await shown.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByTitle('Browser').waitFor({ state: 'detached' })
  const [paid] = await shop.sandbox.control.yookassa.payments()
  expect(paid?.status).toBe('succeeded')
})

test('a month later a subscription is paid again', async () => {
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Subscribe' }).click()
  await confirm().click()
  await frame.getByText('"status":"paid"').waitFor()
  await page.getByRole('button', { name: 'Minimise Mini App' }).click()
  await page.getByRole('tab', { name: 'Clock' }).click()
  await page.getByRole('button', { name: 'One month later' }).click()
  await page.getByText('telegram-stars: payment of 50 XTR').waitFor()
  await page.getByRole('tab', { name: 'Books' }).click()
  await page.getByText('In 100 ★ · out 0 ★ · left 100 ★').waitFor()
})

test('what the bridge does not have is listed as missing', async () => {
  const frame = await openMiniApp()
  await frame.getByRole('button', { name: 'Turn' }).click()
  await page.getByRole('button', { name: 'Close Mini App' }).click()
  await page.getByRole('tab', { name: 'Missing' }).click()
  await page.getByText('web_app_start_gyroscope').filter({ visible: true }).waitFor()
})

test('mails are listed, found by their address and read', async () => {
  await page.goto(`${shop.sandbox.url}/sandbox/#mail`)
  const mailbox = page.getByRole('tabpanel', { name: 'Mail' })
  await mailbox.getByText('No mail has been sent yet.').waitFor()
  const transport = createTransport(shop.sandbox.smtpUrl)
  for (const to of ['ada@example.org', 'bob@example.org']) {
    await transport.sendMail({
      from: 'shop@example.org',
      to,
      subject: `Hello ${to[0]}`,
      text: 'Open https://example.org/go\nor not.',
    })
  }
  await mailbox.getByText('Hello a').click()
  const link = mailbox.getByRole('link', { name: 'https://example.org/go' })
  expect(await link.getAttribute('href')).toBe('https://example.org/go')
  const filter = mailbox.getByRole('searchbox', { name: 'Only mail for' })
  await filter.fill('bob@')
  await mailbox.getByText('Hello a').waitFor({ state: 'hidden' })
  await mailbox.getByText('Hello b').waitFor()
  await filter.fill('eve@')
  await mailbox.getByText('No mail for this address.').waitFor()
})

test('a fault that is switched on here hits the next call', async () => {
  await page.getByRole('tab', { name: 'Faults' }).click()
  const faults = page.getByRole('region', { name: 'Faults of Telegram' })
  const error = faults.getByRole('switch', { name: 'Server error, nothing done' })
  await error.click()
  await faults.getByText('1 left').waitFor()
  await expect(shop.bot.api.getMe()).rejects.toMatchObject({ error_code: 500 })
  await faults.getByText('1 left').waitFor({ state: 'detached' })
  expect(await error.getAttribute('aria-checked')).toBe('false')
})

test('deliveries that are held back here go out in the order in which they are sent', async () => {
  await page.getByRole('tab', { name: 'Faults' }).click()
  const telegram = page.getByRole('region', { name: 'Faults of Telegram' })
  await telegram.getByRole('switch', { name: 'Deliveries are held back' }).click()
  await telegram.getByText('until turned off').waitFor()
  for (const text of ['first', 'second']) await shop.sandbox.control.user('Ada').say(text)
  const waiting = page.getByRole('region', { name: 'Waiting deliveries' })
  await waiting.getByRole('button', { name: 'Send all, newest first' }).click()
  await waiting.getByText('Nothing waits.').waitFor()
  const texts = shop.updates('message').map(({ message }) => message?.text)
  expect(texts.filter((text) => text === 'first' || text === 'second')).toEqual(['second', 'first'])
})

test('the page says that the sandbox is not reachable', async () => {
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  await shop.sandbox.close()
  await page.getByText('The sandbox is not reachable.').waitFor()
})

test('links of Telegram in the chat do what they do there, and a shared one reaches somebody else', async () => {
  const { control } = shop.sandbox
  await control.user('Bob').id()
  const share = new URL('https://t.me/share/url')
  const invitation = 'https://t.me/B?startapp=i-CODE12'
  share.search = new URLSearchParams({ url: invitation, text: 'Come along' }).toString()
  const inline_keyboard = [[{ text: 'Send to a friend', url: share.href }]]
  const chat = await control.user('Ada').id()
  await shop.bot.api.sendMessage(chat, 'Go on: https://t.me/b?start=s-spring', {
    reply_markup: { inline_keyboard },
  })
  await page.getByRole('link', { name: 'https://t.me/b?start=s-spring' }).click()
  await page.getByText('/start s-spring').waitFor()

  await page.getByRole('button', { name: 'Send to a friend' }).click()
  await page.getByRole('dialog', { name: 'Send to' }).getByRole('button', { name: 'Bob' }).click()
  const received = page.getByRole('dialog', { name: 'Message from Ada' })
  await received.getByText('Come along').waitFor()
  await received.getByRole('link', { name: invitation }).click()
  await page.frameLocator('iframe[title="Mini App"]').getByText('Bob on weba').waitFor()
  expect(await startParamOf(page)).toBe('i-CODE12')
})

/** What the Mini App was started with. */
async function startParamOf(of: Page): Promise<string | null> {
  const address = await of.locator('iframe[title="Mini App"]').getAttribute('src')
  return new URL(address ?? '').searchParams.get('tgWebAppStartParam')
}
