import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { entryToken } from './entry-token.ts'
import { waitlistWaits } from './estimated-wait.ts'
import { componentsOf, PERSONAS, type Persona, scoreOf, waitlistWeights } from './score.ts'

const codeSecret = 'a secret of at least thirty-two characters'
const clock = new VirtualClock(new Date('2030-01-01T12:00:00.000Z'))
const { database, platform, services, close } = await testPlatform({
  clock,
  codeSecret,
  poolSize: 16,
  mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'join@example.org' },
})
const { waitlist } = services
const db = platform.database.executor

const owner = new pg.Client({ connectionString: database.adminUrl })

beforeAll(() => owner.connect())

afterAll(async () => {
  await owner.end()
  await close()
})

let count = 0
const anAddress = () => `somebody-${++count}@example.org`

/** Somebody who joined as a user of Telegram, so that they wait at once. */
async function aWaiting(persona: Persona = 'other', more: { referralCode?: string } = {}) {
  const { id: userId } = await aPerson(services)
  return waitlist.join({ userId, useCase: 'Test', persona, ...more })
}

async function join(email = anAddress(), more: { referralCode?: string } = {}) {
  const joined = await waitlist.join({ email, useCase: 'Test', persona: 'other', ...more })
  return { ...joined, confirmToken: entryToken(joined.entry, 'confirm', codeSecret) }
}

/** Positions as a plain count gives them, by the weights of the moment. */
async function plainPositions(): Promise<Map<string, number>> {
  const weights = (await services.settings.get(waitlistWeights)).value
  const all = await rows(
    db,
    sql`select e.id, e.seq::int as seq, c.persona, c.is_detailed as "isDetailed",
          c.has_keyword as "hasKeyword", c.referrals, c.cohort
        from gramkit.waitlist_entry e join gramkit.waitlist_class c on c.id = e.class_id
        where e.status = 'waiting'`,
    z.object({
      id: z.uuid(),
      seq: z.int(),
      persona: z.enum(PERSONAS),
      isDetailed: z.boolean(),
      hasKeyword: z.boolean(),
      referrals: z.int(),
      cohort: z.enum(['control', 'trial']),
    }),
  )
  const scored = all.map((one) => ({ ...one, score: scoreOf(componentsOf(one, weights)) }))
  scored.sort((a, b) => b.score - a.score || a.seq - b.seq)
  return new Map(scored.map(({ id }, index) => [id, index + 1]))
}

async function expectExactPositions(): Promise<void> {
  const plain = await plainPositions()
  const told = new Map<string, number | null>()
  for (const id of plain.keys()) told.set(id, (await waitlist.position(id)).position)
  expect(told).toEqual(plain)
  expect((await waitlist.stats()).waiting).toBe(plain.size)
}

const eventsOf = (entryId: string) =>
  rows(
    db,
    sql`select name, payload from gramkit.outbox_event where subject_id = ${entryId} order by seq`,
    z.object({ name: z.string(), payload: z.record(z.string(), z.unknown()) }),
  )

beforeEach(async () => {
  await owner.query(`truncate gramkit.waitlist_entry, gramkit.waitlist_class_count,
    gramkit.waitlist_bucket_count cascade`)
})

