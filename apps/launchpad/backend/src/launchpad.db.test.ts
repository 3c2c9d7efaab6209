import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { apiClient, eventually } from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPersonOf } from './testing/clients.ts'
import {
  ADMIN_TOKEN,
  type RunningLaunchpad,
  startRunningLaunchpad,
} from './testing/running-launchpad.ts'

const PAGES = 'https://pages.example.org'

/** Somebody's own server, which is told of the loop. */
const told: { type: string; signature: string }[] = []
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { type } = JSON.parse(Buffer.concat(chunks).toString())
  told.push({ type, signature: String(request.headers['webhook-signature']) })
  response.writeHead(204).end()
})
let launchpad: RunningLaunchpad

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  launchpad = await startRunningLaunchpad({
    GRAMKIT_CORS_ORIGINS: PAGES,
    GRAMKIT_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    GRAMKIT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  })
})
afterAll(async () => {
  await launchpad[Symbol.asyncDispose]()
  receiver.close()
})

const anybody = () => apiClient(launchpad, 'none')

describe('a launchpad', () => {
  test('tells who it is and how its services are', async () => {
    expect(await anybody().get('/health')).toMatchObject({
      status: 200,
      body: { status: 'healthy', service: 'launchpad', timestamp: expect.any(String) },
    })
    expect(await anybody().get('/status')).toMatchObject({
      status: 200,
      body: {
        status: 'healthy',
        services: {
          ...{ waitlist: 'healthy', invites: 'healthy' },
          ...{ referrals: 'healthy', quality: 'healthy' },
        },
      },
    })
  })

  test('logs people of its bot in below its own path, with a cookie of its own', async () => {
    const person = launchpad.sandbox.control.user('ada', { first_name: 'Ada' })
    const answer = await fetch(`${launchpad.url}/join/api/v1/auth/telegram`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session': 'cookie' },
      body: JSON.stringify({ initData: await person.initData() }),
    })
    expect(answer.status).toBe(200)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^gramkit_launchpad_session=\S+/)
    const me = await fetch(`${launchpad.url}/join/api/v1/me`, { headers: { cookie } })
    expect(await me.json()).toMatchObject({ firstName: 'Ada' })
    const renamed = { cookie: cookie.replace('gramkit_launchpad_session', 'gramkit_session') }
    const shops = await fetch(`${launchpad.url}/join/api/v1/me`, { headers: renamed })
    expect(shops.status).toBe(401)
  })

  test('answers in its bot with a button that opens the page', async () => {
    const person = launchpad.sandbox.control.user('bob', { first_name: 'Bob' })
    await person.say('/start')
    const [answer] = await eventually(
      async () => (await person.chat()).filter(({ by }) => by === 'bot'),
      ({ length }) => length > 0,
    )
    expect(answer).toMatchObject({
      reply_markup: {
        inline_keyboard: [[{ web_app: { url: expect.stringMatching(/\/join\/$/) } }]],
      },
    })
  })

  test('lets a page of a named server join, and no other', async () => {
    const ask = (origin: string) =>
      fetch(`${launchpad.url}/api/waitlist/join`, {
        method: 'OPTIONS',
        headers: {
          ...{ origin, 'access-control-request-method': 'POST' },
          'access-control-request-headers': 'content-type',
        },
      })
    const allowed = (await ask(PAGES)).headers.get('access-control-allow-origin')
    expect(allowed).toBe(PAGES)
    const other = (await ask('https://evil.example')).headers.get('access-control-allow-origin')
    expect(other).not.toBe('https://evil.example')
  })

  test('tells a server of one’s own of each step, signed', async () => {
    const ada = await aPersonOf(launchpad)
    await ada.post('/api/waitlist/join', { use_case: 'Test', persona: 'agency' })
    const admin = apiClient(launchpad, ADMIN_TOKEN)
    const { body } = await admin.post('/api/invites/generate', { batch_size: 1 })
    await ada.post('/api/invites/redeem', { code: body.codes[0] })
    const steps = [
      ...['waitlist.joined', 'batch.generated', 'waitlist.invited'],
      ...['invitation.batch_created', 'invitation.used', 'waitlist.admitted'],
    ]
    await eventually(
      async () => told.map(({ type }) => type),
      (types) => steps.every((step) => types.includes(step)),
    )
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(steps))
    for (const { signature } of told) expect(signature).toMatch(/^v1,[\w+/=]{44}$/)
  })

  test('keeps the administrator’s routes for administrators', async () => {
    const jobs = '/join/api/v1/admin/jobs'
    expect((await anybody().get(jobs)).status).toBe(401)
    expect((await apiClient(launchpad, ADMIN_TOKEN).get(jobs)).status).toBe(200)
  })
})
