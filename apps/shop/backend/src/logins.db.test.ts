import { verifyInitDataSignature } from '@gramkit/core/users'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aCustomer,
  aGuest,
  apiClient,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'

let shop: RunningShop

beforeAll(async () => {
  shop = await startRunningShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

type Person = Awaited<ReturnType<typeof aCustomer>>['person']

const browser = () => apiClient(shop, 'none')
/** The bot's question to somebody who opened a link, with what the buttons under it send. */
async function open(person: Person, startParameter: string) {
  await person.say(`/start ${startParameter}`)
  const isQuestion = (message: unknown): boolean => JSON.stringify(message).includes('login:yes:')
  const messages = await eventually(
    () => person.chat(),
    (all) => all.some(isQuestion),
  )
  const question = messages.findLast(isQuestion)
  const text = JSON.stringify(question)
  const button = (answer: string): string =>
    new RegExp(`login:${answer}:[\\w-]{43}`).exec(text)?.[0] ?? ''
  return { id: question?.message_id ?? 0, text, yes: button('yes'), no: button('no') }
}
const poll = async (pollSecret: string) =>
  (await browser().post('/api/v1/auth/link/poll', { pollSecret })).body
const answered = (pollSecret: string) =>
  eventually(
    () => poll(pollSecret),
    // Whoever asks too fast is told so by a number.
    ({ status }) => typeof status === 'string' && status !== 'pending',
  )

describe('a login by the bot', () => {
  test('opens a session in the browser when the person presses Log in, not before', async () => {
    const { person, telegramId } = await aCustomer(shop)
    const { body: link } = await browser().post('/api/v1/auth/link')
    const question = await open(person, link.startParameter)
    expect(question.text).toContain(String(link.matchNumber))
    expect(await poll(link.pollSecret)).toEqual({ status: 'pending' })
    await person.press(question.id, question.yes)
    const { status, token, user } = await answered(link.pollSecret)
    expect({ status, telegramId: user.telegramId }).toEqual({
      status: 'confirmed',
      telegramId: String(telegramId),
    })
    expect((await apiClient(shop, token).get('/api/v1/me')).body.id).toBe(user.id)
    expect(await poll(link.pollSecret)).toMatchObject({ code: 'users.login_link_gone' })
  })

  test('is refused by the person who was only sent a link', async () => {
    const { person } = await aCustomer(shop)
    const { body: link } = await browser().post('/api/v1/auth/link')
    const question = await open(person, link.startParameter)
    await person.press(question.id, question.no)
    expect(await answered(link.pollSecret)).toEqual({ status: 'declined' })
  })

  test('connects the Telegram of a guest, who keeps what they have', async () => {
    const guest = await aGuest(shop)
    const { body: before } = await guest.get('/api/v1/me')
    const { body: link } = await guest.post('/api/v1/me/telegram')
    const person = shop.sandbox.control.user(crypto.randomUUID(), { first_name: 'Bob' })
    const question = await open(person, link.startParameter)
    await person.press(question.id, question.yes)
    expect(await answered(link.pollSecret)).toMatchObject({
      status: 'connected',
      user: { id: before.id, kind: 'registered', firstName: 'Bob' },
    })
  })
})

describe('a session in a cookie', () => {
  test('sees what is sold where it was opened', async () => {
    const initData = await shop.sandbox.control.user(crypto.randomUUID()).initData()
    const login = await fetch(`${shop.url}/api/v1/auth/telegram`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session': 'cookie' },
      body: JSON.stringify({ initData }),
    })
    const cookie = String(login.headers.get('set-cookie')).split(';', 1).join()
    const gatewaysFor = async (headers: Record<string, string>) => {
      const answer = await fetch(`${shop.url}/api/v1/products`, { headers })
      const { items } = JSON.parse(await answer.text())
      return items.map(({ gateways }: { gateways: string[] }) => gateways)
    }
    const token = (await aCustomer(shop)).token
    const inTelegram = await gatewaysFor({ authorization: `Bearer ${token}` })
    expect(inTelegram).not.toEqual(await gatewaysFor({}))
    expect(await gatewaysFor({ cookie })).toEqual(inTelegram)
  })
})

test('a button of the bot’s question may be pressed twice, and its update tried again', async () => {
  const { person } = await aCustomer(shop)
  const { body: link } = await browser().post('/api/v1/auth/link')
  const question = await open(person, link.startParameter)
  const { id } = await person.press(question.id, question.no)
  await answered(link.pollSecret)
  await eventually(
    () => person.chat(),
    (all) => all.some(({ text }) => text?.startsWith('Refused.')),
  )
  const { items } = await shop.sandbox.control.request<{
    items: { body: { update_id: number; callback_query?: { id: string } } }[]
  }>('GET', '/deliveries')
  const update = items.find(({ body }) => body.callback_query?.id === id)?.body
  const callback_query = { ...update?.callback_query, id: `${id}1` }
  for (const key of ['pressed again', 'tried again']) {
    const body = { ...update, callback_query }
    const delivery = { provider: 'telegram', key, body }
    expect(await shop.served().app.inbox.receive(delivery)).toBe('done')
  }
})

describe('Telegram’s signature', () => {
  test('of the sandbox proves init data without the bot’s token', async () => {
    const { person, telegramId } = await aCustomer(shop)
    const publicKey = await shop.sandbox.control.publicKey()
    const botId = shop.served().app.platform.core.identity.botToken?.split(':')[0] ?? ''
    const age = { now: new Date(), maxAgeSeconds: 86_400 }
    const { user } = verifyInitDataSignature(await person.initData(), { botId, publicKey, ...age })
    expect(user.id).toBe(BigInt(telegramId))
  })
})
