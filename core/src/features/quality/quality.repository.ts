import { asc, between, desc, eq, lt, max, type SQL, sql } from 'drizzle-orm'
import { decodeCursor, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import type { Executor } from '../../platform/database/index.ts'
import type { GateChange, GateHistory } from './gate-change.ts'
import { qualityGateChange, qualitySnapshot } from './quality.table.ts'
import type { Snapshot } from './snapshot.ts'

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

  /** One page of the changes, newest first. */
  async listChanges(request: PageRequest): Promise<GateHistory> {
    const limit = pageLimit(request)
    const { version } = qualityGateChange
    const found = await this.#db
      .select()
      .from(qualityGateChange)
      .where(
        request.cursor ? lt(version, Number(decodeCursor(request.cursor, 'number'))) : undefined,
      )
      .orderBy(desc(version))
      .limit(limit + 1)
    return toPage(found, limit, (change) => String(change.version))
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

  /** When the kit counted for the last time, or undefined. */
  async findLastMeasuredAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: max(qualitySnapshot.createdAt) })
      .from(qualitySnapshot)
      .where(eq(qualitySnapshot.source, 'measured'))
    return row?.at ?? undefined
  }

  /** The snapshots of a time, oldest first; of each day (UTC) the last one alone where that is asked. */
  async listSnapshots({
    from,
    to,
    isDaily,
    limit,
  }: {
    readonly from: Date
    readonly to: Date
    readonly isDaily: boolean
    readonly limit: number
  }): Promise<Snapshot[]> {
    const { createdAt, id } = qualitySnapshot
    const day: SQL = sql`date_trunc('day', ${createdAt}, 'UTC')`
    const chosen = isDaily ? this.#db.selectDistinctOn([day]) : this.#db.select()
    const found = await chosen
      .from(qualitySnapshot)
      .where(between(createdAt, from, to))
      .orderBy(...(isDaily ? [asc(day), desc(createdAt), desc(id)] : [asc(createdAt), asc(id)]))
      .limit(limit)
    return found.map(snapshotOf)
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
