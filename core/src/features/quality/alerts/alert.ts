import type { Rates } from '../metrics.ts'
import type { Thresholds } from '../thresholds.ts'

/** What an alert is about: the trust, or one of the metrics. */
export const ALERT_METRICS = ['trust', 'churn', 'fraud', 'engagement'] as const

/** One of {@link ALERT_METRICS}. */
export type AlertMetric = (typeof ALERT_METRICS)[number]

/** How bad it is; only what is critical is escalated. */
export const SEVERITIES = ['warning', 'critical'] as const

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number]

/** What somebody has to be told of. */
export interface Finding {
  readonly metric: AlertMetric
  readonly severity: Severity
  /** What was measured. */
  readonly value: number
  /** What it is held against. */
  readonly threshold: number
}

/** Minutes after which a critical alert that nobody acknowledged is told again. */
export const ESCALATION_MINUTES = [5, 15, 30] as const

/** What there is to tell of some figures: at most one finding for each metric, the worse one. */
export function findingsIn(
  rates: Rates,
  trust: number | null,
  thresholds: Thresholds,
): readonly Finding[] {
  const { trust: trusted, churn, fraud, engagement } = thresholds
  return [
    ...judge('trust', trust, { below: [trusted.closesBelow, trusted.opensAbove] }),
    ...judge('churn', rates.churn, { above: [churn.closesAbove, churn.tolerated] }),
    ...judge('fraud', rates.fraud, { above: [fraud.tolerated, fraud.warnsAbove] }),
    ...judge('engagement', rates.engagement, {
      below: [engagement.criticalBelow, engagement.expected],
    }),
  ]
}

/** Two bounds, the critical one first. */
type Bounds = readonly [critical: number, warning: number]

function judge(
  metric: AlertMetric,
  value: number | null,
  { above, below }: { readonly above?: Bounds; readonly below?: Bounds },
): Finding[] {
  if (value === null) return []
  const isBeyond = (bound: number): boolean => (above ? value > bound : value < bound)
  const [critical, warning] = above ?? below ?? [0, 0]
  if (isBeyond(critical)) return [{ metric, severity: 'critical', value, threshold: critical }]
  return isBeyond(warning) ? [{ metric, severity: 'warning', value, threshold: warning }] : []
}

/** How often an alert should have been told again by now: 0 to 3. */
export function escalationsAt(openedAt: Date, now: Date): number {
  const minutes = (now.getTime() - openedAt.getTime()) / 60_000
  return ESCALATION_MINUTES.filter((after) => minutes >= after).length
}
