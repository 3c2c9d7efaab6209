import { and, asc, eq, isNotNull, lte } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userDeparture } from './departure.table.ts'
import type { Departure } from './departure.ts'

/** Who is nobody any more; whoever changes a row has locked its user first. */
export class DeparturesRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Reads somebody's departure, or undefined. */
  async find(userId: string): Promise<Departure | undefined> {
    const [row] = await this.#db
      .select()
      .from(userDeparture)
      .where(eq(userDeparture.userId, userId))
    return row
  }

  /** Writes down that somebody is nobody any more. */
  async insert(departure: Departure): Promise<void> {
    await this.#db.insert(userDeparture).values(departure)
  }

  /** Counts a round and says when the next one is. */
  async update(userId: string, changes: Pick<Departure, 'rounds' | 'nextRoundAt'>): Promise<void> {
    await this.#db.update(userDeparture).set(changes).where(eq(userDeparture.userId, userId))
  }

  /** Puts a round that is due off, as it failed; does nothing when somebody else has done it since. */
  async putOff(
    userId: string,
    { now, until }: { readonly now: Date; readonly until: Date },
  ): Promise<void> {
    await this.#db
      .update(userDeparture)
      .set({ nextRoundAt: until })
      .where(and(eq(userDeparture.userId, userId), lte(userDeparture.nextRoundAt, now)))
  }

  /** The ids that somebody had as a guest. */
  async listMergedInto(userId: string): Promise<string[]> {
    const found = await this.#db
      .select({ userId: userDeparture.userId })
      .from(userDeparture)
      .where(eq(userDeparture.successorId, userId))
      .orderBy(asc(userDeparture.userId))
    return found.map((row) => row.userId)
  }

  /** Those whose next round is due, the longest waiting first. */
  listDue(now: Date, limit: number): Promise<Departure[]> {
    return this.#db
      .select()
      .from(userDeparture)
      .where(lte(userDeparture.nextRoundAt, now))
      .orderBy(asc(userDeparture.nextRoundAt))
      .limit(limit)
  }

  /** When the next round is due, or undefined. */
  async findNextRoundAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: userDeparture.nextRoundAt })
      .from(userDeparture)
      .where(isNotNull(userDeparture.nextRoundAt))
      .orderBy(asc(userDeparture.nextRoundAt))
      .limit(1)
    return row?.at ?? undefined
  }
}
