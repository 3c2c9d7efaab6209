import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@gramkit/sandbox/testing'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminOf, aPersonOf, clientOf } from '../testing/clients.ts'
import { type RunningLaunchpad, startRunningLaunchpad } from '../testing/running-launchpad.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const SAMPLE = { churn_rate: 0.12, fraud_rate: 0.02, engagement_rate: 0.75 }
const BAD = { ...SAMPLE, churn_rate: 0.23 }

/** Somebody else's server that verifies what it is told. */
const told: unknown[] = []
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  told.push(new Webhook(SECRET).verify(Buffer.concat(chunks).toString(), headers))
  response.writeHead(204).end()
})

let launchpad: RunningLaunchpad

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  launchpad = await startRunningLaunchpad({
    GRAMKIT_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    GRAMKIT_WEBHOOK_SECRET: SECRET,
  })
  // What is due every hour is done, so it comes between nothing.
  await launchpad.served().app.platform.services.qualitySnapshots.measureDue()
})
afterAll(async () => {
  await launchpad[Symbol.asyncDispose]()
  receiver.close()
})

const anybody = () => clientOf(launchpad)
const admin = () => adminOf(launchpad)
const post = (metrics: object) => admin().post('/api/quality/metrics', metrics)
const inAnHour = async () =>
  new Date(launchpad.served().app.platform.clock.now().getTime() + 3_600_000).toISOString()

test('a fresh install tells everybody that nothing is known, and lets invitations out', async () => {
  expect(await anybody().get('/api/quality/trust-score')).toMatchObject({
    status: 200,
    body: {
      ...{ trust_score: null, churn_rate: null, fraud_rate: null, engagement_rate: null },
      ...{ invites_paused: false, health_status: 'healthy' },
      sample: { churn: 0, fraud: 0, engagement: 0 },
      note: 'Not known of enough people: churn, fraud, engagement',
    },
  })
  expect((await admin().get('/api/quality/gate')).body).toMatchObject({
    state: 'open',
    reasons: [{ code: 'no_sample' }],
    override: null,
  })
})

test('the figures of the page come to a trust of 1, and those of a bad week close the gate', async () => {
  expect(await post(SAMPLE)).toMatchObject({
    status: 201,
    body: {
      trust_score: 1,
      ...SAMPLE,
      invites_paused: false,
      health_status: 'healthy',
      note: null,
    },
  })
  await post(BAD)
  expect((await anybody().get('/api/quality/trust-score')).body).toMatchObject({
    ...{ trust_score: 0.84, churn_rate: 0.23, invites_paused: true, health_status: 'critical' },
  })
  expect(await admin().post('/api/quality/evaluate-gate')).toMatchObject({
    status: 200,
    body: {
      ...{ invites_allowed: false, trust_score: 0.84, metrics: BAD, state: 'closed' },
      reasons: [{ code: 'churn_high', value: 0.23, threshold: 0.2 }],
      alerts: [{ metric: 'churn', severity: 'critical', message: expect.stringContaining('0.23') }],
    },
  })
  // Everything of it is told to the server outside, signed.
  const events = await eventually(
    async () => told,
    (all) => ['gate.changed', 'alert.opened'].every((type) => JSON.stringify(all).includes(type)),
  )
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'gate.changed',
      data: expect.objectContaining({ was: 'open', state: 'closed', reasons: ['churn_high'] }),
    }),
  )
})

test('an alert is listed, and whoever looks at it says so', async () => {
  const { body } = await admin().get('/api/quality/alerts?open=true')
  expect(body.items).toMatchObject([{ metric: 'churn', acknowledged_at: null, escalations: 0 }])
  const path = `/api/quality/alerts/${body.items[0].id}/acknowledge`
  expect((await admin().post(path)).body).toMatchObject({ acknowledged_by: 'admin' })
  expect((await admin().get('/api/quality/alerts?open=false')).body.items).toEqual([])
})

test.each([
  [{ fraud_rate: 0.02, engagement_rate: 0.75 }, 'churn_rate'],
  [{ ...SAMPLE, fraud_rate: -0.01 }, 'fraud_rate'],
  [{ ...SAMPLE, engagement_rate: 1.01 }, 'engagement_rate'],
  [{ ...SAMPLE, churn_rate: null }, 'churn_rate'],
  [{ ...SAMPLE, churn_rate: '0.1' }, 'churn_rate'],
  [{ ...SAMPLE, sample: 1e15 }, 'sample'],
])('the figures %j are refused by their field', async (metrics, path) => {
  expect(await post(metrics)).toMatchObject({
    status: 422,
    body: { details: { fields: [{ in: 'body', path }] } },
  })
})

