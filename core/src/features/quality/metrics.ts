import { InvalidValue } from '../../kernel/index.ts'
import type { Thresholds } from './thresholds.ts'

/** Share of some people, and how many people it tells of. */
export interface Figure {
  /** 0 to 1; null of nobody. */
  readonly rate: number | null
  readonly sample: number
}

/**
 * What is known of the growth:
 *
 * - churn: who was active 60 to 31 days ago and not since, of those who were active then;
 * - fraud: who signed up within 30 days and was flagged or clawed back, of those who signed up;
 * - engagement: who was active within 7 days, of those who were active within 30.
 */
export const METRICS = ['churn', 'fraud', 'engagement'] as const

/** One of {@link METRICS}. */
export type Metric = (typeof METRICS)[number]

/** A figure for each metric. */
export type Metrics = Readonly<Record<Metric, Figure>>

/** Rates of the metrics that tell of enough people; null of those that do not. */
export type Rates = Readonly<Record<Metric, number | null>>

/** People of a growing app are counted in safe integers. */
const PEOPLE_MAX = 2_000_000_000

/**
 * Makes the figure of some people among others.
 *
 * @throws {@link InvalidValue} when either is no count, or some are more than all
 */
export function figureOf(metric: Metric, { some, all }: { some: number; all: number }): Figure {
  checkCount(`${metric}.some`, some)
  checkCount(`${metric}.all`, all)
  if (some > all) {
    throw new InvalidValue({ field: metric, problem: `counts ${some} people of only ${all}` })
  }
  return { rate: all === 0 ? null : some / all, sample: all }
}

/**
 * Checks a rate that somebody gives.
 *
 * @throws {@link InvalidValue} for what is missing, not a number, negative or above 1
 */
export function checkRate(field: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw new InvalidValue({
      field,
      problem: value === undefined ? 'is missing' : 'is not a number from 0 to 1',
    })
  }
  return value
}

/**
 * Checks a number of people that somebody gives.
 *
 * @throws {@link InvalidValue}
 */
export function checkCount(field: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > PEOPLE_MAX) {
    throw new InvalidValue({ field, problem: `is not a whole number from 0 to ${PEOPLE_MAX}` })
  }
  return value
}

/** The rates that count: those of enough people. */
export function ratesOf(metrics: Metrics, { sampleMin }: Pick<Thresholds, 'sampleMin'>): Rates {
  const rate = ({ rate, sample }: Figure): number | null => (sample < sampleMin ? null : rate)
  return {
    churn: rate(metrics.churn),
    fraud: rate(metrics.fraud),
    engagement: rate(metrics.engagement),
  }
}

/**
 * How far the growth can be trusted, 0 to 1; null while nothing is known. What is not known takes
 * nothing off, so that one small sample does not close the gate.
 */
export function trustOf(rates: Rates, { churn, fraud, engagement }: Thresholds): number | null {
  if (METRICS.every((metric) => rates[metric] === null)) return null
  const lost =
    churn.weight * Math.max(0, (rates.churn ?? 0) - churn.tolerated) +
    fraud.weight * Math.max(0, (rates.fraud ?? 0) - fraud.tolerated) +
    engagement.weight * Math.max(0, engagement.expected - (rates.engagement ?? 1))
  // To the millionth, so that a trust of exactly 0.7 is not below 0.7 because of binary fractions.
  return Math.round(Math.min(1, Math.max(0, 1 - lost)) * 1_000_000) / 1_000_000
}
