import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, newId, VirtualClock } from './kernel/index.ts'
import { createPlatform } from './platform.ts'
import { beginVisit } from './start.ts'
import { aPerson } from './testing/people.ts'

const testing = await testDatabase()
const clock = new VirtualClock(new Date('2026-07-01T12:00:00.000Z'))
const platform = await createPlatform({
  databaseUrl: testing.appUrl,
  products: [],
  clock,
  compose: (core) => core,
})
const { core } = platform

let inviter: string
let newcomer: string

beforeEach(async () => {
  inviter = (await aPerson(core)).id
  newcomer = (await aPerson(core)).id
})

afterAll(async () => {
  await platform.close()
  await testing.drop()
})

const open = (code: string, userId = newcomer) =>
  beginVisit(core, userId, { via: 'start', startParam: `i-${code}` })
const friendsOf = async (userId: string) => (await core.friendships.list(userId, {})).items
const aCode = async (terms: { usageLimit?: number; expiresAt?: Date; recipient?: string } = {}) =>
  (await core.invites.create({ createdBy: inviter, makesFriends: true, ...terms })).code

describe('an invitation in a link', () => {
  test('is used, and makes friends of the two', async () => {
    const code = await aCode()
    const { invitation, streak } = await open(code)
    expect(invitation).toEqual({
      isAccepted: true,
      inviter: { id: inviter, firstName: 'Ada' },
      makesFriends: true,
    })
    expect(streak.current).toBe(1)
    expect(await friendsOf(newcomer)).toMatchObject([{ userId: inviter }])
    expect(await friendsOf(inviter)).toMatchObject([{ userId: newcomer }])
    expect(await core.invites.getByCode(code)).toMatchObject({ status: 'used', useCount: 1 })
  })

  test('by an app’s own name invites without a friend', async () => {
    const { code } = await core.invites.create({ createdBy: 'campaign-7' })
    expect((await open(code)).invitation).toEqual({
      isAccepted: true,
      inviter: null,
      makesFriends: false,
    })
    expect(await friendsOf(newcomer)).toEqual([])
  })

  test('that makes no friends speaks of none', async () => {
    const { code } = await core.invites.create({ createdBy: inviter })
    expect((await open(code)).invitation).toMatchObject({
      inviter: { id: inviter },
      makesFriends: false,
    })
    expect(await friendsOf(newcomer)).toEqual([])
  })

  test('that is dead does not keep anybody out, and is told as an outcome', async () => {
    const expired = await aCode({ expiresAt: new Date(clock.now().getTime() + DAY_MS) })
    const used = await aCode()
    await open(used, (await aPerson(core)).id)
    const revoked = await aCode()
    await core.invites.revoke({ code: revoked, by: inviter })
    const others = await aCode({ recipient: inviter })
    clock.advance(DAY_MS)
    for (const [code, refusal] of [
      ['NOBODY-HAS-THIS', 'invites.not_found'],
      ['______', 'invites.not_found'],
      ['A', 'invites.code_invalid'],
      [expired, 'invites.expired'],
      [used, 'invites.not_active'],
      [revoked, 'invites.not_active'],
      [others, 'invites.not_found'],
    ] as const) {
      const outcome = await open(code)
      expect(outcome.invitation).toEqual({ isAccepted: false, refusal })
      expect(outcome.streak.current).toBe(1)
    }
    expect(await friendsOf(newcomer)).toEqual([])
  })

  test('of one’s own, or one that was used before, changes nothing', async () => {
    const code = await aCode({ usageLimit: 5 })
    expect((await open(code, inviter)).invitation).toMatchObject({ refusal: 'invites.own_code' })
    await open(code)
    expect((await open(code)).invitation).toMatchObject({ refusal: 'invites.already_used' })
    expect(await core.invites.getByCode(code)).toMatchObject({ useCount: 1 })
  })

  test('of ten parallel starts is used once', async () => {
    const code = await aCode({ usageLimit: 20 })
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => open(code)))
    expect(outcomes.filter(({ invitation }) => invitation?.isAccepted)).toHaveLength(1)
    expect(await core.invites.getByCode(code)).toMatchObject({ useCount: 1 })
  })

  test('waits for a guest to log in; where they came from is kept', async () => {
    const code = await aCode()
    const { user } = await core.users.loginAsGuest(newId())
    const outcome = await beginVisit(core, user.id, { via: 'web', startParam: `s-habr-i-${code}` })
    expect(outcome.invitation).toEqual({ isAccepted: false, refusal: 'invites.guests_not_invited' })
    expect(await core.invites.getByCode(code)).toMatchObject({ useCount: 0 })
    expect(await core.repos.users.getWithVisits(user.id)).toMatchObject({ isAttributed: true })
  })

  test('that one has used is told so however often it is opened, and costs no try', async () => {
    const code = await aCode({ usageLimit: 5 })
    const own = (await core.invites.create({ createdBy: newcomer })).code
    await open(code)
    for (let times = 0; times < 12; times += 1) {
      expect((await open(code)).invitation).toMatchObject({ refusal: 'invites.already_used' })
      expect((await open(own)).invitation).toMatchObject({ refusal: 'invites.own_code' })
    }
    expect((await open(await aCode())).invitation).toMatchObject({ isAccepted: true })
  })

  test('cannot be guessed: after five wrong ones not even a good one is used', async () => {
    for (let tries = 0; tries < 5; tries += 1) await open(`GUESSED-${tries}`)
    const code = await aCode()
    const { invitation, streak } = await open(code)
    expect(invitation).toEqual({ isAccepted: false, refusal: 'limits.too_many_tries' })
    expect(streak.current).toBe(1)
    expect(await core.invites.getByCode(code)).toMatchObject({ useCount: 0 })
  })
})

test('a link without an invitation is a visit', async () => {
  const visit = { via: 'startapp', startParam: 'p-_smugs' } as const
  const outcome = await beginVisit(core, newcomer, visit)
  expect(outcome).toMatchObject({ invitation: null, start: { page: '/mugs' } })
})
