import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, isAppError, newId, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { entryToken } from '../entry-token.ts'
import type { Persona } from '../score.ts'

const codeSecret = 'a secret of at least thirty-two characters'
const clock = new VirtualClock(new Date('2030-01-01T12:00:00.000Z'))
const { database, platform, services, close } = await testPlatform({
  ...{ clock, codeSecret, poolSize: 16 },
  mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'join@example.org' },
})
const { admissions, batches, invites, waitlist } = services
const db = platform.database.executor
const owner = new pg.Client({ connectionString: database.adminUrl })
const byAdmin = { actor: 'admin' }

let count = 0

/** Somebody who waits by an address. */
async function aWaiting(persona: Persona = 'other') {
  const email = `somebody-${++count}@example.org`
  const { entry } = await waitlist.join({ email, useCase: 'Test', persona })
  await waitlist.confirm(entryToken(entry, 'confirm', codeSecret))
  return { id: entry.id, email }
}

/** Somebody who was invited, with their code. */
async function anInvited() {
  const { id, email } = await aWaiting()
  const { codes } = await batches.generate({ size: 1, ...byAdmin })
  return { id, email, code: codes[0] ?? '' }
}

async function anEarnedCode(): Promise<{ readonly code: string; readonly inviterEntryId: string }> {
  const { id: inviterEntryId } = await aWaiting()
  const expiresAt = addMs(clock.now(), 30 * DAY_MS)
  const { codes } = await admissions.mint({ inviterEntryId, count: 1, expiresAt })
  return { code: codes[0] ?? '', inviterEntryId }
}

const statusOf = async (id: string) => (await waitlist.get({ id })).status

/** What came of trying: the codes of errors, or `admitted`. */
async function outcomesOf(tries: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(tries)
  return settled
    .map((one) => {
      if (one.status === 'fulfilled') return 'admitted'
      return isAppError(one.reason) ? one.reason.code : String(one.reason)
    })
    .sort()
}

async function countOf(table: string): Promise<number> {
  const [row] = await rows(
    db,
    sql`select count(*)::int as count from ${sql.raw(table)}`,
    z.object({ count: z.int() }),
  )
  return row?.count ?? 0
}

const eventsOf = (subjectId: string) =>
  rows(
    db,
    sql`select name, payload from gramkit.outbox_event where subject_id = ${subjectId} order by seq`,
    z.object({ name: z.string(), payload: z.record(z.string(), z.unknown()) }),
  )

beforeAll(() => owner.connect())

beforeEach(async () => {
  clock.advance(1_000)
  await owner.query(`truncate gramkit.waitlist_entry, gramkit.waitlist_class_count,
    gramkit.waitlist_bucket_count, gramkit.waitlist_batch cascade`)
  await gateIs('open')
})

afterAll(async () => {
  await owner.end()
  await close()
})

/** Lets the gate be as it would be after a measurement. */
async function gateIs(
  state: 'open' | 'slowed' | 'closed',
  isRedeemingAllowed = true,
): Promise<void> {
  await owner.query(
    `insert into gramkit.quality_gate_change (version, state, reasons, is_redeeming_allowed, actor, reason, created_at)
     select count(*) + 1, $1, '[{"code":"low_trust","value":0.5,"threshold":0.7}]', $2, 'system', 'measured', now()
     from gramkit.quality_gate_change`,
    [state, isRedeemingAllowed],
  )
}

