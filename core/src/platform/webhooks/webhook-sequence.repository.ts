import { sql } from 'drizzle-orm'
import { assert } from '../../kernel/index.ts'
import type { Executor } from '../database/index.ts'
import { webhookSequence } from './webhook-sequence.table.ts'

/** Numbers what goes out. */
export class WebhookSequenceRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Takes the next number, from 1 on. Locks the row until the transaction ends, so that no number is
   * given twice, and one that is rolled back is given to the next.
   */
  async takeNext(): Promise<number> {
    const [row] = await this.#db
      .insert(webhookSequence)
      .values({ stream: 'events', last: 1 })
      .onConflictDoUpdate({
        target: webhookSequence.stream,
        set: { last: sql`${webhookSequence.last} + 1` },
      })
      .returning({ last: webhookSequence.last })
    assert(row, 'A sequence answers with its number')
    return row.last
  }
}