describe('joining by an address', () => {
  test('waits for the link of the mail, and is not counted until then', async () => {
    const { entry, place, confirmToken } = await join('Ada@Example.org')
    expect(entry).toMatchObject({ email: 'ada@example.org', status: 'unconfirmed' })
    expect(place).toMatchObject({ status: 'unconfirmed', position: 1, totalWaiting: 1 })
    expect((await waitlist.stats()).waiting).toBe(0)
    const confirmed = await waitlist.confirm(confirmToken)
    expect(confirmed.place).toMatchObject({ status: 'waiting', position: 1, totalWaiting: 1 })
    expect(await waitlist.confirm(confirmToken)).toMatchObject({ place: { position: 1 } })
    expect(await eventsOf(entry.id)).toMatchObject([
      { name: 'waitlist.joined', payload: { isConfirmed: false } },
      { name: 'waitlist.confirmed' },
    ])
  })

  test('is refused a second time in whatever letters, also when ten do it at once', async () => {
    const email = anAddress()
    const made = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => join(index % 2 ? email : email.toUpperCase())),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toMatchObject(refused.map(() => ({ code: 'waitlist.already_joined' })))
  })

  test.each([
    ['email', { email: 'nobody' }, 'kernel.invalid_value'],
    ['persona', { persona: 'investor' }, 'kernel.invalid_value'],
    ['use case', { useCase: ' ' }, 'kernel.invalid_value'],
    ['use case', { useCase: 'x'.repeat(2_001) }, 'kernel.invalid_value'],
    ['use case', { useCase: 'a\u0000b' }, 'kernel.invalid_value'],
  ])('refuses a %s that is none', async (_what, wrong, code) => {
    const request = { email: anAddress(), useCase: 'Test', persona: 'other', ...wrong }
    await expect(Reflect.apply(waitlist.join, waitlist, [request])).rejects.toMatchObject({ code })
  })

  test('is forgotten after a week without confirmation, and may begin anew', async () => {
    const email = anAddress()
    const { entry, confirmToken, positionToken } = await join(email)
    clock.advance(7 * DAY_MS - 1)
    expect(await waitlist.forgetUnconfirmed()).toBe(0)
    clock.advance(1)
    await expect(waitlist.confirm(confirmToken)).rejects.toMatchObject({
      code: 'waitlist.confirmation_gone',
    })
    expect(await waitlist.forgetUnconfirmed()).toBe(1)
    expect(await waitlist.find({ email })).toBeUndefined()
    expect(await waitlist.find({ positionToken })).toBeUndefined()
    expect(await eventsOf(entry.id)).toMatchObject([
      { name: 'waitlist.joined' },
      { name: 'waitlist.left', payload: { reason: 'unconfirmed' } },
    ])
    expect((await join(email)).entry.id).not.toBe(entry.id)
  })

  test('who typed the address of somebody else holds no key to what they confirm', async () => {
    const { positionToken, confirmToken, entry } = await join()
    expect(await waitlist.find({ positionToken })).toMatchObject({ id: entry.id })
    await expect(waitlist.confirm(positionToken)).rejects.toMatchObject({ kind: 'gone' })
    const confirmed = await waitlist.confirm(confirmToken)
    expect(await waitlist.find({ positionToken })).toBeUndefined()
    const { positionToken: own } = confirmed
    expect(await waitlist.find({ positionToken: own })).toMatchObject({ id: entry.id })
    const forged = `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`
    for (const token of ['', 'x', forged, confirmToken, 'A'.repeat(64)]) {
      expect(await waitlist.find({ positionToken: token })).toBeUndefined()
    }
  })
})

describe('joining as a user of Telegram', () => {
  test('waits at once, once', async () => {
    const { id: userId } = await aPerson(services)
    const joined = await waitlist.join({ userId, useCase: 'Test', persona: 'agency' })
    expect(joined.place).toMatchObject({ status: 'waiting', position: 1, score: 20 })
    expect(await waitlist.find({ userId })).toMatchObject({ id: joined.entry.id })
    await expect(
      waitlist.join({ userId, useCase: 'Test', persona: 'agency' }),
    ).rejects.toMatchObject({ code: 'waitlist.already_joined' })
  })

  test('is not for guests, of whom one person can be a thousand', async () => {
    const { user } = await services.users.loginAsGuest(newId())
    await expect(
      waitlist.join({ userId: user.id, useCase: 'Test', persona: 'other' }),
    ).rejects.toMatchObject({ code: 'waitlist.guests_not_listed' })
  })

  test('counts as joined by whose link it was, and not at all by a link of nobody', async () => {
    const { entry: inviter } = await aWaiting()
    const { entry } = await aWaiting('other', { referralCode: inviter.referralCode.toLowerCase() })
    expect(entry.inviterEntryId).toBe(inviter.id)
    const { entry: stray } = await aWaiting('other', { referralCode: 'NOBODYS000' })
    expect(stray.inviterEntryId).toBeNull()
  })
})

