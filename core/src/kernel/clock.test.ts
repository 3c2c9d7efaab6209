import { expect, test } from 'vitest'
import { VirtualClock } from './clock.ts'

const start = new Date('2026-01-31T12:00:00.000Z')

test('stands still until it is moved', () => {
  const clock = new VirtualClock(start)
  expect(clock.now()).toEqual(start)
  clock.advance(1_000)
  expect(clock.now()).toEqual(new Date('2026-01-31T12:00:01.000Z'))
})

test('never runs backwards', () => {
  const clock = new VirtualClock(start)
  clock.set(new Date('2025-01-01T00:00:00.000Z'))
  expect(clock.now()).toEqual(start)
})

test('runs on from where it was set when told to', () => {
  const clock = new VirtualClock(start, { frozen: false })
  clock.set(new Date('2026-02-28T12:00:00.000Z'))
  const first = clock.now().getTime()
  expect(first).toBeGreaterThanOrEqual(Date.parse('2026-02-28T12:00:00.000Z'))
  clock.set(clock.now(), { frozen: true })
  expect(clock.now()).toEqual(clock.now())
})
