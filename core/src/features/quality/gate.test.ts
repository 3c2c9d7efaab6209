import { describe, expect, test } from 'vitest'
import { decide, type GateState } from './gate.ts'
import { checkRate, figureOf, type Rates, ratesOf, trustOf } from './metrics.ts'
import { qualityThresholds } from './thresholds.ts'

const { initial: INITIAL_THRESHOLDS, schema: thresholdsSchema } = qualityThresholds

const rates = (churn: number | null, fraud: number | null, engagement: number | null): Rates => ({
  churn,
  fraud,
  engagement,
})

describe('the trust', () => {
  // Beside the figures of the tests that the original came with.
  test.each([
    ['the sample figures of the page, which are all tolerated', rates(0.12, 0.02, 0.75), 1],
    ['every bound itself', rates(0.15, 0.05, 0.5), 1],
    ['churn, twice', rates(0.25, 0, 1), 0.8],
    ['fraud, three times', rates(0, 0.15, 1), 0.7],
    ['engagement, once', rates(0, 0, 0.3), 0.8],
    ['all three', rates(0.2, 0.1, 0.4), 0.65],
    ['no less than nothing', rates(1, 1, 0), 0],
    ['nobody who does anything, but no fraud', rates(0, 0, 0), 0.5],
    ['nothing for what is not known', rates(null, null, 0.4), 0.9],
    ['all for what is not known but churn', rates(0.3, null, null), 0.7],
    ['unknown where nothing is known', rates(null, null, null), null],
  ])('takes off %s', (_what, figures, trust) => {
    expect(trustOf(figures, INITIAL_THRESHOLDS)).toBe(trust)
  })

  test('follows the thresholds', () => {
    const churn = { ...INITIAL_THRESHOLDS.churn, tolerated: 0.1, weight: 1 }
    expect(trustOf(rates(0.2, 0, 1), { ...INITIAL_THRESHOLDS, churn })).toBe(0.9)
  })
})

describe('the gate', () => {
  test.each([
    // Fine.
    ['open', rates(0.12, 0.02, 0.75), 'open', 'healthy', []],
    ['closed', rates(0.12, 0.02, 0.75), 'open', 'healthy', []],
    ['open', rates(0.149, 0, 0.301), 'open', 'healthy', []],
    // Bad: trust below 0.7, or churn above 0.2.
    ['open', rates(0, 0.151, 1), 'closed', 'critical', ['trust_low']],
    ['open', rates(0.201, 0, 1), 'closed', 'critical', ['churn_high']],
    ['slowed', rates(0.4, 0, 1), 'closed', 'critical', ['trust_low', 'churn_high']],
    // Between: at the bounds it neither closes nor opens.
    ['open', rates(0, 0.15, 1), 'slowed', 'warning', ['trust_not_recovered']],
    ['open', rates(0.2, 0, 1), 'slowed', 'warning', ['churn_not_recovered']],
    ['slowed', rates(0.15, 0, 1), 'slowed', 'warning', ['churn_not_recovered']],
    ['slowed', rates(0, 0, 0.3), 'slowed', 'warning', ['trust_not_recovered']],
    ['closed', rates(0, 0, 0.3), 'closed', 'critical', ['trust_not_recovered']],
    ['closed', rates(0.15, 0, 1), 'closed', 'critical', ['churn_not_recovered']],
    // Without a sample.
    ['open', rates(null, null, null), 'open', 'healthy', ['no_sample']],
    ['closed', rates(null, null, null), 'open', 'healthy', ['no_sample']],
    ['closed', rates(null, 0, 1), 'open', 'healthy', []],
    ['open', rates(null, 0.3, 1), 'closed', 'critical', ['trust_low']],
  ] as const)('that is %s becomes by %j %s, %s', (was, figures, state, health, reasons) => {
    const decision = decide(was, figures, INITIAL_THRESHOLDS)
    expect([decision.state, decision.health]).toEqual([state, health])
    expect(decision.reasons.map(({ code }) => code)).toEqual(reasons)
  })

  test('names what was measured and what it is held against', () => {
    expect(decide('open', rates(0.23, 0, 1), INITIAL_THRESHOLDS).reasons).toEqual([
      { code: 'churn_high', value: 0.23, threshold: 0.2 },
    ])
  })

  test('does not flap while churn goes up and down between its bounds', () => {
    let state: GateState = 'open'
    const states = [0.1, 0.16, 0.19, 0.21, 0.19, 0.16, 0.2, 0.15, 0.14, 0.16, 0.1].map((churn) => {
      state = decide(state, rates(churn, 0, 1), INITIAL_THRESHOLDS).state
      return state
    })
    expect(states.join(' ')).toBe(
      'open slowed slowed closed closed closed closed closed open slowed open',
    )
  })
})

