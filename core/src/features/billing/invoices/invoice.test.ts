import { describe, expect, test } from 'vitest'
import { INVOICE_STATES, INVOICE_STEPS, invoiceAfter, remainingOf } from './invoice.ts'

/** Rows are states, columns are steps in their order; a dash is a refusal. */
const TABLE = `
               finalize  pay_part       pay_rest take_back_part take_back_all fall_overdue void write_off
draft          finalized -              -        -              -             -            -    -
finalized      -         partially_paid paid     -              -             overdue      void uncollectible
partially_paid -         partially_paid paid     partially_paid finalized     overdue      -    uncollectible
paid           -         -              -        partially_paid finalized     -            -    -
overdue        -         overdue        paid     overdue        overdue       -            void uncollectible
void           -         -              -        -              -             -            -    -
uncollectible  -         uncollectible  paid     uncollectible  uncollectible -            -    -
`

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

describe('the table of states and steps', () => {
  test('names every state and every step', () => {
    expect(head).toEqual(INVOICE_STEPS)
    expect(rows.map(([state]) => state)).toEqual(INVOICE_STATES)
  })

  for (const [row, state] of INVOICE_STATES.entries()) {
    test.each([...INVOICE_STEPS.entries()])(`${state}: cell %i, %s`, (column, step) => {
      expect(invoiceAfter(state, step) ?? '-').toBe(rows[row]?.[column + 1])
    })
  }
})

test('nothing is left to pay of a void invoice', () => {
  const amounts = { total: 100n, paid: 30n, credited: 10n }
  expect(remainingOf({ state: 'overdue', ...amounts })).toBe(60n)
  expect(remainingOf({ state: 'void', ...amounts })).toBe(0n)
})
