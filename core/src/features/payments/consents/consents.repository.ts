import { and, eq, isNull } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { paymentConsent } from './consent.table.ts'
import type { Consent } from './consent.ts'

/** Consents to be charged again. */
export class ConsentsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes down that a buyer agreed. */
  async insert(consent: Omit<Consent, 'withdrawnAt'>): Promise<void> {
    await this.#db.insert(paymentConsent).values(consent)
  }

  /** The consent of a purchase that still holds, or undefined. */
  async findGiven(paymentId: string): Promise<Consent | undefined> {
    const [row] = await this.#db
      .select()
      .from(paymentConsent)
      .where(and(eq(paymentConsent.paymentId, paymentId), isNull(paymentConsent.withdrawnAt)))
    return row
  }

  /** Writes down that the buyer takes their consent back; false when there was none. */
  async withdraw(paymentId: string, withdrawnAt: Date): Promise<boolean> {
    const withdrawn = await this.#db
      .update(paymentConsent)
      .set({ withdrawnAt })
      .where(and(eq(paymentConsent.paymentId, paymentId), isNull(paymentConsent.withdrawnAt)))
      .returning({ id: paymentConsent.id })
    return withdrawn.length === 1
  }
}
