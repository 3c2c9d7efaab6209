import { sql } from 'drizzle-orm'
import { check, index, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Currency, Period } from '../../../kernel/index.ts'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/user.table.ts'
import { payment } from '../payment.table.ts'

/** Who agreed to be charged again, when, to what, and whether they still do. */
export const paymentConsent = gramkit.table(
  'payment_consent',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    paymentId: uuid()
      .notNull()
      .references(() => payment.id),
    /** No foreign key: logins are removed, what was agreed in them stays. */
    sessionId: uuid(),
    textVersion: text().notNull(),
    amount: int8().notNull(),
    currency: text().$type<Currency>().notNull(),
    period: jsonb().$type<Period>(),
    agreedAt: instant().notNull(),
    withdrawnAt: instant(),
  },
  (table) => [
    uniqueIndex('payment_consent_payment_id_key').on(table.paymentId),
    index('payment_consent_user_id_index').on(table.userId),
    check('payment_consent_amount_check', sql`${table.amount} > 0`),
  ],
)
