import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadLaunchpadConfig } from '../config.ts'
import { type ServedLaunchpad, serveLaunchpad } from '../serve.ts'
import { adminOf, aNetwork, aPersonOf, clientOf, type Person } from '../testing/clients.ts'
import { type RunningLaunchpad, startRunningLaunchpad } from '../testing/running-launchpad.ts'

let launchpad: RunningLaunchpad
let other: ServedLaunchpad
let otherUrl: string

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
  const config = loadLaunchpadConfig({ ...launchpad.environment(), PORT: '0' })
  other = await serveLaunchpad(config, { logger: launchpad.served().logger })
  const [at] = other.server.app.addresses()
  otherUrl = `http://127.0.0.1:${typeof at === 'object' ? at.port : 0}`
})
afterAll(async () => {
  await other.close()
  await launchpad[Symbol.asyncDispose]()
})

const REDEEM = '/api/invites/redeem'
const GENERATE = '/api/invites/generate'
const wish = { use_case: 'Test', persona: 'other' }
const core = () => launchpad.served().app.platform.core

/** Somebody of Telegram who waits. */
async function aWaiting(name = 'Ada'): Promise<Person> {
  const person = await aPersonOf(launchpad, name)
  expect((await person.post('/api/waitlist/join', wish)).status).toBe(201)
  return person
}

/** Somebody who waits and is invited, and their code. */
async function anInvited(): Promise<{ person: Person; code: string }> {
  const person = await aWaiting()
  // Whoever joined before is invited too.
  await adminOf(launchpad).post(GENERATE, { batch_size: 1_000 })
  const entry = await core().waitlist.get({ userId: person.userId })
  const invite = await core().repos.waitlistBatches.findOpen(entry.id)
  const { code } = await core().invites.getById(invite?.invitationId ?? '')
  return { person, code }
}

/** A code that somebody who was admitted has earned. */
async function anEarnedCode(): Promise<string> {
  const { person } = await anInvited()
  const { id: inviterEntryId } = await core().waitlist.get({ userId: person.userId })
  const expiresAt = new Date(core().clock.now().getTime() + 86_400_000)
  const [code = ''] = (await core().admissions.mint({ inviterEntryId, count: 1, expiresAt })).codes
  return code
}

describe('a batch', () => {
  test('invites the next, once: the same name and size is the same batch', async () => {
    await Promise.all([aWaiting('Ada'), aWaiting('Bob'), aWaiting('Carol')])
    const admin = adminOf(launchpad)
    const batch = { batch_size: 2, batch_id: 'BATCH-20251220' }
    const made = await Promise.all([admin.post(GENERATE, batch), admin.post(GENERATE, batch)])
    for (const { status, body } of made) {
      expect(status).toBe(201)
      expect(body).toMatchObject({ status: 'success', batch_id: 'BATCH-20251220', generated: 2 })
      expect(body.codes).toEqual(made[0]?.body.codes)
      for (const code of body.codes) expect(code).toMatch(/^VOBEE-[0-9A-Z]{12,}$/)
    }
    expect(await admin.post(GENERATE, { ...batch, batch_size: 3 })).toMatchObject({ status: 409 })
    expect((await clientOf(launchpad).get('/api/waitlist/stats')).body).toMatchObject({
      ...{ total: 1, processed_today: 2, invited: 2 },
    })
    const listed = await admin.get('/api/invites/batches')
    expect(listed.body.items).toMatchObject([
      { batch_id: 'BATCH-20251220', size: 2, generated: 2, actor: 'admin', gate_state: 'open' },
    ])
    const codes = await admin.get('/api/invites/codes?batch_id=BATCH-20251220&status=active')
    expect(codes.body.items).toHaveLength(2)
  })

  test.each([0, 1_001, 1.5, '50', null])('of %s people is refused', async (size) => {
    const answer = await adminOf(launchpad).post(GENERATE, { batch_size: size })
    expect(answer).toMatchObject({ status: 422, body: { code: 'http.request_invalid' } })
  })

  test('is refused with the reasons while the gate is closed', async () => {
    const admin = adminOf(launchpad)
    await aWaiting()
    const until = new Date(core().clock.now().getTime() + 3_600_000).toISOString()
    await admin.put('/api/quality/override', { state: 'closed', until, reason: 'an incident' })
    expect(await admin.post(GENERATE, { batch_size: 1 })).toMatchObject({
      status: 423,
      body: { code: 'quality.gate_closed' },
    })
    expect((await admin.delete('/api/quality/override')).status).toBeLessThan(300)
    expect((await admin.post(GENERATE, { batch_size: 1 })).body.generated).toBe(1)
  })
})