describe('a batch', () => {
  test('invites the next of the queue, each by a code of their own for a week', async () => {
    const [founder, agency, last] = [
      await aWaiting('solo_founder'),
      await aWaiting('agency'),
      await aWaiting('other'),
    ]
    const { batch, codes } = await batches.generate({ size: 2, batchId: 'BATCH-1', ...byAdmin })
    expect(batch).toMatchObject({ name: 'BATCH-1', requested: 2, generated: 2, actor: 'admin' })
    const made = await Promise.all(codes.map((code) => invites.getByCode(code)))
    expect(made.map(({ recipient }) => recipient)).toEqual([agency.id, founder.id])
    expect(made[0]?.code).toMatch(/^VOBEE-[0-9A-HJKMNP-TV-Z]{12}$/)
    expect(made[0]?.expiresAt).toEqual(addMs(clock.now(), 7 * DAY_MS))
    expect(await statusOf(agency.id)).toBe('invited')
    expect(await waitlist.position(last.id)).toMatchObject({ position: 1, totalWaiting: 1 })
    expect(await waitlist.position(agency.id)).toMatchObject({ status: 'invited', position: null })
    expect(await waitlist.stats()).toMatchObject({ waiting: 1, invited: 2, invitedToday: 2 })
    expect((await eventsOf(agency.id)).at(-1)).toMatchObject({
      name: 'waitlist.invited',
      payload: { entryId: agency.id, batchId: batch.id, invitationId: made[0]?.id },
    })
    expect(await eventsOf(batch.id)).toMatchObject(
      [
        { name: 'batch.generated', payload: { requested: 2, generated: 2 } },
        { name: 'invitation.batch_created' },
      ].toSorted((a, b) => (a.name < b.name ? 1 : -1)),
    )
  })

  test('that is asked for again is the same batch, and of another size it is refused', async () => {
    for (let index = 0; index < 3; index++) await aWaiting()
    const request = { size: 2, batchId: 'monday', ...byAdmin }
    const first = await batches.generate(request)
    expect(await batches.generate(request)).toEqual(first)
    expect(await waitlist.stats()).toMatchObject({ waiting: 1, invited: 2 })
    await expect(batches.generate({ ...request, size: 3 })).rejects.toMatchObject({
      code: 'waitlist.batch_differs',
    })
  })

  test('that two administrators make at once invites nobody twice, and all who join meanwhile wait', async () => {
    for (let index = 0; index < 20; index++) await aWaiting()
    const [same, again, other] = await Promise.all([
      batches.generate({ size: 6, batchId: 'same', ...byAdmin }),
      batches.generate({ size: 6, batchId: 'same', actor: 'another' }),
      batches.generate({ size: 6, batchId: 'other', ...byAdmin }),
      ...Array.from({ length: 10 }, () => aWaiting('agency')),
    ])
    expect(again).toEqual(same)
    expect(new Set([...same.codes, ...other.codes]).size).toBe(12)
    expect(await countOf('gramkit.waitlist_invite')).toBe(12)
    expect(await waitlist.stats()).toMatchObject({ waiting: 18, invited: 12 })
    const { items } = await waitlist.list({ status: 'waiting' }, { limit: 100 })
    const places = await Promise.all(items.map(({ id }) => waitlist.position(id)))
    const positions = places.map(({ position }) => position ?? 0).sort((a, b) => a - b)
    expect(positions).toEqual(Array.from({ length: 18 }, (_, index) => index + 1))
  })

  test('leaves nobody with two open invites, as the database refuses a second', async () => {
    const { id } = await anInvited()
    const copy = sql`insert into gramkit.waitlist_invite
        (id, batch_id, entry_id, invitation_id, issued_at, expires_at)
      select gen_random_uuid(), batch_id, entry_id, ${(await invites.create({ createdBy: 'admin' })).id},
        issued_at, expires_at from gramkit.waitlist_invite where entry_id = ${id}`
    await expect(db.execute(copy)).rejects.toMatchObject({ cause: { code: '23505' } })
  })

  test('is refused with the reasons while the gate is closed, and halved while it is slowed', async () => {
    for (let index = 0; index < 5; index++) await aWaiting()
    await gateIs('closed')
    await expect(batches.generate({ size: 4, ...byAdmin })).rejects.toMatchObject({
      code: 'quality.gate_closed',
      details: { reasons: 'low_trust (0.5, threshold 0.7)' },
    })
    expect(await waitlist.stats()).toMatchObject({ waiting: 5, invited: 0 })
    await gateIs('slowed')
    const { batch } = await batches.generate({ size: 4, ...byAdmin })
    expect(batch).toMatchObject({ requested: 4, generated: 2, gateState: 'slowed' })
  })

  test('leaves out who left, who is unconfirmed and who is below the score', async () => {
    const agency = await aWaiting('agency')
    const gone = await aWaiting('agency')
    await aWaiting('other')
    await waitlist.join({ email: 'new@example.org', useCase: 'Test', persona: 'agency' })
    await waitlist.leave(gone.id)
    const { batch, codes } = await batches.generate({ size: 10, cutoffScore: 6, ...byAdmin })
    expect(batch.generated).toBe(1)
    expect((await invites.getByCode(codes[0] ?? '')).recipient).toBe(agency.id)
    expect((await batches.generate({ size: 10, cutoffScore: 6, ...byAdmin })).codes).toEqual([])
  })

  test.each([
    ['size', { size: 0 }],
    ['size', { size: 1_001 }],
    ['size', { size: 1.5 }],
    ['size', { size: Number.NaN }],
    ['batchId', { batchId: '' }],
    ['batchId', { batchId: 'x'.repeat(65) }],
    ['batchId', { batchId: 'a\u0000b' }],
  ])('refuses a %s that is none: %o', async (field, more) => {
    await expect(batches.generate({ size: 1, ...byAdmin, ...more })).rejects.toMatchObject({
      details: { field },
    })
  })

  test('lists its codes, and one that is taken back opens nothing', async () => {
    const { id, email, code } = await anInvited()
    const { items } = await batches.list()
    expect(items).toHaveLength(1)
    await batches.revoke(code, { actor: 'admin', reason: 'sent by mistake' })
    expect(await statusOf(id)).toBe('lapsed')
    expect((await batches.codes({ batchId: items[0]?.name ?? '' })).items).toMatchObject([
      { code, status: 'revoked', invite: { entryId: id, outcome: 'revoked' } },
    ])
    expect((await batches.codes({ status: 'active' })).items).toEqual([])
    await expect(admissions.redeem({ code, email })).rejects.toMatchObject({
      code: 'invites.not_active',
    })
    const again = await waitlist.join({ email, useCase: 'Again', persona: 'agency' })
    expect(again.entry).toMatchObject({ id, status: 'unconfirmed', useCase: 'Again' })
  })

  test('tells of the pace by which the others will be invited', async () => {
    for (let index = 0; index < 70; index++) await aWaiting()
    await batches.generate({ size: 2, ...byAdmin })
    const { items } = await waitlist.list({ status: 'waiting' }, { limit: 1 })
    const last = items[0]?.id ?? ''
    // 68 people at two a day.
    expect(await waitlist.position(last)).toMatchObject({
      position: 68,
      estimatedWait: '4-6 weeks',
    })
  })
})

