import { apiClient } from '@gramkit/sandbox/testing'
import { freePort } from '@gramkit/services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf } from '../testing/clients.ts'
import { type Fleet, startFleet } from '../testing/fleet.ts'
import { expectDocumentedAnswers } from '../testing/seed-requests.ts'
import { serveGateway } from './gateway.ts'

let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet()
}, 120_000)
afterAll(() => fleet[Symbol.asyncDispose]())

const gateway = () => apiClient({ url: fleet.url }, 'none')

describe('four services behind a gateway, each a process of its own', () => {
  test('each tells its name, and the gateway how all of them are', async () => {
    const names: unknown[] = []
    for (const { url } of Object.values(fleet.services)) {
      names.push((await apiClient({ url }, 'none').get('/health')).body.service)
    }
    expect(names).toEqual(['waitlist', 'invites', 'referrals', 'quality'])
    expect(await gateway().get('/health')).toMatchObject({ body: { service: 'gateway' } })
    const all = {
      waitlist: 'healthy',
      invites: 'healthy',
      referrals: 'healthy',
      quality: 'healthy',
    }
    expect(await gateway().get('/status')).toMatchObject({
      status: 200,
      body: { status: 'healthy', services: all },
    })
  })

  test('a path arrives as it was asked for, and only where it belongs', async () => {
    for (const path of ['/api/quality/nothing', '/api/invites/nothing/here', '/join/api/v1/no']) {
      expect(await gateway().get(path)).toMatchObject({
        status: 404,
        body: { code: 'http.route_not_found', details: { path } },
      })
    }
    const { url } = fleet.services.invites
    expect(await apiClient({ url }, 'none').get('/join/api/v1/me')).toMatchObject({ status: 404 })
    expect(await gateway().get('/join/api/v1/me')).toMatchObject({ status: 401 })
  })

  test('each request of the first version’s documents is answered as they say, or better', () =>
    expectDocumentedAnswers(fleet))

  test('nobody chooses by a header in whose name limits are used up', async () => {
    const port = await freePort()
    const stricter = await serveGateway({
      ...{ PORT: String(port), GRAMKIT_HOST: '127.0.0.1', GRAMKIT_LOG_LEVEL: 'silent' },
      INVITES_URL: fleet.services.invites.url,
    })
    const url = `http://127.0.0.1:${port}`
    const answers: number[] = []
    for (const tries of [1, 2, 3, 4, 5, 6]) {
      const client = clientOf({ url }, { network: `10.99.${tries}.7` })
      answers.push((await client.get(`/api/invites/VOBEE-00000000000${tries}/status`)).status)
    }
    await stricter.close()
    expect(answers).toEqual([404, 404, 404, 404, 404, 429])
  })

  test('one that is away is a problem that says so, and no other is touched', async () => {
    await fleet.services.referrals.stop()
    expect(await gateway().get('/api/referrals/leaderboard')).toMatchObject({
      status: 503,
      body: { code: 'gateway.service_unreachable', details: { service: 'referrals' } },
    })
    expect(await gateway().get('/status')).toMatchObject({
      status: 503,
      body: { status: 'degraded', services: { referrals: 'unhealthy', waitlist: 'healthy' } },
    })
    expect(await gateway().get('/join/api/v1/me')).toMatchObject({ status: 401 })
  })
})
