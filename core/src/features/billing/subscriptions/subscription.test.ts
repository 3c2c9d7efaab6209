import { describe, expect, test } from 'vitest'
import { BILLED_STATUSES, BILLED_STEPS, billedAfter } from './subscription.ts'

/** Rows are statuses, columns are steps in their order; a dash is a refusal. */
const TABLE = `
         begin  fall_behind catch_up change   pause  resume cancel   expire
trial    active -           -        trial    -      -      canceled expired
active   -      past_due    -        active   paused -      canceled expired
past_due -      -           active   past_due paused -      canceled -
paused   -      -           -        -        -      active canceled -
canceled -      -           -        -        -      -      -        -
expired  -      -           -        -        -      -      -        -
`

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

describe('the table of statuses and steps', () => {
  test('names every status and every step', () => {
    expect(head).toEqual(BILLED_STEPS)
    expect(rows.map(([status]) => status)).toEqual(BILLED_STATUSES)
  })

  for (const [row, status] of BILLED_STATUSES.entries()) {
    test.each([...BILLED_STEPS.entries()])(`${status}: cell %i, %s`, (column, step) => {
      expect(billedAfter(status, step) ?? '-').toBe(rows[row]?.[column + 1])
    })
  }
})
