import { describe, expect, test } from 'vitest'
import {
  DUNNING_DEFAULTS,
  type DunningCourse,
  dunningPolicyFields,
  nextDunningStep,
} from './dunning.ts'

const openedAt = new Date('2028-02-27T08:30:00Z')
const course = (step: number, declineClass: DunningCourse['declineClass'] = null) => ({
  ...{ openedAt, step, declineClass },
})

describe('what is owed', () => {
  test.each([
    [0, 'temporary', 'retry', '2028-02-28'],
    [1, 'temporary', 'retry', '2028-03-01'],
    [2, 'temporary', 'retry', '2028-03-03'],
    [3, 'temporary', 'retry', '2028-03-05'],
    [4, 'temporary', 'end', '2028-03-12'],
    [0, 'final', 'ask_method', '2028-02-28'],
    [3, 'final', 'ask_method', '2028-03-05'],
    [4, 'final', 'end', '2028-03-12'],
    [0, null, 'remind', '2028-02-28'],
    [4, null, 'end', '2028-03-12'],
    [9, 'temporary', 'end', '2028-03-12'],
  ] as const)('after %i steps and a %s decline: %s on %s', (step, declineClass, kind, day) => {
    expect(nextDunningStep(DUNNING_DEFAULTS, course(step, declineClass))).toEqual({
      ...{ kind, at: new Date(`${day}T08:30:00Z`) },
    })
  })

  test('is followed as far as the tenant says', () => {
    const policy = { days: [2], endDay: 2, end: 'cancel' as const }
    expect(nextDunningStep(policy, course(0))).toMatchObject({ kind: 'remind' })
    expect(nextDunningStep(policy, course(1))).toEqual({
      ...{ kind: 'end', at: new Date('2028-02-29T08:30:00Z') },
    })
  })

  test.each([
    [{ days: [] }, 'are none'],
    [{ days: [3, 3] }, 'do not go up'],
    [{ days: [0] }, 'is below 1'],
    [{ days: [366] }, 'is above 365'],
    [{ endDay: 6 }, 'is before the last of the days'],
    [{ end: 'sue' }, 'is none of cancel, pause, uncollectible, nothing'],
    [{ every: 1 }, 'Unrecognized key: "every"'],
  ])('is not followed by %o', (wrong, problem) => {
    const { error } = dunningPolicyFields.safeParse({ ...DUNNING_DEFAULTS, ...wrong })
    expect(error?.issues[0]?.message).toBe(problem)
  })
})