describe('redeeming a code of a batch', () => {
  test('lets in who it is bound to, and their address is proved by it', async () => {
    const { id, email, code } = await anInvited()
    const admission = await admissions.redeem({ code: code.toLowerCase(), email })
    expect(admission).toMatchObject({ entryId: id, inviterEntryId: null })
    expect(await statusOf(id)).toBe('admitted')
    expect(await services.repos.emails.findUser(email)).toMatchObject({ id: admission.userId })
    expect(await waitlist.stats()).toMatchObject({ waiting: 0, invited: 0, admitted: 1 })
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      name: 'waitlist.admitted',
      payload: { userId: admission.userId, inviterEntryId: null },
    })
    expect((await batches.codes()).items).toMatchObject([
      { status: 'used', invite: { outcome: 'admitted' } },
    ])
  })

  test('ten times at once makes one account', async () => {
    const { email, code } = await anInvited()
    const before = await countOf('gramkit.user_account')
    const outcomes = await outcomesOf(
      Array.from({ length: 10 }, () => admissions.redeem({ code, email })),
    )
    expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['admitted', 'waitlist.already_admitted']))
    expect((await countOf('gramkit.user_account')) - before).toBe(1)
    expect(await countOf('gramkit.waitlist_admission')).toBe(1)
  })

  test('is not for anybody else, and tells them nothing', async () => {
    const { code } = await anInvited()
    const stranger = await aWaiting()
    const { id: userId } = await aPerson(services)
    const outcomes = await outcomesOf([
      admissions.redeem({ code, email: stranger.email }),
      admissions.redeem({ code, email: 'nobody@example.org' }),
      admissions.redeem({ code, userId }),
      admissions.redeem({ code: 'VOBEE-000000000000', email: stranger.email }),
      admissions.redeem({ code: 'x', email: stranger.email }),
      admissions.redeem({ code: 'a\u0000bcdef', email: stranger.email }),
    ])
    expect(new Set(outcomes)).toEqual(new Set(['waitlist.code_not_found']))
    expect(await countOf('gramkit.waitlist_admission')).toBe(0)
  })

  test('by who is logged in and names the address lets their account in', async () => {
    const { id, email, code } = await anInvited()
    const { id: userId } = await aPerson(services)
    const own = await waitlist.join({ userId, useCase: 'Test', persona: 'other' })
    expect(await admissions.redeem({ code, email, userId })).toMatchObject({ entryId: id, userId })
    expect(await waitlist.find({ userId })).toMatchObject({ id, status: 'admitted' })
    expect(await statusOf(own.entry.id)).toBe('left')
  })

  test('is too late after its week, and refused while redeeming is switched off', async () => {
    const { email, code } = await anInvited()
    await gateIs('closed', false)
    await expect(admissions.redeem({ code, email })).rejects.toMatchObject({
      code: 'quality.redeeming_stopped',
    })
    await gateIs('open')
    clock.advance(7 * DAY_MS)
    await expect(admissions.redeem({ code, email })).rejects.toMatchObject({
      code: 'invites.expired',
    })
    expect(await countOf('gramkit.waitlist_admission')).toBe(0)
  })

  test('opens nothing once its owner has left', async () => {
    const { id, email, code } = await anInvited()
    await waitlist.leave(id)
    await expect(admissions.redeem({ code, email })).rejects.toMatchObject({
      code: 'waitlist.code_not_found',
    })
    expect(await invites.getByCode(code)).toMatchObject({ status: 'revoked' })
  })
})

