import { expect, test } from 'vitest'
import { afterStep, REFERRAL_STATUSES, REFERRAL_STEPS } from './referral.ts'

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
