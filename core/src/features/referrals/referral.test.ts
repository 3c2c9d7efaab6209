import { expect, test } from 'vitest'
import { afterStep, checkHour, REFERRAL_STATUSES, REFERRAL_STEPS } from './referral.ts'

/** Every state by every step: what it becomes, or nothing. */
const TABLE = {
  //            join      sign_up      qualify      lapse     claw_back
  shared: ['joined', 'signed_up', undefined, undefined, undefined],
  joined: [undefined, 'signed_up', undefined, 'lapsed', 'clawed_back'],
  signed_up: [undefined, undefined, 'qualified', 'lapsed', 'clawed_back'],
  qualified: [undefined, undefined, undefined, undefined, 'clawed_back'],
  lapsed: [undefined, undefined, 'qualified', undefined, 'clawed_back'],
  clawed_back: [undefined, undefined, undefined, undefined, undefined],
} as const

test.each(REFERRAL_STATUSES)('what can become of a %s referral', (status) => {
  expect(REFERRAL_STEPS.map((step) => afterStep(status, step))).toEqual(TABLE[status])
})

test.each([
  ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T12:00:00.001Z', '2026-03-01T13:00:00.000Z'],
  ['2026-03-01T23:59:59.000Z', '2026-03-02T00:00:00.000Z'],
])('what is due at %s is looked at with all of its hour, at %s', (due, looked) => {
  expect(checkHour(new Date(due)).toISOString()).toBe(looked)
})
