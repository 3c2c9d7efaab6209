import { testDatabase } from '@gramkit/services/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { addDays, addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { openNodePostgres } from '../../platform/database/index.ts'
import { outboxEvent } from '../../platform/outbox/index.ts'
import { PersonRows } from '../../platform/people/index.ts'
import { usersScope } from '../../testing/users-scope.ts'
import { userAttribution } from './attribution/attribution.table.ts'
import { userActiveDay } from './streaks/active-day.table.ts'
import { streaksPart } from './streaks/person-part.ts'
import { userStreak } from './streaks/streak.table.ts'
import { userAccount } from './user.table.ts'

const start = new Date('2026-07-01T12:00:00.000Z')

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const db = database.executor

let clock: VirtualClock
let scope: ReturnType<typeof usersScope>
let userId: string
let lastTelegramId = 5_000n

beforeEach(async () => {
  clock = new VirtualClock(start)
  scope = usersScope(database, { clock, identity: {} })
  userId = await aUser()
})

afterAll(async () => {
  await database.close()
  await testing.drop()
})

async function aUser(): Promise<string> {
  lastTelegramId += 1n
  const profile = { username: null, firstName: 'Ada', lastName: null, languageCode: 'en' }
  return (await scope.users.getOrCreateFromTelegram({ id: lastTelegramId, ...profile })).id
}

const come = (startParam?: string, timeZone?: string) =>
  scope.visits.record(userId, { via: 'start', startParam, timeZone })
const streakOf = async () =>
  (await db.select().from(userStreak).where(eq(userStreak.userId, userId)))[0]
const attributionOf = async () =>
  (await db.select().from(userAttribution).where(eq(userAttribution.userId, userId)))[0]
const eventsOf = (name: string) =>
  db
    .select()
    .from(outboxEvent)
    .where(and(eq(outboxEvent.userId, userId), eq(outboxEvent.name, name)))
    .orderBy(outboxEvent.seq)

describe('a streak', () => {
  test('counts a day once, however often somebody comes', async () => {
    expect((await come()).streak).toEqual({ current: 1, best: 1, total: 1, isCountedToday: true })
    clock.advance(DAY_MS / 3)
    expect((await come()).streak).toMatchObject({ current: 1, total: 1 })
    clock.advance(DAY_MS)
    expect((await come()).streak).toMatchObject({ current: 2, total: 2 })
  })

  test('of 20 visits at the same time counts one, on the first day and on the third', async () => {
    const parallel = () =>
      Promise.all(Array.from({ length: 20 }, () => scope.visits.record(userId, { via: 'web' })))
    await parallel()
    expect(await streakOf()).toMatchObject({ current: 1, total: 1 })
    clock.advance(DAY_MS)
    await come()
    clock.advance(DAY_MS)
    const outcomes = await parallel()
    expect(await streakOf()).toMatchObject({ current: 3, best: 3, total: 3 })
    expect(outcomes.filter(({ milestone }) => milestone === 3)).toHaveLength(1)
    expect(await eventsOf('streak.milestone_reached')).toHaveLength(1)
  })

  test('tells of 3, 7, 14, 30 and 100 days in a row once each, and of no other length', async () => {
    const milestones: (number | null)[] = []
    for (let day = 0; day < 101; day += 1) {
      milestones.push((await come()).milestone)
      clock.advance(DAY_MS)
    }
    const reached = milestones.flatMap((length, day) =>
      length === null ? [] : [[day + 1, length]],
    )
    expect(reached).toEqual([3, 7, 14, 30, 100].map((length) => [length, length]))
    const events = await eventsOf('streak.milestone_reached')
    expect(events.map(({ payload }) => payload)).toEqual(
      [3, 7, 14, 30, 100].map((days) => ({ userId, days, isBest: true })),
    )
  })

  test('says when a length was reached before', async () => {
    for (const days of [1, 1, 1, 2, 1, 1]) {
      await come()
      clock.advance(days * DAY_MS)
    }
    await come()
    const events = await eventsOf('streak.milestone_reached')
    expect(events.map(({ payload }) => payload)).toMatchObject([
      { days: 3, isBest: true },
      { days: 3, isBest: false },
    ])
  })

  test('of a guest counts like any other', async () => {
    const { user } = await scope.users.loginAsGuest(newId())
    expect((await scope.visits.record(user.id, { via: 'web' })).streak.current).toBe(1)
  })

  test('is shown without a visit, and shown broken when a day was missed', async () => {
    expect(await scope.visits.streakOf({ id: userId, timeZone: 'UTC' })).toMatchObject({ total: 0 })
    const { user } = await come()
    clock.advance(2 * DAY_MS)
    const view = { current: 0, best: 1, total: 1, isCountedToday: false }
    expect(await scope.visits.streakOf(user)).toEqual(view)
  })

  test.each([
    { current: 0, best: 1, total: 1 },
    { current: 2, best: 1, total: 2 },
    { current: 1, best: 2, total: 1 },
  ])('of %j is refused by the database', async (counts) => {
    const row = { userId, day: '2026-07-01', timeZone: 'UTC', updatedAt: start, ...counts }
    await expect(db.insert(userStreak).values(row)).rejects.toThrow()
  })
})

