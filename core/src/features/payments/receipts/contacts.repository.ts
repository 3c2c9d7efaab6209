import { desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { addMs } from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { payment } from '../payment.table.ts'
import { OPEN_STATUSES } from '../payment.ts'
import type { BuyerContact } from './buyer-contact.ts'
import { paymentContact } from './receipt.table.ts'

/** A purchase that ended without money may still be asked about for this long. */
const UNPAID_MS = 30 * 86_400_000

/** Refunds, whose receipts need it, may be made for three years (YooKassa). */
const PAID_MS = 3 * 365 * 86_400_000

const FORGET_BATCH = 500

/** Where buyers get their receipts. */
export class ContactsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Keeps the contact of a purchase. */
  async insert(
    of: { readonly paymentId: string; readonly userId: string; readonly createdAt: Date },
    { email, phone }: BuyerContact,
  ): Promise<void> {
    await this.#db
      .insert(paymentContact)
      .values({ ...of, email: email ?? null, phone: phone ?? null })
  }

  /** The contact of a purchase, or undefined. */
  async findByPayment(paymentId: string): Promise<BuyerContact | undefined> {
    const [row] = await this.#db
      .select()
      .from(paymentContact)
      .where(eq(paymentContact.paymentId, paymentId))
    return toContact(row)
  }

  /** The contact that a user gave last, or undefined. */
  async findLatestOf(userId: string): Promise<BuyerContact | undefined> {
    const [row] = await this.#db
      .select()
      .from(paymentContact)
      .where(eq(paymentContact.userId, userId))
      .orderBy(desc(paymentContact.createdAt))
      .limit(1)
    return toContact(row)
  }

  /**
   * Forgets contacts that no receipt can need any more: nobody paid, all was refunded, or the last
   * charge of the purchase is older than refunds may be. Gives how many.
   */
  async removeOld(now: Date): Promise<number> {
    const open = sql.raw(OPEN_STATUSES.map((status) => `'${status}'`).join(', '))
    const query = sql`
      delete from ${paymentContact} where payment_id in (
        select c.payment_id from ${paymentContact} c
        where c.created_at < ${addMs(now, -UNPAID_MS)} and not exists (
          select from ${payment} p
          where (p.id = c.payment_id or p.original_payment_id = c.payment_id)
            and (p.status in (${open})
              or p.status in ('succeeded', 'partially_refunded', 'disputed')
                and p.paid_at > ${addMs(now, -PAID_MS)})
        ) limit ${FORGET_BATCH}
      ) returning payment_id`
    const removed = await rows(this.#db, query, z.object({ payment_id: z.uuid() }))
    return removed.length
  }
}

function toContact(row: typeof paymentContact.$inferSelect | undefined): BuyerContact | undefined {
  if (row?.email) return { email: row.email }
  return row?.phone ? { phone: row.phone } : undefined
}
