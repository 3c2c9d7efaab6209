import { apiClient, eventually } from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ADMIN_TOKEN,
  type RunningLaunchpad,
  startRunningLaunchpad,
} from './testing/running-launchpad.ts'

let launchpad: RunningLaunchpad

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
})
afterAll(() => launchpad[Symbol.asyncDispose]())

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

  test('keeps the administrator’s routes for administrators', async () => {
    const jobs = '/join/api/v1/admin/jobs'
    expect((await anybody().get(jobs)).status).toBe(401)
    expect((await apiClient(launchpad, ADMIN_TOKEN).get(jobs)).status).toBe(200)
  })
})
