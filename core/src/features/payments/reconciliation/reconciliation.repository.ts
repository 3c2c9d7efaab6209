import { eq } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { paymentReconciliation } from './reconciliation.table.ts'

/** How far the books of providers were compared. */
export class ReconciliationRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** How far a gateway's books were compared, and when; undefined before the first time. */
  async find(gateway: string): Promise<{ cursor: string; updatedAt: Date } | undefined> {
    const [row] = await this.#db
      .select()
      .from(paymentReconciliation)
      .where(eq(paymentReconciliation.gateway, gateway))
    return row
  }

  /** Remembers how far a gateway's books were compared. */
  async upsert(gateway: string, cursor: string, updatedAt: Date): Promise<void> {
    await this.#db
      .insert(paymentReconciliation)
      .values({ gateway, cursor, updatedAt })
      .onConflictDoUpdate({
        target: paymentReconciliation.gateway,
        set: { cursor, updatedAt },
      })
  }
}
