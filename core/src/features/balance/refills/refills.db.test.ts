import { overtake } from '@gramkit/services/overtake'
import { testDatabase } from '@gramkit/services/testing'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { addMs, DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { createPlatform } from '../../../platform.ts'
import { aPerson } from '../../../testing/people.ts'
import type { ResourceInput } from './resource.ts'

const HOUR_MS = 3_600_000
const START = new Date('2030-01-01T12:00:00Z')
const database = await testDatabase()
const clock = new VirtualClock(START)
const energy: ResourceInput = { unit: 'energy', refill: { amount: 5n, every: 'day', cap: 20n } }
const open = (resources: readonly ResourceInput[], at = clock) =>
  createPlatform({ databaseUrl: database.appUrl, poolSize: 16, clock: at, resources })
const platform = await open([energy])
const { services } = platform

afterAll(async () => {
  expect(await services.balance.verify()).toMatchObject({ ok: true, differences: [] })
  await platform.close()
  await database.drop()
})

const facts = { unit: 'energy', reason: 'test.spent', reference: 'test' }
const energyOf = (userId: string) => services.balance.get(userId, 'energy')
const spend = (userId: string, amount: bigint) =>
  services.balance.debit({ ...facts, id: newId(), userId, amount })
const moveTo = (userId: string, timeZone: string) =>
  services.users.updateProfile(userId, { timeZone })
const refillsOf = async (userId: string) =>
  (await services.balance.history(userId, 'energy', { limit: 100 })).items.filter(
    ({ reason }) => reason === 'balance.refilled',
  )

describe('a resource', () => {
  test('refills once for each period, however many look at the same time', async () => {
    const { id } = await aPerson(services)
    const looks = await Promise.all(Array.from({ length: 20 }, () => energyOf(id)))
    expect(new Set(looks)).toEqual(new Set([5n]))
    clock.advance(DAY_MS)
    await Promise.all(Array.from({ length: 20 }, () => services.refills.refill(id, 'energy')))
    expect(await energyOf(id)).toBe(10n)
    expect(await refillsOf(id)).toHaveLength(2)
  })

  test('brings no day twice when two look at once, one of them a day ahead', async () => {
    const { id } = await aPerson(services)
    expect(await energyOf(id)).toBe(5n)
    clock.advance(DAY_MS)
    await using ahead = await open([energy], new VirtualClock(addMs(clock.now(), DAY_MS)))
    const hold = `select from gramkit.balance_refill where account_id =
                  (select id from gramkit.balance_account where user_id = $1) for update`
    const refill = () =>
      Promise.all([services, ahead.services].map(({ refills }) => refills.refill(id, 'energy')))
    await overtake({ database }, hold, [id], refill, { count: 2 })
    expect(await energyOf(id)).toBe(15n)
  })

  test('brings who was away what each day would have, up to the cap', async () => {
    const { id } = await aPerson(services)
    expect(await energyOf(id)).toBe(5n)
    clock.advance(2 * DAY_MS)
    expect(await energyOf(id)).toBe(15n)
    clock.advance(30 * DAY_MS)
    expect(await energyOf(id)).toBe(20n)
    await spend(id, 18n)
    expect(await energyOf(id)).toBe(2n)
    clock.advance(DAY_MS)
    expect(await services.balance.list(id)).toMatchObject([{ unit: 'energy', amount: 7n }])
  })

  test('that is full uses its period up, so that spending does not bring it back', async () => {
    const { id } = await aPerson(services)
    await services.balance.credit({ ...facts, id: newId(), userId: id, amount: 50n })
    expect(await energyOf(id)).toBe(50n)
    await spend(id, 50n)
    expect(await energyOf(id)).toBe(0n)
    clock.advance(DAY_MS)
    expect(await energyOf(id)).toBe(5n)
  })

  test('refills before it is spent or held, so that nobody is refused what is due', async () => {
    const { id } = await aPerson(services)
    await spend(id, 5n)
    await expect(spend(id, 1n)).rejects.toMatchObject({ code: 'balance.insufficient_funds' })
    clock.advance(DAY_MS)
    await services.holds.place({ ...facts, id: newId(), userId: id, amount: 5n })
    expect(await services.balance.list(id)).toMatchObject([{ amount: 5n, held: 5n }])
  })

  test('never deadlocks those who pay each other on a new day', async () => {
    const people = await Promise.all([1, 2, 3, 4].map(() => aPerson(services)))
    const pay = (from: number, to: number) =>
      services.balance.transfer({
        ...facts,
        ...{ id: newId(), amount: 1n },
        source: { userId: people[from]?.id ?? '' },
        target: { userId: people[to]?.id ?? '' },
      })
    const paid = Array.from({ length: 16 }, (_, index) =>
      pay(index % 4, (index + 1 + (index % 3)) % 4),
    )
    expect((await Promise.allSettled(paid)).map(({ status }) => status)).toEqual(
      paid.map(() => 'fulfilled'),
    )
  })

  test('refills nobody twice for a day by travelling', async () => {
    const { id } = await aPerson(services)
    await moveTo(id, 'Pacific/Kiritimati')
    clock.set(new Date('2031-05-01T12:00:00Z'))
    expect(await energyOf(id)).toBe(5n)
    for (const timeZone of ['Pacific/Honolulu', 'UTC', 'Pacific/Kiritimati', 'Asia/Tokyo']) {
      await moveTo(id, timeZone)
      expect(await energyOf(id)).toBe(5n)
    }
    // It was 2 May on Kiritimati: who goes back waits until it is 3 May where they are.
    await moveTo(id, 'Pacific/Honolulu')
    clock.set(new Date('2031-05-03T09:59:59Z'))
    expect(await energyOf(id)).toBe(5n)
    clock.set(new Date('2031-05-03T10:00:00Z'))
    expect(await energyOf(id)).toBe(10n)
  })

  test('gives the same, whoever travels how and looks when', async () => {
    const zone = fc.constantFrom(
      ...['UTC', 'Pacific/Kiritimati', 'Pacific/Honolulu', 'Europe/Berlin', 'America/New_York'],
    )
    const step = fc.tuple(fc.integer({ min: 0, max: 60 }), zone)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { id } = await aPerson(services)
        const began = clock.now()
        for (const [hours, timeZone] of steps) {
          clock.advance(hours * HOUR_MS)
          await moveTo(id, timeZone)
          await spend(id, await energyOf(id)).catch(() => undefined)
        }
        const refills = await refillsOf(id)
        expect(new Set(refills.map(({ reference }) => reference)).size).toBe(refills.length)
        // The most there can be: a date more than has passed, and one for a start ahead of it.
        const days = Math.ceil((clock.now().getTime() - began.getTime()) / DAY_MS)
        const given = refills.reduce((sum, { amount }) => sum + amount, 0n)
        expect(given).toBeLessThanOrEqual(5n * BigInt(days + 2))
      }),
      { numRuns: 8 },
    )
  })

  test('refills once on a day of 23 hours and once on one of 25', async () => {
    const { id } = await aPerson(services)
    await moveTo(id, 'Europe/Berlin')
    for (const noon of ['2032-03-27', '2032-10-30'].map((day) => new Date(`${day}T11:00:00Z`))) {
      clock.set(noon)
      await energyOf(id)
      await spend(id, await energyOf(id))
      for (let hour = 0; hour < 48; hour++) {
        clock.set(addMs(noon, hour * HOUR_MS))
        await energyOf(id)
      }
      expect(await energyOf(id)).toBe(10n)
    }
  })

  test('begins anew with another period, and gives none twice when the old one comes back', async () => {
    const { id } = await aPerson(services)
    expect(await energyOf(id)).toBe(5n)
    await using weekly = await open([{ ...energy, refill: { ...energy.refill, every: 'week' } }])
    expect(await weekly.services.balance.get(id, 'energy')).toBe(10n)
    await using bigger = await open([{ ...energy, refill: { ...energy.refill, amount: 7n } }])
    expect(await bigger.services.balance.get(id, 'energy')).toBe(10n)
    clock.advance(DAY_MS)
    expect(await bigger.services.balance.get(id, 'energy')).toBe(17n)
  })

  test('is refused at the start when it breaks a rule', async () => {
    await expect(open([energy, energy])).rejects.toMatchObject({
      code: 'kernel.invalid_value',
      details: { field: 'resources.energy' },
    })
  })
})
