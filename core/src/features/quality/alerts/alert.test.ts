import { describe, expect, test } from 'vitest'
import { trustOf } from '../metrics.ts'
import { qualityThresholds } from '../thresholds.ts'
import { escalationsAt, findingsIn } from './alert.ts'
import { alertEscalatedTemplate, alertOpenedTemplate } from './alert-templates.ts'

const thresholds = qualityThresholds.initial
const found = (churn: number | null, fraud: number | null, engagement: number | null) => {
  const rates = { churn, fraud, engagement }
  return findingsIn(rates, trustOf(rates, thresholds), thresholds).map(
    ({ metric, severity, threshold }) => `${metric} ${severity} ${threshold}`,
  )
}

test.each([
  ['nothing', [0.12, 0.02, 0.75], []],
  ['nothing at the bounds', [0.15, 0.02, 0.5], []],
  ['a warning of churn', [0.151, 0, 1], ['churn warning 0.15']],
  ['a warning of churn at the critical bound', [0.2, 0, 1], ['churn warning 0.15']],
  ['critical churn', [0.201, 0, 1], ['churn critical 0.2']],
  ['a warning of fraud', [0, 0.021, 1], ['fraud warning 0.02']],
  ['critical fraud', [0, 0.051, 1], ['fraud critical 0.05']],
  ['a warning of engagement', [0, 0, 0.49], ['engagement warning 0.5']],
  [
    'critical engagement, and of trust too',
    [0, 0, 0.29],
    ['trust warning 0.8', 'engagement critical 0.3'],
  ],
  ['critical trust by fraud', [0, 0.16, 1], ['trust critical 0.7', 'fraud critical 0.05']],
  ['nothing of what is not known', [null, null, null], []],
] as const)('finds %s', (_what, [churn, fraud, engagement], findings) => {
  expect(found(churn, fraud, engagement)).toEqual(findings)
})

test.each([
  [4, 0],
  [5, 1],
  [14, 1],
  [15, 2],
  [29, 2],
  [30, 3],
  [1_000, 3],
])('after %i minutes an alert was told again %i times', (minutes, times) => {
  const openedAt = new Date('2026-07-01T12:00:00.000Z')
  expect(escalationsAt(openedAt, new Date(openedAt.getTime() + minutes * 60_000))).toBe(times)
})

describe('the message of an alert', () => {
  const facts = { metric: 'churn', severity: 'critical', value: 0.23, threshold: 0.2 } as const
  const reader = { language: 'en', timeZone: 'UTC' } as const

  test('says in both languages what is beyond which threshold', () => {
    const opened = { ...facts, minutes: 0 }
    const { en, ru } = alertOpenedTemplate.texts
    expect(en(opened, reader)).toEqual({
      title: 'Critical: churn',
      text: 'Critical: churn is at 23%, the threshold is 20%.',
    })
    expect(ru(opened, reader).text).toBe('Критично: отток 23\u00a0%, порог 20\u00a0%.')
  })

  test('says how long nobody has looked at it', () => {
    const { text } = alertEscalatedTemplate.texts.en({ ...facts, minutes: 15 }, reader)
    expect(text).toContain('Nobody has looked at it for 15 minutes.')
  })
})
