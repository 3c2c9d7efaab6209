import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'
import type { GateReason, GateState } from './gate.ts'
import type { SnapshotSource } from './snapshot.ts'

/** What was known of the growth at an instant. Append-only. */
export const qualitySnapshot = gramkit.table(
  'quality_snapshot',
  {
    id: uuid().primaryKey(),
    source: text().$type<SnapshotSource>().notNull(),
    actor: text().notNull(),
    churnRate: doublePrecision(),
    churnSample: integer().notNull(),
    fraudRate: doublePrecision(),
    fraudSample: integer().notNull(),
    engagementRate: doublePrecision(),
    engagementSample: integer().notNull(),
    /** By the thresholds of that moment; null where nothing told of enough people. */
    trust: doublePrecision(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('quality_snapshot_created_at_index').on(table.createdAt, table.id),
    index('quality_snapshot_measured_index')
      .on(table.createdAt)
      .where(sql`${table.source} = 'measured'`),
    check('quality_snapshot_source_check', sql`${table.source} in ('measured', 'posted')`),
    // NaN is greater than every number, so it is no rate either.
    check(
      'quality_snapshot_rates_check',
      sql`${table.churnRate} between 0 and 1 and ${table.fraudRate} between 0 and 1
        and ${table.engagementRate} between 0 and 1 and ${table.trust} between 0 and 1`,
    ),
    check(
      'quality_snapshot_samples_check',
      sql`least(${table.churnSample}, ${table.fraudSample}, ${table.engagementSample}) >= 0`,
    ),
  ],
)

/** Every change of the gate, with all that it was from then on; the last one holds. Append-only. */
export const qualityGateChange = gramkit.table(
  'quality_gate_change',
  {
    /** 1, 2, 3 and so on: two at once would have the same. */
    version: integer().primaryKey(),
    /** What the figures make of it; an override stands above. */
    state: text().$type<GateState>().notNull(),
    reasons: jsonb().$type<readonly GateReason[]>().notNull(),
    overrideState: text().$type<'open' | 'closed'>(),
    overrideUntil: instant(),
    overrideActor: text(),
    overrideReason: text(),
    isRedeemingAllowed: boolean().notNull(),
    /** Who changed it, and why. */
    actor: text().notNull(),
    reason: text().notNull(),
    /** The figures that it was decided by; null where it was changed by hand before there were any. */
    snapshotId: uuid().references(() => qualitySnapshot.id),
    createdAt: instant().notNull(),
  },
  (table) => [
    check('quality_gate_change_state_check', sql`${table.state} in ('open', 'slowed', 'closed')`),
    check(
      'quality_gate_change_override_check',
      sql`${table.overrideState} in ('open', 'closed') and num_nulls(${table.overrideState},
        ${table.overrideUntil}, ${table.overrideActor}, ${table.overrideReason}) in (0, 4)`,
    ),
  ],
)
