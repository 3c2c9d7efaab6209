import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadLaunchpadConfig } from '../config.ts'
import { type ServedLaunchpad, serveLaunchpad } from '../serve.ts'
import { adminOf, aNetwork, aPersonOf, clientOf } from '../testing/clients.ts'
import { type RunningLaunchpad, startRunningLaunchpad } from '../testing/running-launchpad.ts'

let launchpad: RunningLaunchpad
let addresses = 0

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
})
afterAll(() => launchpad[Symbol.asyncDispose]())

const anAddress = () => `person-${++addresses}@example.org`
const wish = { use_case: 'I want to use VoBee for marketing automation', persona: 'solo_founder' }
const JOIN = '/api/waitlist/join'
const POSITION = '/api/waitlist/position'

describe('joining', () => {
  test('by an address answers with a provisional place, and who confirms is no nearer to it', async () => {
    const joined = await clientOf(launchpad).post(JOIN, { email: anAddress(), ...wish })
    expect(joined).toMatchObject({
      status: 201,
      body: {
        status: 'success',
        entry_status: 'unconfirmed',
        position: 1,
        total_waiting: 1,
        estimated_wait: '1-2 days',
      },
    })
    expect(joined.body.referral_link).toMatch(/\/join\/\?ref=[0-9A-Z]{10}$/)
    const wrong = joined.body.position_token
    expect(await clientOf(launchpad).post('/api/waitlist/confirm', { token: wrong })).toMatchObject(
      {
        status: 410,
        body: { code: 'waitlist.confirmation_gone' },
      },
    )
  })

  test('as a person of Telegram needs no address, and waits at once', async () => {
    const ada = await aPersonOf(launchpad)
    expect(await ada.post(JOIN, wish)).toMatchObject({
      status: 201,
      body: { entry_status: 'waiting', position: 1 },
    })
    expect(await ada.post(JOIN, wish)).toMatchObject({
      status: 409,
      body: { code: 'waitlist.already_joined' },
    })
  })

  test.each([
    ['without an address', { ...wish }, 'email'],
    ['with a text that is no address', { ...wish, email: 'ada at example' }, 'email'],
    [
      'with an unknown persona',
      { ...wish, email: 'a@example.org', persona: 'x'.repeat(60) },
      'persona',
    ],
    ['without a use case', { persona: 'other', email: 'a@example.org', use_case: ' ' }, 'use_case'],
  ])('%s is refused and names the field', async (_, body, field) => {
    expect(await clientOf(launchpad).post(JOIN, body)).toMatchObject({
      status: 422,
      body: { code: 'http.request_invalid', details: { fields: [{ in: 'body', path: field }] } },
    })
  })

  test('twice is told in any case of the letters, however many ask at once', async () => {
    const email = anAddress()
    const answers = await Promise.all(
      [email, email.toUpperCase(), email].map((one) =>
        clientOf(launchpad).post(JOIN, { ...wish, email: one }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })
})

describe('a list of addresses', () => {
  let other: ServedLaunchpad

  afterAll(() => other.close())

  test('is not tried by one network, whichever process it asks', async () => {
    const config = loadLaunchpadConfig({ ...launchpad.environment(), PORT: '0' })
    other = await serveLaunchpad(config, { logger: launchpad.served().logger })
    const [at] = other.server.app.addresses()
    const port = typeof at === 'object' ? at.port : 0
    const email = anAddress()
    await clientOf(launchpad).post(JOIN, { ...wish, email })
    const network = aNetwork()
    const processes = [launchpad, { url: `http://127.0.0.1:${port}` }].map((one) =>
      clientOf(one, { network }),
    )
    const statuses: number[] = []
    for (let tries = 0; tries < 31; tries += 1) {
      const answers = await Promise.all(processes.map((one) => one.post(JOIN, { ...wish, email })))
      statuses.push(...answers.map(({ status }) => status))
    }
    expect(statuses.filter((status) => status === 409)).toHaveLength(60)
    // Whoever would have joined is told the same as whoever has.
    const refused = await processes[0]?.post(JOIN, { ...wish, email: anAddress() })
    expect(refused).toMatchObject({ status: 429, body: { details: { limit: 'waitlist.known' } } })
    // Others go on.
    const elsewhere = await clientOf(launchpad).post(JOIN, { ...wish, email: anAddress() })
    expect(elsewhere.status).toBe(201)
  })

  test('joins that succeed use nothing of it up', async () => {
    const client = clientOf(launchpad, { network: aNetwork() })
    for (let joins = 0; joins < 65; joins += 1) {
      expect((await client.post(JOIN, { ...wish, email: anAddress() })).status).toBe(201)
    }
  })
})

describe('a place', () => {
  test('is told with its reasons to who holds its token or is logged in, and changes', async () => {
    const ada = await aPersonOf(launchpad)
    const joined = await ada.post(JOIN, wish)
    const holder = clientOf(launchpad, { token: joined.body.position_token })
    const place = {
      status: 'waiting',
      score: 15,
      components: { persona: 10, detail: 0, keyword: 5, referrals: 0 },
      weights_version: 0,
      persona: wish.persona,
      use_case: wish.use_case,
      referral_link: joined.body.referral_link,
    }
    expect(await ada.get(POSITION)).toMatchObject({ status: 200, body: place })
    expect(await holder.get(POSITION)).toMatchObject({ status: 200, body: place })
    expect(await holder.put('/api/waitlist/entry', { persona: 'agency' })).toMatchObject({
      status: 200,
      body: { score: 25, position: 1 },
    })
    expect(await ada.delete('/api/waitlist/entry')).toMatchObject({ status: 204 })
    expect(await holder.get(POSITION)).toMatchObject({ status: 401 })
    expect(await ada.get(POSITION)).toMatchObject({
      status: 404,
      body: { code: 'waitlist.entry_not_found' },
    })
  })

  test('is nobody’s without a token', async () => {
    expect(await clientOf(launchpad).get(POSITION)).toMatchObject({ status: 401 })
    const guessed = clientOf(launchpad, { token: 'A'.repeat(64) })
    expect(await guessed.get(POSITION)).toMatchObject({ status: 401 })
    expect(await guessed.delete('/api/waitlist/entry')).toMatchObject({ status: 401 })
  })
})

describe('administrators', () => {
  test('see people with their scores, and what new weights make of them', async () => {
    const bob = await aPersonOf(launchpad, 'Bob')
    await bob.post(JOIN, { ...wish, persona: 'other', use_case: 'Test' })
    const admin = adminOf(launchpad)
    const newest = async () => (await admin.get('/api/waitlist/entries?limit=1')).body.items[0]
    expect(await newest()).toMatchObject({ persona: 'other', score: 5, status: 'waiting' })
    const { body: weights } = await admin.get('/api/waitlist/weights')
    expect(weights).toMatchObject({ version: 0, actor: 'system', created_at: null })
    const value = { ...weights.value, persona: { ...weights.value.persona, other: 50 } }
    const change = { value, reason: 'others first', expected_version: 0 }
    expect(await admin.put('/api/waitlist/weights', change)).toMatchObject({
      status: 200,
      body: { version: 1, actor: 'admin', reason: 'others first' },
    })
    expect(await newest()).toMatchObject({ score: 50, position: 1 })
    expect(await admin.put('/api/waitlist/weights', change)).toMatchObject({ status: 409 })
    const history = await admin.get('/api/waitlist/weights/history')
    expect(history.body.items.map((one: { version: number }) => one.version)).toEqual([1, 0])
    const audit = await admin.get('/api/waitlist/audit?limit=1')
    expect(audit.body.items).toMatchObject([
      { actor: 'admin', action: 'setting.changed', subject: 'setting:waitlist.weights' },
    ])
  })

  test.each([
    ['less than nothing', -1],
    ['no number', Number.NaN],
    ['a text', '10'],
  ])('cannot make a weight %s', async (_, detail) => {
    const admin = adminOf(launchpad)
    const { body } = await admin.get('/api/waitlist/weights')
    const value = { ...body.value, detail }
    expect(await admin.put('/api/waitlist/weights', { value, reason: 'no' })).toMatchObject({
      status: 400,
      body: { details: { field: 'waitlist.weights.detail' } },
    })
  })

  test('everybody sees how many wait, and nobody who', async () => {
    expect(await clientOf(launchpad).get('/api/waitlist/stats')).toMatchObject({
      status: 200,
      body: {
        total: expect.any(Number),
        processed_today: expect.any(Number),
        joined_today: expect.any(Number),
      },
    })
    expect(await clientOf(launchpad).get('/api/waitlist/entries')).toMatchObject({ status: 401 })
  })
})