describe('redeeming an earned code', () => {
  test('lets in somebody who never waited, and names who had earned it', async () => {
    const { code, inviterEntryId } = await anEarnedCode()
    const email = 'friend@example.org'
    const admission = await admissions.redeem({ code, email })
    expect(admission).toMatchObject({ inviterEntryId })
    expect(await waitlist.find({ email })).toMatchObject({
      status: 'admitted',
      userId: admission.userId,
    })
    // Whoever typed the address need not be who reads its mails.
    expect(await services.repos.emails.findUser(email)).toBeUndefined()
  })

  test('by two people at once lets one of them in', async () => {
    const { code } = await anEarnedCode()
    const people = await Promise.all([aPerson(services), aPerson(services)])
    const outcomes = await outcomesOf(
      people.map(({ id }) => admissions.redeem({ code, userId: id })),
    )
    expect(outcomes).toEqual(['admitted', 'invites.not_active'])
  })

  test('lets in who waits, in their own entry, and never who has earned it', async () => {
    const { code, inviterEntryId } = await anEarnedCode()
    const inviter = await waitlist.get({ id: inviterEntryId })
    await expect(admissions.redeem({ code, email: inviter.email ?? '' })).rejects.toMatchObject({
      code: 'waitlist.own_code',
    })
    const { id, email } = await aWaiting()
    expect(await admissions.redeem({ code, email })).toMatchObject({ entryId: id })
    const { code: second } = await anEarnedCode()
    await expect(admissions.redeem({ code: second, email })).rejects.toMatchObject({
      code: 'waitlist.already_admitted',
    })
    expect(await invites.getByCode(second)).toMatchObject({ status: 'active', useCount: 0 })
  })

  test('does not take over the entry of an address that somebody only names', async () => {
    const { code } = await anEarnedCode()
    const victim = await aWaiting()
    const { id: userId } = await aPerson(services)
    await admissions.redeem({ code, userId, email: victim.email })
    expect(await waitlist.get({ id: victim.id })).toMatchObject({ status: 'waiting', userId: null })
  })

  test('lets nobody in by a code that people made for themselves, whoever it is bound to', async () => {
    const { id: userId } = await aPerson(services)
    const { entry } = await waitlist.join({ userId, useCase: 'Test', persona: 'other' })
    const metadata = { inviterEntryId: (await aWaiting()).id }
    const free = await invites.create({ createdBy: userId, metadata })
    const bound = await invites.create({ createdBy: newId(), recipient: entry.id })
    for (const { code } of [free, bound]) {
      await expect(admissions.redeem({ code, userId })).rejects.toMatchObject({
        code: 'waitlist.code_not_found',
      })
    }
  })

  test('and another for one address at once makes one account, and burns one of them', async () => {
    const codes = [await anEarnedCode(), await anEarnedCode(), await anEarnedCode()]
    const email = 'wanted@example.org'
    const outcomes = await outcomesOf(codes.map(({ code }) => admissions.redeem({ code, email })))
    expect(outcomes).toEqual(['admitted', 'waitlist.already_admitted', 'waitlist.already_admitted'])
    const left = await Promise.all(codes.map(({ code }) => invites.getByCode(code)))
    expect(left.filter(({ status }) => status === 'active')).toHaveLength(2)
  })

  test('is no way for guests of a device', async () => {
    const { code } = await anEarnedCode()
    const { user } = await services.users.loginAsGuest(newId())
    await expect(admissions.redeem({ code, userId: user.id })).rejects.toMatchObject({
      code: 'waitlist.guests_not_listed',
    })
    await expect(admissions.redeem({ code })).rejects.toMatchObject({ details: { field: 'email' } })
  })
})

test('who is erased keeps no address, no network and no code that opens anything', async () => {
  const { id: userId } = await aPerson(services)
  const { code } = await anEarnedCode()
  const { entryId } = await admissions.redeem({ code, userId, network: '10.0.0.0/24' })
  const expiresAt = addMs(clock.now(), DAY_MS)
  const { codes } = await admissions.mint({ inviterEntryId: entryId, count: 2, expiresAt })
  expect(await admissions.find({ userId })).toMatchObject({ networkHash: expect.any(String) })
  await services.accounts.erase(userId)
  expect(await waitlist.get({ id: entryId })).toMatchObject({ status: 'admitted', email: null })
  expect(await admissions.find({ entryId })).toMatchObject({ userId, networkHash: null })
  for (const earned of codes) {
    expect(await invites.getByCode(earned)).toMatchObject({ status: 'revoked' })
  }
})