describe('active days', () => {
  const { activeDays } = usersScope(database, {
    clock: new VirtualClock(start),
    identity: {},
  }).repos
  const daysOf = (person: string) =>
    db
      .select({ day: userActiveDay.day })
      .from(userActiveDay)
      .where(eq(userActiveDay.userId, person))
      .orderBy(userActiveDay.day)
  const personRows = new PersonRows(db)

  test('are one for each day of a streak, missed days and days met again among them', async () => {
    await Promise.all(Array.from({ length: 5 }, () => come(undefined, 'Asia/Tokyo')))
    clock.set(new Date('2026-07-03T05:00:00+09:00'))
    await come(undefined, 'Asia/Tokyo')
    clock.set(new Date('2026-07-02T20:00:00-10:00'))
    await come(undefined, 'Pacific/Honolulu')
    expect(await daysOf(userId)).toEqual(
      ['2026-07-01', '2026-07-02', '2026-07-03'].map((day) => ({ day })),
    )
    const range = { from: '2026-07-02', to: '2026-07-31' }
    const nobody = newId()
    expect(await activeDays.countDays([userId, nobody], range)).toEqual(
      new Map([
        [userId, 2],
        [nobody, 0],
      ]),
    )
    expect(await activeDays.lastDays([userId, nobody])).toEqual(new Map([[userId, '2026-07-03']]))
  })

  test('count who was there 60 to 31 days ago and not since, in 7 days and in 30, without guests', async () => {
    const today = '2026-07-01'
    const before = await activeDays.figures(today)
    const activeOn = async (person: string, ...daysAgo: number[]) => {
      for (const ago of daysAgo) await activeDays.insert(person, addDays(today, -ago))
    }
    await activeOn(await aUser(), 61)
    await activeOn(await aUser(), 60)
    await activeOn(await aUser(), 31)
    await activeOn(await aUser(), 31, 30)
    await activeOn(await aUser(), 30)
    await activeOn(await aUser(), 29)
    await activeOn(await aUser(), 7)
    await activeOn(await aUser(), 6, 0)
    await activeOn((await scope.users.loginAsGuest(newId())).user.id, 45, 3)
    const after = await activeDays.figures(today)
    const more = Object.entries(after).map(([name, count]) => [
      name,
      count - (Object.entries(before).find(([other]) => other === name)?.[1] ?? 0),
    ])
    expect(Object.fromEntries(more)).toEqual({
      activeEarlier: 3,
      goneSince: 2,
      activeIn7Days: 1,
      activeIn30Days: 3,
    })
  })

  test('of a guest become the user’s once, and go with a person', async () => {
    const { user: guest } = await scope.users.loginAsGuest(newId())
    for (const day of ['2026-06-01', '2026-06-02']) await activeDays.insert(guest.id, day)
    await activeDays.insert(userId, '2026-06-02')
    const repos = { ...scope.repos, activeDays, personRows }
    const merge = { guestId: guest.id, userId, round: 0 }
    for (const round of [0, 1]) await streaksPart.merge({ clock, repos }, { ...merge, round })
    expect(await daysOf(guest.id)).toEqual([])
    const days = [{ day: '2026-06-01' }, { day: '2026-06-02' }]
    expect(await streaksPart.export({ clock, repos }, userId)).toMatchObject({
      activeDays: expect.arrayContaining(days),
    })
    await streaksPart.erase({ clock, repos }, userId)
    expect(await daysOf(userId)).toEqual([])
  })
})