test('a figure too large for a number is refused too', async () => {
  const answer = await fetch(`${launchpad.url}/api/quality/metrics`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${launchpad.config().http.adminToken}`,
    },
    body: '{ "churn_rate": 1e999, "fraud_rate": 0, "engagement_rate": 0.5 }',
  })
  expect(answer.status).toBe(422)
})

describe('an admin', () => {
  test('overrides the gate, gives it back and stops redeeming, each in the history', async () => {
    const until = await inAnHour()
    const override = { state: 'open', until, reason: 'a launch party' }
    expect((await admin().put('/api/quality/override', override)).body).toMatchObject({
      state: 'open',
      override: { ...override, actor: 'admin' },
    })
    const late = { ...override, until: '2000-01-01T00:00:00.000Z' }
    expect(await admin().put('/api/quality/override', late)).toMatchObject({
      status: 400,
      body: { code: 'kernel.invalid_value', details: { field: 'until' } },
    })
    expect((await admin().delete('/api/quality/override')).body).toMatchObject({
      ...{ state: 'closed', override: null },
    })
    const stop = { allowed: false, reason: 'an attack' }
    expect((await admin().put('/api/quality/redeeming', stop)).body).toMatchObject({
      is_redeeming_allowed: false,
    })
    await admin().put('/api/quality/redeeming', { ...stop, allowed: true })
    const { body } = await admin().get('/api/quality/history?limit=4')
    expect(body.items.map(({ reason }: { reason: string }) => reason)).toEqual([
      ...['an attack', 'an attack', 'override_ended', 'a launch party'],
    ])
    expect(body.items.at(-1)).toMatchObject({ state: 'open', override_until: until })
    expect(body.nextCursor).not.toBeNull()
  })

  test('reads the snapshots, newest first', async () => {
    const { body } = await admin().get('/api/quality/snapshots')
    expect(body.items.at(0)).toMatchObject({ source: 'posted', actor: 'admin', trust_score: 0.84 })
    const nothing = '/api/quality/snapshots?from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z'
    expect((await admin().get(nothing)).body).toEqual({ items: [], nextCursor: null })
  })

  test('changes the thresholds, and reads who did before', async () => {
    const path = '/api/quality/thresholds'
    const { value, version } = (await admin().get(path)).body
    const churn = { ...value.churn, closesAbove: 0.25 }
    const change = { value: { ...value, churn }, reason: 'patience', expected_version: version }
    expect(await admin().put(path, change)).toMatchObject({ status: 200, body: { version: 1 } })
    expect(await admin().put(path, change)).toMatchObject({ status: 409 })
    const broken = { ...change, value: { ...value, churn: { ...churn, weight: -1 } } }
    expect(await admin().put(path, { ...broken, expected_version: 1 })).toMatchObject({
      status: 400,
      body: { details: { field: 'quality.thresholds.churn.weight' } },
    })
    expect((await admin().get(`${path}/history`)).body.items).toHaveLength(2)
  })
})

describe('the numbers of the launch', () => {
  test('are read by admins, as they are or as a file', async () => {
    const wish = { use_case: 'Test', persona: 'other', email: 'ada@example.org' }
    await anybody().post('/api/waitlist/join', wish)
    const { status, body } = await admin().get('/api/waitlist/analytics')
    expect(status).toBe(200)
    expect(body.funnel.slice(0, 2)).toEqual([
      { step: 'joined', people: 1, of_previous: null },
      { step: 'confirmed', people: 0, of_previous: 0 },
    ])
    expect(body).toMatchObject({ k_factor: null, time_to_invite: { p50: null, p90: null } })
    expect(body.cohorts).toMatchObject([{ joined: 1, active_by_week: expect.any(Array) }])
    expect(body.series).toHaveLength(60)
    const file = await admin().get('/api/waitlist/analytics.csv?table=funnel')
    expect(file.body).toMatch(/^step,people,of_previous\r\njoined,1,\r\n/)
    expect(await admin().get('/api/waitlist/analytics.csv?table=people')).toMatchObject({
      status: 422,
    })
  })

  test('are watched by monitoring', async () => {
    const { body } = await anybody().get('/metrics')
    expect(body).toContain('gramkit_waitlist_joined_day 1')
    expect(body).toContain('gramkit_waitlist_waiting 0')
    expect(body).toContain('gramkit_invites_redemption_ratio Nan')
    expect(body).toMatch(/^gramkit_quality_trust 0\.84$/m)
    expect(body).toMatch(/^gramkit_quality_batch_factor 0$/m)
    expect(body).toMatch(/^gramkit_quality_open_alerts 1$/m)
  })
})

test('nobody else steers the gate, or reads how the launch goes', async () => {
  const routes = [
    ['GET', '/waitlist/analytics'],
    ['GET', '/waitlist/analytics.csv?table=funnel'],
    ['POST', '/quality/evaluate-gate'],
    ['POST', '/quality/metrics'],
    ['GET', '/quality/gate'],
    ['PUT', '/quality/override'],
    ['DELETE', '/quality/override'],
    ['PUT', '/quality/redeeming'],
    ['GET', '/quality/history'],
    ['GET', '/quality/snapshots'],
    ['GET', '/quality/alerts'],
    ['POST', '/quality/alerts/0199a1c2-0000-7000-8000-000000000000/acknowledge'],
    ['GET', '/quality/thresholds'],
    ['PUT', '/quality/thresholds'],
    ['GET', '/quality/thresholds/history'],
  ] as const
  const person = await aPersonOf(launchpad)
  const verb = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const
  for (const [method, path] of routes) {
    const statuses = await Promise.all(
      [anybody(), person].map(async (who) => (await who[verb[method]](`/api${path}`)).status),
    )
    expect([path, ...statuses]).toEqual([path, 401, 403])
  }
})