describe('a figure', () => {
  test('tells of nobody without people, and counts from the smallest sample on', () => {
    expect(figureOf('churn', { some: 0, all: 0 })).toEqual({ rate: null, sample: 0 })
    const of = (all: number) => figureOf('churn', { some: 33, all })
    const counted = { churn: of(100), fraud: of(99), engagement: figureOf('churn', zero) }
    expect(ratesOf(counted, INITIAL_THRESHOLDS)).toEqual(rates(0.33, null, null))
  })
  const zero = { some: 0, all: 0 }

  test.each([
    [Number.NaN, 10],
    [-1, 10],
    [11, 10],
    [0.5, 10],
    [1, Number.POSITIVE_INFINITY],
    [1, 1e12],
  ])('of %d of %d people is refused', (some, all) => {
    expect(() => figureOf('churn', { some, all })).toThrow(/churn/)
  })

  test.each([
    [undefined, 'churn_rate is missing'],
    [Number.NaN, 'churn_rate is not a number from 0 to 1'],
    [-0.01, 'churn_rate is not a number from 0 to 1'],
    [1.01, 'churn_rate is not a number from 0 to 1'],
    [1e308, 'churn_rate is not a number from 0 to 1'],
    [Number.POSITIVE_INFINITY, 'churn_rate is not a number from 0 to 1'],
    ['0.5', 'churn_rate is not a number from 0 to 1'],
    [null, 'churn_rate is not a number from 0 to 1'],
  ])('that is given as %j is refused', (value, problem) => {
    expect(() => checkRate('churn_rate', value)).toThrow(problem)
  })

  test('that is given as 0 or 1 is taken', () => {
    expect([checkRate('fraud_rate', 0), checkRate('fraud_rate', 1)]).toEqual([0, 1])
  })
})

describe('thresholds', () => {
  const { trust, churn, fraud, engagement } = INITIAL_THRESHOLDS

  test('of the design are the initial ones, and valid', () => {
    expect(thresholdsSchema.parse(INITIAL_THRESHOLDS)).toEqual(INITIAL_THRESHOLDS)
  })

  test.each([
    ['trust.closesBelow', { trust: { ...trust, closesBelow: Number.NaN } }],
    ['trust.opensAbove', { trust: { ...trust, opensAbove: 0.69 } }],
    ['trust.opensAbove', { trust: { closesBelow: 0.7 } }],
    ['churn.opensBelow', { churn: { ...churn, opensBelow: 0.21 } }],
    ['churn.tolerated', { churn: { ...churn, tolerated: 0.21 } }],
    ['churn.weight', { churn: { ...churn, weight: -1 } }],
    ['churn.weight', { churn: { ...churn, weight: 1e9 } }],
    ['fraud.warnsAbove', { fraud: { ...fraud, warnsAbove: 0.06 } }],
    ['engagement.criticalBelow', { engagement: { ...engagement, criticalBelow: 0.6 } }],
    ['sampleMin', { sampleMin: 0 }],
    ['sampleMin', { sampleMin: undefined }],
  ])('that make no sense are refused by their field: %s', (field, change) => {
    const { error } = thresholdsSchema.safeParse({ ...INITIAL_THRESHOLDS, ...change })
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([field])
  })
})
