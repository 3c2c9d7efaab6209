import { z } from 'zod'
import { defineSetting, type Setting } from '../../platform/settings/index.ts'

const rate = z.number().min(0).max(1)
const weight = z.number().min(0).max(100)

/**
 * What the gate is measured against. The tables of the quality gates, in one value: a warning begins
 * where a formula begins to take something off, and an alert is critical where the gate closes.
 */
export const thresholdsSchema = z
  .strictObject({
    /** People of whom a figure must tell before it counts. */
    sampleMin: z.int().min(1).max(1_000_000),
    trust: z.strictObject({
      /** Below this trust the gate closes. */
      closesBelow: rate,
      /** Above this trust it opens again. */
      opensAbove: rate,
    }),
    churn: z.strictObject({
      /** Churn that takes nothing off the trust. */
      tolerated: rate,
      /** What a churn of 1 above the tolerated one takes off. */
      weight,
      /** Above this churn the gate closes. */
      closesAbove: rate,
      /** Below this churn it opens again. */
      opensBelow: rate,
    }),
    fraud: z.strictObject({
      tolerated: rate,
      weight,
      /** Above this fraud somebody is told of it, though it takes nothing off yet. */
      warnsAbove: rate,
    }),
    engagement: z.strictObject({
      /** Engagement that takes nothing off the trust. */
      expected: rate,
      weight,
      /** Below this engagement an alert is critical. */
      criticalBelow: rate,
    }),
  })
  .superRefine(({ trust, churn, fraud, engagement }, context) => {
    const check = (isFine: boolean, path: string[], message: string): void => {
      if (!isFine) context.addIssue({ code: 'custom', path, message })
    }
    check(trust.opensAbove >= trust.closesBelow, ['trust', 'opensAbove'], 'is below closesBelow')
    check(churn.opensBelow <= churn.closesAbove, ['churn', 'opensBelow'], 'is above closesAbove')
    check(churn.tolerated <= churn.closesAbove, ['churn', 'tolerated'], 'is above closesAbove')
    check(fraud.warnsAbove <= fraud.tolerated, ['fraud', 'warnsAbove'], 'is above tolerated')
    const isOrdered = engagement.criticalBelow <= engagement.expected
    check(isOrdered, ['engagement', 'criticalBelow'], 'is above expected')
  })

/** What the gate is measured against. */
export type Thresholds = z.infer<typeof thresholdsSchema>

/** The thresholds, which an admin changes while the kit runs. */
export const qualityThresholds: Setting<Thresholds> = defineSetting({
  name: 'quality.thresholds',
  schema: thresholdsSchema,
  initial: {
    sampleMin: 100,
    trust: { closesBelow: 0.7, opensAbove: 0.8 },
    churn: { tolerated: 0.15, weight: 2, closesAbove: 0.2, opensBelow: 0.15 },
    fraud: { tolerated: 0.05, weight: 3, warnsAbove: 0.02 },
    engagement: { expected: 0.5, weight: 1, criticalBelow: 0.3 },
  },
})
