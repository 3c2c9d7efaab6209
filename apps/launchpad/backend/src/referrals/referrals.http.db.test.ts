import { networkOf } from '@gramkit/core/http'
import { addMs, DAY_MS, newId } from '@gramkit/core/kernel'
import { eventually } from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminOf, aNetwork, aPersonOf, clientOf, type Person } from '../testing/clients.ts'
import { type RunningLaunchpad, startRunningLaunchpad } from '../testing/running-launchpad.ts'

let launchpad: RunningLaunchpad

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
})
afterAll(() => launchpad[Symbol.asyncDispose]())

const core = () => launchpad.served().app.platform.core
const admin = () => adminOf(launchpad)
const wish = { use_case: 'Test', persona: 'other' }
const by = { reason: 'looked at it' }

let count = 0

/** Somebody of Telegram who waits, and has proved an address. */
async function aWaiting(name = 'Ada', referralCode?: string): Promise<Person & { email: string }> {
  const person = await aPersonOf(launchpad, name)
  const join = { ...wish, referral_code: referralCode }
  expect((await person.post('/api/waitlist/join', join)).status).toBe(201)
  count += 1
  const email = `somebody-${count}@example.org`
  await core().repos.emails.put({ userId: person.userId, email, verifiedAt: core().clock.now() })
  return { ...person, email }
}

const entryOf = ({ userId }: Person) => core().waitlist.get({ userId })

/** Lets somebody in who waits. */
async function admit({ userId }: Person): Promise<void> {
  const { id } = await core().waitlist.get({ userId })
  await core().repos.waitlistEntries.update(id, { status: 'admitted' })
  await core().referrals.signUp({ entryId: id, inviterEntryId: null, invitationId: newId() })
}

/** Somebody who was let in and has brought so many who are active. */
async function anInviterOf(brought: number): Promise<Person & { email: string }> {
  const inviter = await aWaiting()
  await admit(inviter)
  const { referralCode } = await entryOf(inviter)
  for (let made = 0; made < brought; made += 1) {
    const invitee = await aWaiting('Grace', referralCode)
    await core().referrals.join((await entryOf(invitee)).id)
    await admit(invitee)
    for (const day of [0, 1, 2]) {
      const at = addMs(core().clock.now(), day * DAY_MS)
      await core().repos.activeDays.insert(invitee.userId, at.toISOString().slice(0, 10))
    }
  }
  await launchpad.sandbox.control.clock.advance({ days: 3 })
  return inviter
}

const qualityOf = (email: string) => `/api/referrals/${encodeURIComponent(email)}/quality`

describe('the requests of the guide', () => {
  test('share a referral, by one’s own name or by an administrator’s hand', async () => {
    const ada = await aWaiting()
    const body = { inviter_email: ada.email, recipient_email: 'friend@example.com' }
    const shared = await admin().post('/api/referrals/share', body)
    expect(shared).toMatchObject({
      status: 201,
      body: { status: 'success', message: 'Referral tracked successfully' },
    })
    expect((await ada.post('/api/referrals/share', body)).body).toEqual(shared.body)
    const { email: known } = await aWaiting()
    const again = await ada.post('/api/referrals/share', { recipient_email: known })
    expect(Object.keys(again.body)).toEqual(Object.keys(shared.body))
    const own = await ada.post('/api/referrals/share', { ...body, recipient_email: 'nobody' })
    expect(own).toMatchObject({ status: 422 })
  })

  test('tell the quality of five good referrals, and earn their codes once', async () => {
    const ada = await anInviterOf(5)
    expect(await ada.get(qualityOf(ada.email))).toMatchObject({
      status: 200,
      body: {
        ...{ referred_count: 5, qualified_count: 5, quality_score: 0.96, floor: 'none' },
        rewards: [
          { type: 'invite_codes', amount: 3, reason: 'First 3 referrals' },
          { type: 'invite_codes', amount: 2, reason: 'High quality referrals' },
        ],
      },
    })
    const earn = () => ada.post('/api/referrals/earn', { user_email: ada.email.toUpperCase() })
    const { status, body } = await earn()
    expect([status, body.codes.length]).toEqual([200, 5])
    const told = { earned: true, codes_available: 5, message: 'You earned 5 invite codes' }
    expect(body).toMatchObject(told)
    expect((await earn()).body).toEqual(body)
  })

  test('tell who has brought nobody to go on', async () => {
    const ada = await aWaiting()
    await admit(ada)
    expect((await ada.post('/api/referrals/earn', {})).body).toEqual({
      ...{ earned: false, codes_available: 0, message: 'Keep referring to earn codes', codes: [] },
    })
  })
})

test('nobody asks about another, known or not; an administrator does; a stranger asks nothing', async () => {
  const [ada, bob] = [await aWaiting(), await aWaiting('Bob')]
  const ask = async (who: { get: Person['get']; post: Person['post'] }, email: string) => [
    (await who.get(qualityOf(email))).status,
    (await who.post('/api/referrals/earn', { user_email: email })).status,
    (await who.post('/api/referrals/share', { inviter_email: email, recipient_email: 'a@b.org' }))
      .status,
  ]
  expect(await ask(ada, bob.email)).toEqual([403, 403, 403])
  expect(await ask(ada, 'nobody@example.org')).toEqual([403, 403, 403])
  const refused = await Promise.all(
    [bob.email, 'nobody@example.org'].map(async (email) => (await ada.get(qualityOf(email))).body),
  )
  expect(refused[0]).toEqual({ ...refused[1], requestId: refused[0].requestId })
  expect(await ask(clientOf(launchpad), bob.email)).toEqual([401, 401, 401])
  expect(await ask(clientOf(launchpad, { token: 'guessed' }), bob.email)).toEqual([401, 401, 401])
  expect(await ask(admin(), bob.email)).toEqual([200, 200, 201])
  expect(await ask(admin(), 'nobody@example.org')).toEqual([404, 404, 404])
})