describe('positions', () => {
  test('are by score, then by the order of joining, and say why', async () => {
    const founder = await aWaiting('solo_founder')
    const agency = await aWaiting('agency')
    const later = await aWaiting('agency')
    const positions = await Promise.all(
      [founder, agency, later].map(({ entry }) => waitlist.position(entry.id)),
    )
    expect(positions.map(({ position }) => position)).toEqual([3, 1, 2])
    expect(positions[0]).toEqual({
      status: 'waiting',
      position: 3,
      totalWaiting: 3,
      estimatedWait: '1-2 days',
      score: 10,
      components: { persona: 10, detail: 0, keyword: 0, referrals: 0 },
      weightsVersion: 0,
    })
  })

  test('follow what people change about themselves, and whom they brought', async () => {
    const founder = await aWaiting('solo_founder')
    const agency = await aWaiting('agency')
    await waitlist.updateUseCase(founder.entry.id, { useCase: 'marketing' })
    expect(await waitlist.position(founder.entry.id)).toMatchObject({ position: 2, score: 15 })
    await waitlist.setQualifiedReferrals(founder.entry.id, 3)
    expect(await waitlist.position(founder.entry.id)).toMatchObject({
      position: 1,
      score: 21,
      components: { persona: 10, detail: 0, keyword: 5, referrals: 6 },
    })
    expect(await waitlist.position(agency.entry.id)).toMatchObject({ position: 2 })
    await waitlist.setQualifiedReferrals(founder.entry.id, 2)
    await waitlist.setQualifiedReferrals(founder.entry.id, 0)
    await expectExactPositions()
  })

  test('are true for everybody at the moment the weights change', async () => {
    const founder = await aWaiting('solo_founder')
    const agency = await aWaiting('agency')
    const { persona, ...others } = waitlistWeights.initial
    const value = { ...others, persona: { ...persona, solo_founder: 30 } }
    const change = { actor: 'admin', reason: 'more founders' }
    await services.settings.change(waitlistWeights, { ...change, value })
    expect(await waitlist.position(founder.entry.id)).toMatchObject({ position: 1, score: 30 })
    expect(await waitlist.position(agency.entry.id)).toMatchObject({ position: 2 })
    expect((await waitlist.position(agency.entry.id)).weightsVersion).toBe(1)
    await services.settings.change(waitlistWeights, { ...change, value: waitlistWeights.initial })
    await expectExactPositions()
  })

  test('come with a wait by the bounds that an administrator has set', async () => {
    await aWaiting()
    const { entry, place } = await aWaiting()
    expect(place).toMatchObject({ position: 2, estimatedWait: '1-2 days' })
    const change = { actor: 'admin', reason: 'smaller batches' }
    const value = { ...waitlistWaits.initial, '1-2 days': 1 }
    await services.settings.change(waitlistWaits, { ...change, value })
    expect(await waitlist.position(entry.id)).toMatchObject({ estimatedWait: '1 week' })
    await services.settings.change(waitlistWaits, { ...change, value: waitlistWaits.initial })
  })

  test('are those of a plain count after joins, batches, changes and departures all at once', async () => {
    const first = await Promise.all(
      Array.from({ length: 40 }, (_, index) => aWaiting(PERSONAS[index % PERSONAS.length])),
    )
    const invited = () => services.batches.generate({ size: 7, actor: 'admin' })
    const [one, other] = await Promise.all([
      ...([invited(), invited()] as const),
      ...Array.from({ length: 30 }, (_, index) => aWaiting(PERSONAS[index % 3])),
      ...first.slice(0, 10).map(({ entry }) => waitlist.leave(entry.id)),
      ...first
        .slice(10, 25)
        .map(({ entry }, index) => waitlist.setQualifiedReferrals(entry.id, index)),
      ...first.slice(25).map(({ entry }) => waitlist.updateUseCase(entry.id, { useCase: 'time' })),
    ])
    await expectExactPositions()
    expect([one.codes, other.codes].map(({ length }) => length)).toEqual([7, 7])
    // Who leaves may have been invited a moment before.
    const { waiting, invited: left } = await waitlist.stats()
    expect(waiting + left).toBe(60)
    expect(left).toBeLessThanOrEqual(14)
  })

  test('are exact over the borders of buckets', async () => {
    // Numbers of joining go on from just before one border, and over it.
    await owner.query(`select setval(pg_get_serial_sequence('gramkit.waitlist_entry', 'seq'),
      (select ceil(last_value / 4096.0)::bigint * 4096 - 5 from gramkit.waitlist_entry_seq_seq))`)
    for (let index = 0; index < 12; index++) await aWaiting(PERSONAS[index % 2])
    await expectExactPositions()
  })
})

