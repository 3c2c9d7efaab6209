import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { createPlatform } from '../../../platform.ts'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { notification } from '../notification.table.ts'
import { inactiveSlot, newcomerSlot, notifySlots, streakSlot } from '../notifications.jobs.ts'
import { anyTemplate, defineTemplate } from '../template.ts'
import { defineSlot } from './slot.ts'

const HOUR_MS = 3_600_000
const schema = z.object({ days: z.int() })
const say =
  (what: string) =>
  ({ days }: { days: number }) => ({
    title: what,
    text: `${what} ${days}`,
  })
const streakEnding = defineTemplate({
  id: 'streak.ending',
  topic: 'reminders',
  schema,
  texts: { en: say('streak'), ru: say('серия') },
})
const missed = defineTemplate({ ...streakEnding, id: 'user.missed' })

const clock = new VirtualClock(new Date('2030-01-07T12:00:00Z'))
const { database, services, close } = await testPlatform({
  clock,
  notifications: {
    templates: [anyTemplate(streakEnding), anyTemplate(missed)],
    topics: [{ id: 'reminders', title: { en: 'Reminders', ru: 'Напоминания' } }],
  },
})
const slots = [
  streakSlot({ template: streakEnding, hour: 20 }),
  inactiveSlot({ template: missed, hour: 20, days: 7 }),
]
const tick = () => services.notificationSlots.tick(services, slots)

/** Occasions of which somebody is told. */
async function toldTo(userId: string): Promise<string[]> {
  const own = eq(notification.userId, userId)
  const { items } = await services.repos.notifications.listWhere(own, { limit: 100 })
  return items.map(({ occasion }) => occasion)
}

/** Somebody who came on some days before today, at noon. */
async function aVisitor(timeZone: string, daysAgo: readonly number[]) {
  const person = await aPerson(services)
  await services.users.updateProfile(person.id, { timeZone })
  const noon = clock.now()
  for (const days of daysAgo) {
    const there = new VirtualClock(addMs(noon, -days * DAY_MS))
    const past = await createPlatform({ databaseUrl: database.appUrl, clock: there })
    await past.services.visits.record(person.id, { via: 'startapp', timeZone })
    await past.close()
  }
  return person.id
}

beforeEach(() => {
  const noon = clock.now().getTime() - (clock.now().getTime() % DAY_MS) + DAY_MS / 2
  clock.set(new Date(noon + 30 * DAY_MS))
})

afterAll(close)

describe('a slot', () => {
  test('that is ticked twice, or by ten at once, tells everybody once', async () => {
    const userId = await aVisitor('UTC', [2, 1])
    clock.advance(8 * HOUR_MS)
    const ticks = await Promise.all(Array.from({ length: 10 }, tick))
    expect(ticks.reduce((sum, { told }) => sum + told, 0)).toBe(1)
    clock.advance(HOUR_MS / 2)
    expect(await tick()).toEqual({ people: 0, told: 0 })
    expect(await toldTo(userId)).toHaveLength(1)
  })

  test('comes at its hour of each zone, and not when the hour is over', async () => {
    const london = await aVisitor('UTC', [2, 1])
    const tokyo = await aVisitor('Asia/Tokyo', [2, 1])
    const adak = await aVisitor('America/Adak', [2, 1])
    await tick()
    expect(await toldTo(london)).toEqual([])
    const next = await notifySlots(slots).nextDueAt(services)
    expect(next?.getTime()).toBe(clock.now().getTime() + 8 * HOUR_MS)
    clock.advance(8 * HOUR_MS)
    await tick()
    expect(await toldTo(london)).toHaveLength(1)
    // The hour of Adak passes while nobody ticks.
    clock.advance(11 * HOUR_MS)
    await tick()
    expect(await toldTo(adak)).toEqual([])
    clock.advance(4 * HOUR_MS)
    await tick()
    // Twenty o'clock in Tokyo, of the next day there: the streak is broken already.
    expect(await toldTo(tokyo)).toEqual([])
  })

  test('holds a clock that is moved on only for people, and once a week', async () => {
    await aVisitor('UTC', [2, 1])
    const noon = clock.now().getTime()
    const work = notifySlots(slots)
    const days: number[] = []
    for (let stops = 0; stops < 3; stops++) {
      const next = await work.nextDueAt(services)
      clock.set(next ?? clock.now())
      days.push(Math.round((clock.now().getTime() - noon) / DAY_MS))
      while ((await work.runDue(services)) > 0);
    }
    // The streak ends, a week without a visit, and then nobody for a week.
    expect(days).toEqual([0, 6, 14])
  })

  test('goes through more people than a page holds', async () => {
    const people = await Promise.all(
      Array.from({ length: 230 }, () => services.users.loginAsGuest(crypto.randomUUID())),
    )
    const stored = people.map(({ user }) => user.id)
    const yesterday = addMs(clock.now(), -DAY_MS).toISOString().slice(0, 10)
    for (const id of stored) {
      const streak = { current: 3, best: 3, total: 3, day: yesterday, timeZone: 'UTC' }
      await services.repos.streaks.insertFirst(id, streak, clock.now())
    }
    clock.advance(8 * HOUR_MS)
    const work = notifySlots(slots)
    let gone = 0
    for (;;) {
      const count = await work.runDue(services)
      if (count === 0) break
      gone += count
    }
    expect(gone).toBe(230)
    const [found] = await rows(
      services.repos.db,
      sql`select count(*)::int as told, count(distinct user_id)::int as people
        from gramkit.notification where user_id = any(${sql.param(stored)}::uuid[])`,
      z.object({ told: z.number(), people: z.number() }),
    )
    expect(found).toEqual({ told: 230, people: 230 })
    expect(await tick()).toEqual({ people: 0, told: 0 })
  })
})

