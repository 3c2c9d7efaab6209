import { expect, test } from 'vitest'
import { DAY_MS } from '../../../kernel/index.ts'
import { nextRound } from './departure.ts'

const now = new Date('2030-01-01T00:00:00Z')
const waitMs = (rounds: number, isWaiting: boolean) => {
  const next = nextRound(rounds, now, isWaiting)
  return next && next.getTime() - now.getTime()
}

test('rows that came late are looked for after a minute, an hour and a day', () => {
  expect([1, 2, 3, 4].map((rounds) => waitMs(rounds, false))).toEqual([
    60_000,
    3_600_000,
    DAY_MS,
    null,
  ])
})

test('what has to wait is looked at every day until it is gone', () => {
  expect([4, 5, 400].map((rounds) => waitMs(rounds, true))).toEqual([DAY_MS, DAY_MS, DAY_MS])
})
