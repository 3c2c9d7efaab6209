import { sql } from 'drizzle-orm'
import {
  check,
  doublePrecision,
  index,
  integer,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { qualitySnapshot } from '../quality.table.ts'
import type { AlertMetric, Severity } from './alert.ts'

/** Something that somebody has to look at, until it is over. */
export const qualityAlert = gramkit.table(
  'quality_alert',
  {
    id: uuid().primaryKey(),
    metric: text().$type<AlertMetric>().notNull(),
    severity: text().$type<Severity>().notNull(),
    value: doublePrecision().notNull(),
    threshold: doublePrecision().notNull(),
    /** Where it was found. */
    snapshotId: uuid()
      .notNull()
      .references(() => qualitySnapshot.id),
    openedAt: instant().notNull(),
    acknowledgedAt: instant(),
    acknowledgedBy: text(),
    resolvedAt: instant(),
    /** How often it was told again. */
    escalations: integer().notNull(),
    /** Null of what is not told again: warnings, and what was acknowledged, resolved or told thrice. */
    nextEscalationAt: instant(),
  },
  (table) => [
    uniqueIndex('quality_alert_open_key').on(table.metric).where(sql`${table.resolvedAt} is null`),
    index('quality_alert_escalation_index')
      .on(table.nextEscalationAt)
      .where(sql`${table.nextEscalationAt} is not null`),
    check(
      'quality_alert_metric_check',
      sql`${table.metric} in ('trust', 'churn', 'fraud', 'engagement')`,
    ),
    check('quality_alert_severity_check', sql`${table.severity} in ('warning', 'critical')`),
    check('quality_alert_escalations_check', sql`${table.escalations} between 0 and 3`),
    check(
      'quality_alert_acknowledged_check',
      sql`(${table.acknowledgedAt} is null) = (${table.acknowledgedBy} is null)`,
    ),
  ],
)