test('one’s own page shows whom one brought by half their names, and what comes next', async () => {
  const ada = await anInviterOf(1)
  await ada.post('/api/referrals/share', { recipient_email: 'friend@example.com' })
  const { referralCode } = await entryOf(ada)
  const { status, body } = await ada.get('/api/referrals/me')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    referrals: [
      { who: 'f•••@e•••', status: 'shared', frozen: false, flags: [] },
      { who: 'G•••', status: 'qualified' },
    ],
    qualified_count: 1,
    rewards: [],
    next_milestone: { at: 3, missing: 2, reward: '3 invite codes' },
    codes: [],
    codes_available: 0,
  })
  expect(new URL(body.link).searchParams.get('ref')).toBe(referralCode)
  expect(JSON.stringify(body)).not.toContain('@example')
  expect((await clientOf(launchpad).get('/api/referrals/me')).status).toBe(401)
})

test('inviters hear who came and what it earned, in Telegram, or by mail without an account', async () => {
  const ada = await anInviterOf(3)
  const { sandbox } = launchpad
  await eventually(
    async () => (await ada.person.chat()).map(({ text }) => text ?? '').join(' '),
    (said) => said.includes('joined by your link') && said.includes('Invite codes for you: 3.'),
  )
  const email = 'mailed@example.org'
  await clientOf(launchpad).post('/api/waitlist/join', { ...wish, email })
  const { id, referralCode } = await core().waitlist.get({ email })
  const confirmedAt = core().clock.now()
  await core().repos.waitlistEntries.update(id, { status: 'waiting', confirmedAt })
  // Five came; three mails a day are enough.
  for (let came = 0; came < 5; came += 1) await aWaiting('Grace', referralCode)
  await sandbox.control.clock.advance({ seconds: 60 })
  const told = (await sandbox.control.mailbox(email)).filter(({ text }) =>
    text.includes('joined by your link'),
  )
  expect(told).toHaveLength(3)
})

test('everybody sees who has brought the most, and no name', async () => {
  await anInviterOf(2)
  const { status, body } = await clientOf(launchpad).get('/api/referrals/leaderboard')
  expect(status).toBe(200)
  expect(body[0]).toMatchObject({ rank: 1, qualified: expect.any(Number) })
  for (const { name } of body) expect(name).toBe('A•••')
  const network = aNetwork()
  await core().limiter.pause('referrals.leaderboard', networkOf(network), 60_000)
  const curious = clientOf(launchpad, { network })
  expect((await curious.get('/api/referrals/leaderboard')).body).toMatchObject({
    code: 'limits.too_many_tries',
  })
})

describe('an administrator', () => {
  test('sees who brought whom, and takes back what was given, once and audited', async () => {
    const ada = await anInviterOf(3)
    const { id: root } = await entryOf(ada)
    const { body } = await admin().get(`/api/referrals/tree?root=${root}`)
    expect(body.items).toHaveLength(3)
    expect(body.items[0]).toMatchObject({
      ...{ status: 'qualified', frozen: false, inviter: { entry_id: root, who: 'Ada' } },
      invitee: { who: 'Grace' },
    })
    const [one, two] = body.items
    const act = (id: string, what: string) => admin().post(`/api/referrals/${id}/${what}`, by)
    expect((await act(one.id, 'freeze')).body).toMatchObject({ frozen: true })
    expect((await act(one.id, 'unfreeze')).body).toMatchObject({ frozen: false })
    const earned = await ada.post('/api/referrals/earn', {})
    for (const _time of [1, 2]) {
      expect((await act(two.id, 'clawback')).body).toMatchObject({ status: 'clawed_back' })
    }
    const after = await ada.get('/api/referrals/me')
    expect(after.body).toMatchObject({ rewards: [], codes: [], codes_available: 0 })
    const [code] = earned.body.codes
    const gone = { code, email: 'late@example.org' }
    expect((await clientOf(launchpad).post('/api/invites/redeem', gone)).status).not.toBe(200)
    const { body: audit } = await admin().get('/api/waitlist/audit')
    const actions = audit.items.filter(({ subject }: { subject: string }) =>
      [`referral:${one.id}`, `referral:${two.id}`].includes(subject),
    )
    expect(actions.map(({ action }: { action: string }) => action).toSorted()).toEqual([
      'referral.clawed_back',
      'referral.frozen',
      'referral.unfrozen',
    ])
    expect((await ada.get('/api/referrals/tree')).status).toBe(403)
    expect((await ada.post(`/api/referrals/${one.id}/clawback`, by)).status).toBe(403)
    expect((await act(newId(), 'clawback')).status).toBe(404)
  })

  test('changes tiers and floors, and nothing that makes no sense', async () => {
    const { body } = await admin().get('/api/referrals/tiers')
    expect(body).toMatchObject({ version: 0, value: { bonus: { quality: 0.8, threshold: 5 } } })
    const value = { ...body.value, bonus: { ...body.value.bonus, codes: 3 } }
    const change = { value, reason: 'more codes', expected_version: 0 }
    expect((await admin().put('/api/referrals/tiers', change)).body).toMatchObject({ version: 1 })
    expect((await admin().put('/api/referrals/tiers', change)).status).toBe(409)
    const floors = { value: { warn: 0.1, pause: 0.2, review: 0.3 }, reason: 'upside down' }
    expect((await admin().put('/api/referrals/floors', floors)).status).toBe(400)
  })
})
