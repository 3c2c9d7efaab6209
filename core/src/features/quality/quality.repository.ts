import { desc, sql } from 'drizzle-orm'
import type { Executor } from '../../platform/database/index.ts'
import { qualityGateChange, qualitySnapshot } from './quality.table.ts'
import type { Snapshot } from './snapshot.ts'

/** The gate as it was from one change on. */
export type GateChange = typeof qualityGateChange.$inferSelect

/** Snapshots of the growth, and every change of the gate. */
export class QualityRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Keeps everybody else who would change the gate out until the transaction ends. */
  async lock(): Promise<void> {
    await this.#db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.quality'))`)
  }

  /** The change that holds, or undefined while nobody changed anything. */
  async findLastChange(): Promise<GateChange | undefined> {
    const [row] = await this.#db
      .select()
      .from(qualityGateChange)
      .orderBy(desc(qualityGateChange.version))
      .limit(1)
    return row
  }

  /** Writes down how the gate is from now on. */
  async insertChange(change: GateChange): Promise<void> {
    await this.#db.insert(qualityGateChange).values(change)
  }

  /** The newest snapshot, or undefined. */
  async findLastSnapshot(): Promise<Snapshot | undefined> {
    const [row] = await this.#db
      .select()
      .from(qualitySnapshot)
      .orderBy(desc(qualitySnapshot.createdAt), desc(qualitySnapshot.id))
      .limit(1)
    return row && snapshotOf(row)
  }

  /** Writes down what is known of the growth. */
  async insertSnapshot({ metrics, ...snapshot }: Snapshot): Promise<void> {
    const { churn, fraud, engagement } = metrics
    await this.#db.insert(qualitySnapshot).values({
      ...snapshot,
      churnRate: churn.rate,
      churnSample: churn.sample,
      fraudRate: fraud.rate,
      fraudSample: fraud.sample,
      engagementRate: engagement.rate,
      engagementSample: engagement.sample,
    })
  }
}

function snapshotOf(row: typeof qualitySnapshot.$inferSelect): Snapshot {
  const { id, source, actor, trust, createdAt } = row
  return {
    ...{ id, source, actor, trust, createdAt },
    metrics: {
      churn: { rate: row.churnRate, sample: row.churnSample },
      fraud: { rate: row.fraudRate, sample: row.fraudSample },
      engagement: { rate: row.engagementRate, sample: row.engagementSample },
    },
  }
}
