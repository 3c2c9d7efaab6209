import type { Page } from '../../kernel/index.ts'
import { BATCH_FACTORS, type GateOverride, type GateReason, type GateState } from './gate.ts'

/** A change of the gate, with all that it was from then on. */
export interface GateChange {
  /** 1, 2, 3 and so on. */
  readonly version: number
  /** What the figures make of it; an override stands above. */
  readonly state: GateState
  readonly reasons: readonly GateReason[]
  readonly overrideState: 'open' | 'closed' | null
  readonly overrideUntil: Date | null
  readonly overrideActor: string | null
  readonly overrideReason: string | null
  readonly isRedeemingAllowed: boolean
  /** Who changed it: `system`, `admin`, or a user's id. */
  readonly actor: string
  readonly reason: string
  /** The figures that it was decided by; null where there were none. */
  readonly snapshotId: string | null
  readonly createdAt: Date
}

/** A page of changes, newest first. */
export type GateHistory = Page<GateChange>

/** What the gate lets through at this moment. */
export interface Gate {
  readonly state: GateState
  readonly isIssuingAllowed: boolean
  readonly isRedeemingAllowed: boolean
  /** The part of a batch that may be issued. */
  readonly batchFactor: 0 | 0.5 | 1
  /** Why it is not simply open. */
  readonly reasons: readonly GateReason[]
  /** Somebody set it by hand; null while it takes care of itself. */
  readonly override: GateOverride | null
}

/** What a gate that takes care of itself has of an override. */
export const NO_OVERRIDE = {
  overrideState: null,
  overrideUntil: null,
  overrideActor: null,
  overrideReason: null,
} as const

/** The gate before anybody or anything changed it. */
export const FRESH_GATE = {
  version: 0,
  state: 'open',
  reasons: [reasonOf('no_sample')],
  ...NO_OVERRIDE,
  isRedeemingAllowed: true,
  snapshotId: null,
} as const satisfies Omit<GateChange, 'actor' | 'reason' | 'createdAt'>

/** The part of a change that holds until the next one. */
export type GateRow = Omit<GateChange, 'actor' | 'reason' | 'createdAt'>

/** What a change lets through at an instant: an override is over the moment its time is. */
export function gateOf(row: GateRow, now: Date): Gate {
  const override = overrideOf(row, now)
  const state = override?.state ?? row.state
  return {
    state,
    isIssuingAllowed: state !== 'closed',
    isRedeemingAllowed: row.isRedeemingAllowed,
    batchFactor: BATCH_FACTORS[state],
    reasons: override ? [reasonOf('overridden')] : row.reasons,
    override,
  }
}

function overrideOf(row: GateRow, now: Date): GateOverride | null {
  const { overrideState: state, overrideUntil: until, overrideActor: actor } = row
  const reason = row.overrideReason
  if (!state || !until || actor === null || reason === null || until <= now) return null
  return { state, until, actor, reason }
}

function reasonOf(code: GateReason['code']): GateReason {
  return { code, value: null, threshold: null }
}