describe('redeeming', () => {
  test('a code lets in whom it was made for, once, and nobody else finds it', async () => {
    const { person, code } = await anInvited()
    const thief = await aWaiting('Mallory')
    const refused = await thief.post(REDEEM, { code })
    expect(refused).toMatchObject({ status: 404, body: { code: 'waitlist.code_not_found' } })
    expect(await person.post(REDEEM, { code: code.toLowerCase() })).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Invite code redeemed successfully', email: null },
    })
    expect(await person.post(REDEEM, { code })).toMatchObject({ status: 409 })
    const status = await clientOf(launchpad).get(`/api/invites/${code}/status`)
    expect(status.body).toMatchObject({ valid: false, used: true, status: 'used' })
  })

  test('an earned code makes one account for an address, however many redeem it at once', async () => {
    const code = await anEarnedCode()
    const people = ['ada@friends.example', 'bob@friends.example', 'carol@friends.example']
    const answers = await Promise.all(
      people.map((email) => clientOf(launchpad).post(REDEEM, { code, email })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const let_in = answers.find(({ status }) => status === 200)?.body.email
    expect(people).toContain(let_in)
    const admitted = await Promise.all(
      people.map(async (email) => (await core().waitlist.find({ email }))?.status),
    )
    expect(admitted.filter((status) => status === 'admitted')).toHaveLength(1)
  })

  test('a code that was taken back or is over lets nobody in', async () => {
    const [back, over] = [await anEarnedCode(), await anEarnedCode()]
    const admin = adminOf(launchpad)
    expect(await admin.post(`/api/invites/${back}/revoke`)).toMatchObject({ status: 200 })
    await launchpad.sandbox.control.clock.advance({ days: 2 })
    const email = 'late@friends.example'
    const client = clientOf(launchpad)
    expect((await client.post(REDEEM, { code: back, email })).status).toBe(409)
    expect((await client.post(REDEEM, { code: over, email })).status).toBe(410)
    expect((await client.get(`/api/invites/${over}/status`)).body).toMatchObject({
      ...{ valid: false, used: false, status: 'expired' },
    })
  })

  test.each([
    ['without an address', { code: 'VOBEE-A7F3E9D2B1C4' }, 'email'],
    ['without a code', { email: 'a@example.org' }, 'code'],
  ])('%s is refused and names the field', async (_, body, field) => {
    const answer = await clientOf(launchpad).post(REDEEM, body)
    expect(answer).toMatchObject({ status: 422, body: { details: { fields: [{ path: field }] } } })
  })
})

describe('codes are not guessed', () => {
  const wrong = (tries: number) => `VOBEE-A7F3E9D2B1${String(tries).padStart(2, '0')}`
  let network = ''

  beforeEach(() => {
    network = aNetwork()
  })

  test('a network tries five, whichever process and route it asks', async () => {
    const processes = [launchpad, { url: otherUrl }].map((one) => clientOf(one, { network }))
    const answers: number[] = []
    for (let tries = 0; tries < 6; tries += 1) {
      for (const client of processes) {
        const email = 'guess@example.org'
        const code = wrong(tries)
        answers.push((await client.get(`/api/invites/${code}/status`)).status)
        answers.push((await client.post(REDEEM, { code, email })).status)
      }
    }
    expect(answers.filter((status) => status === 404)).toHaveLength(5)
    expect(answers.filter((status) => status === 429)).toHaveLength(answers.length - 5)
  })

  test('what is unknown, malformed or somebody else’s is answered alike', async () => {
    const { code } = await anInvited()
    const texts = [wrong(1), 'no', '%F0%9F%94%91', code]
    const answers = await Promise.all(
      texts.map((text) =>
        clientOf(launchpad).post(REDEEM, {
          ...{ code: decodeURIComponent(text), email: 'stranger@example.org' },
        }),
      ),
    )
    const shapes = answers.map(({ status, body }) => ({ ...body, status, requestId: '' }))
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1)
    expect(shapes[0]).toMatchObject({ status: 404, code: 'waitlist.code_not_found' })
    const unknown = await clientOf(launchpad).get(`/api/invites/${wrong(2)}/status`)
    const malformed = await clientOf(launchpad).get('/api/invites/no/status')
    expect({ ...malformed.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' })
  })

  test('who holds good codes may ask as often as they like', async () => {
    const { person, code } = await anInvited()
    const client = clientOf(launchpad, { network })
    for (let asks = 0; asks < 8; asks += 1) {
      const answer = await client.get(`/api/invites/${code}/status`)
      expect(answer.body).toMatchObject({ valid: true, used: false, status: 'active' })
    }
    expect((await person.post(REDEEM, { code })).status).toBe(200)
  })
})
