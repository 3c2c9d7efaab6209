/**
 * The growth gate: how far the growth of an invite-only app can be trusted, and whether it goes on
 * issuing invitations.
 *
 * @module
 */

// Types
export type {
  GateDecision,
  GateOverride,
  GateReason,
  GateState,
  Health,
} from './gate.ts'
export type { Figure, Metric, Metrics, Rates } from './metrics.ts'
// Errors
export { GateClosed, RedeemingStopped } from './quality.errors.ts'
// Use cases
export { type GateChange, QualityRepository } from './quality.repository.ts'
export { type Gate, type QualityScope, QualityService } from './quality.service.ts'
// Tables
export { qualityGateChange, qualitySnapshot } from './quality.table.ts'
export type { Snapshot, SnapshotSource } from './snapshot.ts'
export { INITIAL_THRESHOLDS, type Thresholds, thresholdsSchema } from './thresholds.ts'