test('the database and the page add up the same score, whatever somebody is', async () => {
  const weights = { ...waitlistWeights.initial, referral: 3, referralMax: 25 }
  await rows(
    db,
    sql`with made as (
          insert into gramkit.waitlist_class (persona, is_detailed, has_keyword, referrals, cohort)
          select p, d, k, r, 'control' from unnest(${sql.param([...PERSONAS])}::text[]) p,
            (values (true), (false)) ds (d), (values (true), (false)) ks (k),
            generate_series(0, 100, 4) r
          on conflict do nothing returning id)
        select count(*)::int as made from made`,
    z.object({ made: z.int() }),
  )
  const classes = await rows(
    db,
    sql`select persona, is_detailed as "isDetailed", has_keyword as "hasKeyword", referrals, score
        from gramkit.waitlist_class c
        join gramkit.waitlist_scores(${JSON.stringify({ control: weights })}::jsonb) s
          on s.class_id = c.id`,
    z.object({
      persona: z.enum(PERSONAS),
      isDetailed: z.boolean(),
      hasKeyword: z.boolean(),
      referrals: z.int(),
      score: z.int(),
    }),
  )
  expect(classes.length).toBeGreaterThan(400)
  for (const { score, ...features } of classes) {
    expect(score).toBe(scoreOf(componentsOf({ ...features, cohort: 'control' }, weights)))
  }
})

test('leaving forgets who somebody was, and lets the others move up', async () => {
  const { entry, positionToken } = await aWaiting('agency')
  const next = await aWaiting('agency')
  await waitlist.leave(entry.id)
  expect(await waitlist.find({ id: entry.id })).toMatchObject({
    ...{ status: 'left', email: null, userId: null, useCase: '' },
  })
  expect(await waitlist.find({ positionToken })).toBeUndefined()
  expect(await waitlist.find({ referralCode: entry.referralCode })).toBeUndefined()
  expect(await waitlist.position(next.entry.id)).toMatchObject({ position: 1 })
  await waitlist.setQualifiedReferrals(entry.id, 3)
  expect(await waitlist.get({ id: entry.id })).toMatchObject({ qualifiedReferrals: 0 })
  await expect(waitlist.leave(entry.id)).rejects.toMatchObject({ code: 'waitlist.entry_not_found' })
})

test('stats count by state and by day', async () => {
  await aWaiting()
  clock.set(addMs(clock.now(), DAY_MS))
  await aWaiting()
  await join()
  expect(await waitlist.stats()).toEqual({
    waiting: 2,
    joinedToday: 1,
    invitedToday: 0,
    invited: 0,
    admitted: 0,
  })
})

test('the list is read in pages, newest first, by state and by the beginning of an address', async () => {
  const [ada, bob] = [await join('ada@example.org'), await join('bob@example.org')]
  await waitlist.confirm(bob.confirmToken)
  const first = await waitlist.list({}, { limit: 1 })
  expect(first.items).toMatchObject([{ id: bob.entry.id }])
  expect(await waitlist.list({}, { limit: 1, cursor: first.nextCursor ?? '' })).toMatchObject({
    items: [{ id: ada.entry.id }],
    nextCursor: null,
  })
  expect((await waitlist.list({ status: 'waiting' })).items).toMatchObject([{ id: bob.entry.id }])
  expect((await waitlist.list({ email: 'ADA' })).items).toMatchObject([{ id: ada.entry.id }])
  await join('ada+2@example.org')
  const found = await waitlist.list({ email: 'ada' }, { limit: 1 })
  const rest = await waitlist.list({ email: 'ada' }, { limit: 1, cursor: found.nextCursor ?? '' })
  expect([...found.items, ...rest.items].map(({ email }) => email)).toEqual([
    ...['ada+2@example.org', 'ada@example.org'],
  ])
  expect(rest.nextCursor).toBeNull()
  expect((await waitlist.list({ email: 'ada', status: 'waiting' })).items).toEqual([])
})

test('a person takes their entry along, and is forgotten with it', async () => {
  const { id: userId } = await aPerson(services)
  const { entry } = await waitlist.join({ userId, useCase: 'Test', persona: 'other' })
  const part = services.people.find(({ name }) => name === 'waitlist')
  expect(await part?.export(userId)).toMatchObject({ entry: { id: entry.id, useCase: 'Test' } })
  await services.accounts.erase(userId)
  expect(await waitlist.find({ id: entry.id })).toMatchObject({ status: 'left', userId: null })
})

test('the application can neither write counts nor remove an entry', async () => {
  await aWaiting()
  for (const statement of [
    sql`update gramkit.waitlist_class_count set entries = 0`,
    sql`delete from gramkit.waitlist_bucket_count`,
    sql`update gramkit.waitlist_class set persona = 'agency'`,
    sql`delete from gramkit.waitlist_entry`,
  ]) {
    await expect(db.execute(statement)).rejects.toMatchObject({ cause: { code: '42501' } })
  }
})
