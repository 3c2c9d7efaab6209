import { type Rates, trustOf } from './metrics.ts'
import type { Thresholds } from './thresholds.ts'

/** Whether invitations are issued: all of a batch, half of it, or none. */
export const GATE_STATES = ['open', 'slowed', 'closed'] as const

/** One of {@link GATE_STATES}. */
export type GateState = (typeof GATE_STATES)[number]

/** How the growth does, for people to read. */
export type Health = 'healthy' | 'warning' | 'critical'

/**
 * Why the gate is as it is:
 *
 * - `no_sample`: nothing tells of enough people, so it is open;
 * - `trust_low`, `churn_high`: what closes it;
 * - `trust_not_recovered`, `churn_not_recovered`: what keeps it from opening again;
 * - `overridden`: somebody set it by hand.
 */
export const GATE_REASONS = [
  'no_sample',
  'trust_low',
  'churn_high',
  'trust_not_recovered',
  'churn_not_recovered',
  'overridden',
] as const

/** One reason, with what was measured and what it is held against. */
export interface GateReason {
  readonly code: (typeof GATE_REASONS)[number]
  readonly value: number | null
  readonly threshold: number | null
}

/** What the figures make of the gate. */
export interface GateDecision {
  readonly state: GateState
  readonly trust: number | null
  readonly health: Health
  /** Empty where everything is fine. */
  readonly reasons: readonly GateReason[]
}

/** A gate that was set by hand, until it takes care of itself again. */
export interface GateOverride {
  readonly state: 'open' | 'closed'
  readonly until: Date
  readonly actor: string
  readonly reason: string
}

/** The part of a batch that may be issued. */
export const BATCH_FACTORS = { open: 1, slowed: 0.5, closed: 0 } as const

const NO_SAMPLE: GateReason = { code: 'no_sample', value: null, threshold: null }

/**
 * Decides on the gate. It closes where trust or churn is bad and opens again only where both are
 * good; in between an open gate is slowed and a closed one stays closed, so that it does not flap.
 */
export function decide(was: GateState, rates: Rates, thresholds: Thresholds): GateDecision {
  const trust = trustOf(rates, thresholds)
  if (trust === null) return { state: 'open', trust, health: 'healthy', reasons: [NO_SAMPLE] }
  const { closesBelow, opensAbove } = thresholds.trust
  const { closesAbove, opensBelow } = thresholds.churn
  const churn = rates.churn ?? 0
  const bad = [
    ...reasonIf(trust < closesBelow, 'trust_low', trust, closesBelow),
    ...reasonIf(churn > closesAbove, 'churn_high', churn, closesAbove),
  ]
  if (bad.length > 0) return { state: 'closed', trust, health: 'critical', reasons: bad }
  const between = [
    ...reasonIf(trust <= opensAbove, 'trust_not_recovered', trust, opensAbove),
    ...reasonIf(
      rates.churn !== null && churn >= opensBelow,
      'churn_not_recovered',
      churn,
      opensBelow,
    ),
  ]
  if (between.length === 0) return { state: 'open', trust, health: 'healthy', reasons: [] }
  return was === 'closed'
    ? { state: 'closed', trust, health: 'critical', reasons: between }
    : { state: 'slowed', trust, health: 'warning', reasons: between }
}

function reasonIf(
  isSo: boolean,
  code: GateReason['code'],
  value: number,
  threshold: number,
): GateReason[] {
  return isSo ? [{ code, value, threshold }] : []
}
