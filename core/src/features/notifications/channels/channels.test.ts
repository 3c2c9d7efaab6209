import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { startSandbox } from '@gramkit/sandbox'
import { Api } from 'grammy'
import { Webhook } from 'standardwebhooks'
import { afterAll, describe, expect, test } from 'vitest'
import { newId, systemClock } from '../../../kernel/index.ts'
import { LimitsUnavailable } from '../../../platform/limits/limits.errors.ts'
import { openSmtpMailer } from '../../../platform/mail/index.ts'
import {
  type ChannelUnderTest,
  notificationChannelContract,
} from '../../../testing/contracts/notification-channel.contract.ts'
import { emailChannel } from './email.ts'
import { telegramChannel } from './telegram.ts'
import { webhookChannel } from './webhook.ts'

const TOKEN = '700000003:AAtest-token-of-a-bot-with-channels'
const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`

const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'channel_bot', name: 'Bot' }],
})
const { control } = sandbox
const api = new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })

/** Somebody else's server that remembers what it was told and answers as it is asked to. */
const received: { headers: Record<string, string>; body: string }[] = []
const statuses: number[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const status = statuses.shift() ?? 204
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  if (status < 300) received.push({ headers, body: Buffer.concat(chunks).toString() })
  response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`

afterAll(async () => {
  await sandbox.close()
  server.close()
})

const nobody = { id: newId(), telegramId: null }

describe('the Telegram channel', () => {
  const make = async (): Promise<ChannelUnderTest> => {
    const person = control.user(newId())
    const somebody = { id: newId(), telegramId: BigInt(await person.id()) }
    const add = (fault: Parameters<typeof control.faults.add>[0]) => control.faults.add(fault)
    return {
      channel: telegramChannel(api),
      somebody,
      nobody,
      arrived: async () => (await person.chat()).map(({ text }) => text ?? ''),
      putOff: async () => void (await add({ target: 'telegram', kind: 'rate_limit' })),
      refuse: () => person.blockBot(),
    }
  }
  notificationChannelContract(make)

  test('says how long Telegram wants to wait, and shows buttons', async () => {
    const { channel, somebody } = await make()
    await control.faults.add({ target: 'telegram', kind: 'rate_limit', retry_after: 7 })
    const buttons = [
      { text: 'Shop', url: 'https://example.org/shop', isMiniApp: true },
      { text: 'Help', url: 'https://example.org/help' },
    ]
    const message = { id: newId(), template: 't', user: somebody, title: '', text: 'x', buttons }
    expect(await channel.send(message)).toMatchObject({ kind: 'later', retryAfterMs: 7_000 })
    await channel.send(message)
    const [sent] = await control.userById(Number(somebody.telegramId)).chat()
    expect(sent?.reply_markup?.inline_keyboard).toEqual([
      [{ text: 'Shop', web_app: { url: 'https://example.org/shop' } }],
      [{ text: 'Help', url: 'https://example.org/help' }],
    ])
  })

  test.each([
    [{ kind: 'blocked' }, { kind: 'unreachable', isBlocked: true }],
    [{ kind: 'drop', effect: 'not_done' }, { kind: 'unclear' }],
    [{ kind: 'error', effect: 'done' }, { kind: 'unclear' }],
  ] as const)('answers %j with %j', async (fault, outcome) => {
    const { channel, somebody } = await make()
    const message = { id: newId(), template: 't', user: somebody, title: '', text: 'x' }
    await control.faults.add({ target: 'telegram', ...fault })
    expect(await channel.send(message)).toMatchObject(outcome)
  })

  test('a message for which Telegram was never called is sent later', async () => {
    const { somebody } = await make()
    const message = { id: newId(), template: 't', user: somebody, title: '', text: 'x' }
    const nowhere = new Api(TOKEN, { apiRoot: 'http://127.0.0.1:1' })
    expect(await telegramChannel(nowhere).send(message)).toMatchObject({ kind: 'later' })
    const unlimited = new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })
    unlimited.config.use(() => Promise.reject(new LimitsUnavailable({})))
    expect(await telegramChannel(unlimited).send(message)).toMatchObject({ kind: 'later' })
  })

  test('a text that Telegram does not take is refused, a chat that is gone is not reached', async () => {
    const { channel, somebody } = await make()
    const message = { id: newId(), template: 't', user: somebody, title: '', text: '' }
    expect(await channel.send(message)).toMatchObject({ kind: 'refused' })
    const gone = { id: newId(), telegramId: 42n }
    expect(await channel.send({ ...message, user: gone, text: 'x' })).toMatchObject({
      kind: 'unreachable',
      isBlocked: true,
    })
  })
})

