import { describe, expect, test } from 'vitest'
import { addMs } from '../../../kernel/index.ts'
import { createResourceCatalog, periodNumber, type ResourceInput } from './resource.ts'

const HOUR_MS = 3_600_000
const energy: ResourceInput = { unit: 'energy', refill: { amount: 5n, every: 'day', cap: 20n } }

describe('the catalog of resources', () => {
  test('finds what was declared', () => {
    const catalog = createResourceCatalog([energy])
    expect(catalog.find('energy')).toEqual(energy)
    expect(catalog.find('credits')).toBeUndefined()
    expect(catalog.list()).toEqual([energy])
  })

  test.each<[string, unknown]>([
    ['resources.no unit.unit', { ...energy, unit: 'no unit' }],
    ['resources.energy.refill.amount', { ...energy, refill: { ...energy.refill, amount: 0n } }],
    ['resources.energy.refill.cap', { ...energy, refill: { ...energy.refill, cap: 4n } }],
    ['resources.energy.refill.every', { ...energy, refill: { ...energy.refill, every: 'year' } }],
    ['resources.energy', { ...energy, other: 1 }],
  ])('refuses %s', (field, input) => {
    expect(() => createResourceCatalog([input as ResourceInput])).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ field }) }),
    )
  })

  test('refuses a unit that is declared twice', () => {
    expect(() => createResourceCatalog([energy, energy])).toThrow('declared twice')
  })
})

describe('the number of a period', () => {
  /** Instants at which the number changes, each hour of a range looked at. */
  const changes = (
    every: ResourceInput['refill']['every'],
    from: string,
    hours: number,
    zone: string,
  ) =>
    Array.from({ length: hours }, (_, hour) => addMs(new Date(from), hour * HOUR_MS)).filter(
      (instant) => {
        const before = periodNumber(every, addMs(instant, -1), zone)
        const after = periodNumber(every, instant, zone)
        expect([0, 1]).toContain(after - before)
        return after > before
      },
    )
  const texts = (instants: readonly Date[]) => instants.map((instant) => instant.toISOString())

  test('of a day changes at midnight where the user is, also when the clocks change', () => {
    // 31 March has 23 hours in Berlin, 27 October has 25.
    expect(texts(changes('day', '2030-03-30T12:00:00Z', 48, 'Europe/Berlin'))).toEqual([
      '2030-03-30T23:00:00.000Z',
      '2030-03-31T22:00:00.000Z',
    ])
    expect(texts(changes('day', '2030-10-26T12:00:00Z', 48, 'Europe/Berlin'))).toEqual([
      '2030-10-26T22:00:00.000Z',
      '2030-10-27T23:00:00.000Z',
    ])
  })

  test('of a week changes on Monday, of a month on its first day, of an hour every hour', () => {
    expect(texts(changes('week', '2030-01-01T00:00:00Z', 24 * 14, 'Asia/Tokyo'))).toEqual([
      '2030-01-06T15:00:00.000Z',
      '2030-01-13T15:00:00.000Z',
    ])
    expect(texts(changes('month', '2029-12-15T00:00:00Z', 24 * 60, 'UTC'))).toEqual([
      '2030-01-01T00:00:00.000Z',
      '2030-02-01T00:00:00.000Z',
    ])
    expect(changes('hour', '2030-03-31T00:00:00Z', 24, 'Europe/Berlin')).toHaveLength(24)
  })
})