describe('a slot on a day on which the clock is changed', () => {
  const atTwo = (userId: string) => [
    defineSlot({
      ...{ id: 'test.two', template: streakEnding, hour: 2 },
      find: async () => [{ userId, facts: { days: 2 } }],
    }),
  ]

  test('comes at the next hour that there is, once', async () => {
    const userId = await aVisitor('Europe/Berlin', [])
    const two = atTwo(userId)
    clock.set(new Date('2040-03-25T00:30:00Z'))
    expect((await notifySlots(two).nextDueAt(services))?.toISOString()).toBe(
      '2040-03-25T01:00:00.000Z',
    )
    for (const instant of ['00:59', '01:00', '01:30', '02:00', '03:00']) {
      clock.set(new Date(`2040-03-25T${instant}:00Z`))
      await services.notificationSlots.tick(services, two)
    }
    expect(await toldTo(userId)).toEqual(['test.two:2040-03-25'])
  })

  test('comes once at an hour that there is twice', async () => {
    const userId = await aVisitor('Europe/Berlin', [])
    for (const instant of ['00:00', '00:30', '01:00', '01:30', '02:00']) {
      clock.set(new Date(`2040-10-28T${instant}:00Z`))
      await services.notificationSlots.tick(services, atTwo(userId))
    }
    expect(await toldTo(userId)).toEqual(['test.two:2040-10-28'])
  })
})

describe('reminders', () => {
  test('of a streak go to those who came yesterday and not yet today', async () => {
    const ending = await aVisitor('UTC', [2, 1])
    const fresh = await aVisitor('UTC', [1])
    const safe = await aVisitor('UTC', [2, 1, 0])
    const broken = await aVisitor('UTC', [4, 3])
    clock.advance(8 * HOUR_MS)
    await tick()
    const day = clock.now().toISOString().slice(0, 10)
    expect(await toldTo(ending)).toEqual([`streak.ending:${day}`])
    expect(await Promise.all([fresh, safe, broken].map(toldTo))).toEqual([[], [], []])
  })

  test('at two at night do not go to who came on the day that is not over', async () => {
    const ending = await aVisitor('UTC', [2, 1])
    const safe = await aVisitor('UTC', [1, 0])
    clock.advance(14 * HOUR_MS)
    const atTwo = [streakSlot({ template: streakEnding, hour: 2 })]
    await services.notificationSlots.tick(services, atTwo)
    expect(await toldTo(safe)).toEqual([])
    expect(await toldTo(ending)).toHaveLength(1)
  })

  test('of being new go to those who came first on the day before', async () => {
    const greeting = defineTemplate({
      ...streakEnding,
      id: 'shop.welcome',
      schema: z.object({}),
      texts: { en: () => say('hi')({ days: 0 }), ru: () => say('привет')({ days: 0 }) },
    })
    const { find } = newcomerSlot({ template: greeting, hour: 20 })
    const { id } = await aPerson(services)
    const isFound = async (): Promise<boolean> => {
      const query = { at: clock.now(), timeZone: 'UTC', day: '', after: null, limit: 1_000 }
      return (await find(services, query)).some(({ userId }) => userId === id)
    }
    const found: boolean[] = []
    for (let day = 0; day < 4; day++) {
      found.push(await isFound())
      clock.advance(DAY_MS)
    }
    expect(found).toEqual([false, true, false, false])
  })

  test('of having been away come once, after so many days', async () => {
    const userId = await aVisitor('UTC', [0])
    const told: number[] = []
    for (let days = 1; days <= 10; days++) {
      clock.advance(DAY_MS)
      const evening = new VirtualClock(addMs(clock.now(), 8 * HOUR_MS))
      const later = await createPlatform({
        databaseUrl: database.appUrl,
        clock: evening,
        notifications: {
          templates: [anyTemplate(streakEnding), anyTemplate(missed)],
          topics: [{ id: 'reminders', title: { en: '', ru: '' } }],
        },
      })
      await later.services.notificationSlots.tick(later.services, slots)
      await later.close()
      told.push((await toldTo(userId)).length)
    }
    expect(told).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
  })
})