describe('the e-mail channel', () => {
  notificationChannelContract(async () => {
    const address = `${newId()}@example.org`
    const somebody = { id: newId(), telegramId: null }
    const addresses = new Map([[somebody.id, address]])
    const fault = async (kind: 'error' | 'refused') => {
      await control.faults.add({ target: 'mail', kind })
    }
    return {
      channel: emailChannel({
        mailer: openSmtpMailer({ smtpUrl: sandbox.smtpUrl, from: 'Shop <shop@example.org>' }),
        addressOf: async (userId) => addresses.get(userId),
      }),
      somebody,
      nobody,
      arrived: async () => (await control.mailbox(address)).map(({ text }) => text),
      putOff: () => fault('error'),
      refuse: () => fault('refused'),
    }
  })
})

test('a mail whose answer was lost may have arrived, so it is not sent again', async () => {
  let taken = 0
  // A mail server that takes a mail and hangs up instead of saying so.
  const silent = createTcpServer((socket) => {
    let text = ''
    let isData = false
    socket.on('error', () => {}).write('220 mail.example.org\r\n')
    socket.on('data', (chunk) => {
      text += chunk
      if (!text.endsWith(isData ? '\r\n.\r\n' : '\r\n')) return
      if (isData) {
        taken++
        socket.destroy()
        return
      }
      isData = text.startsWith('DATA')
      text = ''
      socket.write(isData ? '354 go on\r\n' : '250 fine\r\n')
    })
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const mailer = openSmtpMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'shop@example.org' })
  const channel = emailChannel({ mailer, addressOf: async () => 'ada@example.org' })
  const message = { id: newId(), template: 't', user: nobody, title: 'Paid', text: 'x' }
  expect(await channel.send(message)).toMatchObject({ kind: 'unclear' })
  expect(taken).toBe(1)
  silent.close()
})

describe('the webhook channel', () => {
  const channel = webhookChannel({ url, secret: SECRET, clock: systemClock })
  const somebody = { id: newId(), telegramId: 1n }

  notificationChannelContract(async () => ({
    channel,
    somebody,
    arrived: async () => received.map(({ body }) => body),
    putOff: async () => void statuses.push(503),
    refuse: async () => void statuses.push(410),
  }))

  test('signs what another implementation of Standard Webhooks verifies', async () => {
    const id = newId()
    const message = { id, template: 'order.paid', user: somebody, title: 'Paid', text: 'Оплачено' }
    await channel.send(message)
    const { headers, body } = received.at(-1) ?? { headers: {}, body: '' }
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
      type: 'order.paid',
      data: { userId: somebody.id, title: 'Paid', text: 'Оплачено', buttons: [] },
    })
    expect(headers['webhook-id']).toBe(id)
    expect(() => new Webhook(SECRET).verify(body.replace('Paid', 'Free'), headers)).toThrow()
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    expect(() => new Webhook(other).verify(body, headers)).toThrow()
  })

  test('follows no redirect: the message is not taken', async () => {
    statuses.push(302)
    const message = { id: newId(), template: 't', user: somebody, title: '', text: 'redirected' }
    expect(await channel.send(message)).toMatchObject({ kind: 'later' })
    expect(received.some(({ body }) => body.includes('redirected'))).toBe(false)
  })

  test.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'not base64 at all'])(
    'is not opened with the secret %j',
    (secret) => {
      expect(() => webhookChannel({ url, secret, clock: systemClock })).toThrow('24 to 64 bytes')
    },
  )
})
