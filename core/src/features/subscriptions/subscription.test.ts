import { describe, expect, test } from 'vitest'
import { SUBSCRIPTION_STATUSES, SUBSCRIPTION_STEPS, transition } from './subscription.ts'

/** Each cell of the table in the README: rows are states, columns are steps in their order. */
const TABLE = `
           buy    renew  renew_late decline  cancel   pause  resume permit   gift     change end
trialing   active active active     ignore   refuse   refuse refuse refuse   trialing refuse expired
active     active active active     past_due canceled paused ignore ignore   active   active expired
past_due   active active active     past_due canceled refuse refuse refuse   past_due refuse expired
canceled   active active canceled   ignore   canceled refuse active canceled canceled refuse expired
paused     active paused paused     ignore   canceled ignore active canceled paused   refuse expired
expired    active active canceled   ignore   refuse   refuse refuse refuse   refuse   refuse ignore
`

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

describe('the table of states and steps', () => {
  test('names every state and every step', () => {
    expect(head).toEqual(SUBSCRIPTION_STEPS)
    expect(rows.map(([status]) => status)).toEqual(SUBSCRIPTION_STATUSES)
  })

  for (const [row, status] of SUBSCRIPTION_STATUSES.entries()) {
    test.each([...SUBSCRIPTION_STEPS.entries()])(`${status}: cell %i, %s`, (column, step) => {
      expect(transition(status, step)).toBe(rows[row]?.[column + 1])
    })
  }

  test('never refuses or ignores money', () => {
    for (const status of SUBSCRIPTION_STATUSES) {
      for (const step of ['buy', 'renew', 'renew_late'] as const) {
        expect(['active', 'canceled', 'paused']).toContain(transition(status, step))
      }
    }
  })
})