describe('where somebody is', () => {
  test('follows their device, and a zone that nobody knows keeps nobody out', async () => {
    expect((await come(undefined, 'Asia/Tokyo')).user.timeZone).toBe('Asia/Tokyo')
    for (const unknown of ['Mars/Olympus', '+23:00', 'x'.repeat(500)]) {
      expect((await come(undefined, unknown)).user.timeZone).toBe('Asia/Tokyo')
    }
  })

  test('travelling west by the Mini App resets nothing', async () => {
    await come(undefined, 'Asia/Tokyo')
    clock.set(new Date('2026-07-02T12:00:00+09:00'))
    await come(undefined, 'Asia/Tokyo')
    clock.set(new Date('2026-07-01T23:00:00-10:00'))
    expect((await come(undefined, 'Pacific/Honolulu')).streak.current).toBe(2)
    clock.set(new Date('2026-07-03T04:59:59-10:00'))
    expect((await come()).streak.current).toBe(2)
    clock.set(new Date('2026-07-03T05:00:00-10:00'))
    expect((await come()).streak.current).toBe(3)
  })

  test('travelling east over the date line swallows no day', async () => {
    clock.set(new Date('2026-07-02T22:00:00-10:00'))
    await come(undefined, 'Pacific/Honolulu')
    clock.set(new Date('2026-07-04T20:00:00+14:00'))
    const { streak } = await come(undefined, 'Pacific/Kiritimati')
    expect(streak).toMatchObject({ current: 2, total: 2 })
  })

  test('a night on which the clock is changed ends at 05:00 too', async () => {
    clock.set(new Date('2026-10-24T12:00:00+02:00'))
    await come(undefined, 'Europe/Berlin')
    clock.set(new Date('2026-10-25T04:59:59+01:00'))
    expect((await come()).streak.current).toBe(1)
    clock.set(new Date('2026-10-25T05:00:00+01:00'))
    expect((await come()).streak.current).toBe(2)
  })
})

describe('a visit that changes nothing', () => {
  test('writes nothing', async () => {
    await come('s-habr', 'Europe/Berlin')
    const before = [await streakOf(), await attributionOf(), await scope.users.getById(userId)]
    clock.advance(DAY_MS / 12)
    await come('s-other', 'Europe/Berlin')
    expect([await streakOf(), await attributionOf(), await scope.users.getById(userId)]).toEqual(
      before,
    )
  })

  test('keeps the first visit of the last day as when somebody was last seen', async () => {
    await come()
    clock.advance(DAY_MS / 12)
    expect((await come()).user.lastSeenAt).toEqual(start)
    clock.advance(DAY_MS)
    expect((await come()).user.lastSeenAt).toEqual(clock.now())
  })
})

describe('attribution', () => {
  test('is kept from the first link and never changed by a later one', async () => {
    const { start: fields } = await come('s-habr-p-_smugs-i-7KQW3F9A')
    expect(fields).toEqual({ source: 'habr', page: '/mugs', invitation: '7KQW3F9A' })
    await come('s-other')
    expect(await attributionOf()).toMatchObject({
      source: 'habr',
      invitation: '7KQW3F9A',
      via: 'start',
      firstAt: start,
    })
    expect(await eventsOf('user.attributed')).toMatchObject([{ payload: { userId, via: 'start' } }])
  })

  test('of 20 links opened at the same time keeps one and tells of it once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => come(`s-link${index}`)))
    expect(await eventsOf('user.attributed')).toHaveLength(1)
    expect((await attributionOf())?.source).toMatch(/^link\d+$/)
  })

  test('a thousand people come from one source', async () => {
    const people = Array.from({ length: 1_000 }, () => newId())
    const row = { timeZone: 'UTC', createdAt: start, updatedAt: start }
    await db
      .insert(userAccount)
      .values(people.map((id) => ({ id, kind: 'guest' as const, deviceKeyHash: id, ...row })))
    for (let from = 0; from < people.length; from += 10) {
      await Promise.all(
        people
          .slice(from, from + 10)
          .map((id) => scope.visits.record(id, { via: 'web', startParam: 's-one_xc2_xa0ad' })),
      )
    }
    const found = await db.select().from(userAttribution).where(eq(userAttribution.source, 'onead'))
    expect(found).toHaveLength(1_000)
  })

  test('is heard within a day of first sight, and not of who has long been here', async () => {
    clock.set(addMs(start, DAY_MS))
    await come('habr')
    expect(await attributionOf()).toMatchObject({ source: 'habr' })
    clock = new VirtualClock(start)
    scope = usersScope(database, { clock, identity: {} })
    userId = await aUser()
    clock.advance(DAY_MS + 1)
    await come('habr')
    expect(await attributionOf()).toBeUndefined()
  })

  test.each([
    ['<script>alert(1)</script>', 'scriptalert1script'],
    ["'; drop table user_account; --", 'droptableuser_account--'],
    ['a'.repeat(500), 'a'.repeat(64)],
    ['утка', undefined],
    ['\u0000', undefined],
  ])('of %j is %s', async (text, source) => {
    await come(text)
    expect((await attributionOf())?.source).toBe(source)
  })

  test('an invitation alone says where somebody came from', async () => {
    await come(`i-${'A'.repeat(100)}`)
    expect(await attributionOf()).toMatchObject({ source: null, invitation: 'A'.repeat(64) })
  })
})
