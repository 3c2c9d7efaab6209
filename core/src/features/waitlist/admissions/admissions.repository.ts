import { eq } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { waitlistAdmission } from './admission.table.ts'
import type { Admission } from './admission.ts'

/** Who was let in. */
export class AdmissionsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes an admission; the database refuses a second one of an entry or a user. */
  async insert(admission: Admission): Promise<void> {
    await this.#db.insert(waitlistAdmission).values(admission)
  }

  /** Finds how a user came in. */
  async findByUser(userId: string): Promise<Admission | undefined> {
    const [row] = await this.#db
      .select()
      .from(waitlistAdmission)
      .where(eq(waitlistAdmission.userId, userId))
    return row
  }

  /** Finds how an entry came in. */
  async findByEntry(entryId: string): Promise<Admission | undefined> {
    const [row] = await this.#db
      .select()
      .from(waitlistAdmission)
      .where(eq(waitlistAdmission.entryId, entryId))
    return row
  }

  /** Forgets from where a user came in. */
  async forgetNetwork(userId: string): Promise<void> {
    await this.#db
      .update(waitlistAdmission)
      .set({ networkHash: null })
      .where(eq(waitlistAdmission.userId, userId))
  }
}
