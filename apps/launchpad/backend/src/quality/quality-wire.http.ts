import { instantWire } from '@gramkit/core/http'
import {
  ALERT_METRICS,
  type Alert,
  GATE_REASONS,
  GATE_STATES,
  type Gate,
  type GateChange,
  METRICS,
  SEVERITIES,
  type Snapshot,
  type Standing,
} from '@gramkit/core/quality'
import { z } from 'zod'

const shareWire = z.number().min(0).max(1).nullable()

/** A rate that an admin gives. */
export const rateWire = z.number().min(0).max(1)

const ratesWire = { churn_rate: shareWire, fraud_rate: shareWire, engagement_rate: shareWire }

const reasonWire = z.object({
  code: z.enum(GATE_REASONS),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
})

/** What the gate lets through. */
export const gateWire = z
  .object({
    state: z.enum(GATE_STATES),
    is_issuing_allowed: z.boolean(),
    is_redeeming_allowed: z.boolean(),
    /** The part of a batch that may be issued. */
    batch_factor: z.number(),
    reasons: z.array(reasonWire),
    override: z
      .object({
        state: z.enum(['open', 'closed']),
        until: instantWire,
        actor: z.string(),
        reason: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'Gate' })

/** How far the growth can be trusted. */
export const trustWire = z
  .object({
    /** Null while nothing tells of enough people. */
    trust_score: shareWire,
    ...ratesWire,
    invites_paused: z.boolean(),
    health_status: z.enum(['healthy', 'warning', 'critical']),
    /** Of how many people each figure tells. */
    sample: z.object({ churn: z.int(), fraud: z.int(), engagement: z.int() }),
    /** Which figures do not tell of enough people, in English. */
    note: z.string().nullable(),
  })
  .meta({ id: 'Trust' })

/** Something that somebody has to look at. */
export const alertWire = z
  .object({
    id: z.uuid(),
    metric: z.enum(ALERT_METRICS),
    severity: z.enum(SEVERITIES),
    /** In English. */
    message: z.string(),
    value: z.number(),
    threshold: z.number(),
    opened_at: instantWire,
    acknowledged_at: instantWire.nullable(),
    acknowledged_by: z.string().nullable(),
    resolved_at: instantWire.nullable(),
    escalations: z.int(),
  })
  .meta({ id: 'Alert' })

/** What an evaluation came to. */
export const evaluationWire = z
  .object({
    invites_allowed: z.boolean(),
    trust_score: shareWire,
    metrics: z.object(ratesWire),
    alerts: z.array(alertWire),
    state: z.enum(GATE_STATES),
    reasons: z.array(reasonWire),
  })
  .meta({ id: 'GateEvaluation' })

/** Figures of an instant. */
export const snapshotWire = z
  .object({
    id: z.uuid(),
    source: z.enum(['measured', 'posted']),
    actor: z.string(),
    trust_score: shareWire,
    ...ratesWire,
    sample: trustWire.shape.sample,
    created_at: instantWire,
  })
  .meta({ id: 'QualitySnapshot' })

/** A change of the gate. */
export const gateChangeWire = z
  .object({
    version: z.int(),
    /** By the override, where there was one. */
    state: z.enum(GATE_STATES),
    reasons: z.array(reasonWire),
    override_until: instantWire.nullable(),
    is_redeeming_allowed: z.boolean(),
    actor: z.string(),
    reason: z.string(),
    created_at: instantWire,
  })
  .meta({ id: 'GateChange' })

/** Tells of the gate. */
export function toGateWire(gate: Gate): z.output<typeof gateWire> {
  return {
    state: gate.state,
    is_issuing_allowed: gate.isIssuingAllowed,
    is_redeeming_allowed: gate.isRedeemingAllowed,
    batch_factor: gate.batchFactor,
    reasons: [...gate.reasons],
    override: gate.override,
  }
}

/** Tells how the growth stands. */
export function toTrustWire({
  gate,
  health,
  rates,
  snapshot,
  trust,
}: Standing): z.output<typeof trustWire> {
  const unknown = METRICS.filter((metric) => rates[metric] === null)
  return {
    trust_score: trust,
    ...toRates(rates),
    invites_paused: !gate.isIssuingAllowed,
    health_status: health,
    sample: samplesOf(snapshot),
    note: unknown.length === 0 ? null : `Not known of enough people: ${unknown.join(', ')}`,
  }
}

/** Tells what an evaluation came to. */
export function toEvaluationWire(
  { gate, rates, trust }: Standing,
  alerts: readonly Alert[],
): z.output<typeof evaluationWire> {
  return {
    invites_allowed: gate.isIssuingAllowed,
    trust_score: trust,
    metrics: toRates(rates),
    alerts: alerts.map(toAlertWire),
    state: gate.state,
    reasons: [...gate.reasons],
  }
}

/** Tells of an alert. */
export function toAlertWire(alert: Alert): z.output<typeof alertWire> {
  const { id, metric, severity, value, threshold, escalations } = alert
  return {
    ...{ id, metric, severity, value, threshold, escalations },
    message: `${metric} is at ${value}, the ${severity} threshold is ${threshold}`,
    opened_at: alert.openedAt,
    acknowledged_at: alert.acknowledgedAt,
    acknowledged_by: alert.acknowledgedBy,
    resolved_at: alert.resolvedAt,
  }
}

/** Tells of figures. */
export function toSnapshotWire(snapshot: Snapshot): z.output<typeof snapshotWire> {
  const { id, source, actor, metrics, trust, createdAt } = snapshot
  const rates = {
    churn: metrics.churn.rate,
    fraud: metrics.fraud.rate,
    engagement: metrics.engagement.rate,
  }
  return {
    ...{ id, source, actor, trust_score: trust, ...toRates(rates) },
    ...{ sample: samplesOf(snapshot), created_at: createdAt },
  }
}

/** Tells of a change of the gate. */
export function toGateChangeWire(change: GateChange): z.output<typeof gateChangeWire> {
  const { version, state, reasons, overrideState, overrideUntil, actor, reason } = change
  return {
    ...{ version, state: overrideState ?? state, reasons: [...reasons], actor, reason },
    override_until: overrideUntil,
    is_redeeming_allowed: change.isRedeemingAllowed,
    created_at: change.createdAt,
  }
}

function toRates({ churn, fraud, engagement }: Standing['rates']) {
  return { churn_rate: churn, fraud_rate: fraud, engagement_rate: engagement }
}

function samplesOf(snapshot: Snapshot | undefined) {
  return {
    churn: snapshot?.metrics.churn.sample ?? 0,
    fraud: snapshot?.metrics.fraud.sample ?? 0,
    engagement: snapshot?.metrics.engagement.sample ?? 0,
  }
}
