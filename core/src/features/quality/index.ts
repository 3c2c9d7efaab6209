/**
 * The growth gate: how far the growth of an invite-only app can be trusted, and whether it goes on
 * issuing invitations.
 *
 * @module
 */

export { qualityAlert } from './alerts/alert.table.ts'
// Alerts
export {
  ALERT_METRICS,
  type AlertMetric,
  ESCALATION_MINUTES,
  SEVERITIES,
  type Severity,
} from './alerts/alert.ts'
export {
  type AlertFacts,
  alertEscalatedTemplate,
  alertOpenedTemplate,
} from './alerts/alert-templates.ts'
export { alertEscalated, alertOpened, alertResolved } from './alerts/alerts.events.ts'
export { escalateDueAlerts, tellAlertEscalated, tellAlertOpened } from './alerts/alerts.jobs.ts'
export { type Alert, AlertsRepository } from './alerts/alerts.repository.ts'
export { type AlertsScope, AlertsService } from './alerts/alerts.service.ts'
// Types
export {
  GATE_REASONS,
  GATE_STATES,
  type GateOverride,
  type GateReason,
  type GateState,
  type Health,
} from './gate.ts'
export type { Gate, GateChange, GateHistory } from './gate-change.ts'
export { type Figure, METRICS, type Metric, type Metrics, type Rates } from './metrics.ts'
export { qualityPart } from './person-part.ts'
// Errors and events
export { GateClosed, RedeemingStopped } from './quality.errors.ts'
export { gateChanged, gateOverridden } from './quality.events.ts'
// Background work
export { evaluateByNewThresholds, evaluateDueQuality, measureDueQuality } from './quality.jobs.ts'
// Use cases
export { QualityRepository } from './quality.repository.ts'
export { type ByHand, type QualityScope, QualityService, type Standing } from './quality.service.ts'
// Tables
export { qualityGateChange, qualitySnapshot } from './quality.table.ts'
export type { Snapshot, SnapshotSource } from './snapshot.ts'
export { type PostedMetrics, type SnapshotsScope, SnapshotsService } from './snapshots.service.ts'
// Settings
export { qualityThresholds, type Thresholds } from './thresholds.ts'
