import type { Metrics } from './metrics.ts'

/** Whether the platform counted it, or an admin gave the figures. */
export type SnapshotSource = 'measured' | 'posted'

/** What was known of the growth at an instant. */
export interface Snapshot {
  readonly id: string
  readonly source: SnapshotSource
  /** Who gave the figures: `system`, `admin`, or a user's id. */
  readonly actor: string
  readonly metrics: Metrics
  /** By the thresholds of that moment; null where nothing told of enough people. */
  readonly trust: number | null
  readonly createdAt: Date
}
