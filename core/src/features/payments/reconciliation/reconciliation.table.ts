import { text } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'

/** How far each provider's books have been compared with ours. */
export const paymentReconciliation = gramkit.table('payment_reconciliation', {
  gateway: text().primaryKey(),
  /** Where the books go on; opaque, the gateway's own. */
  cursor: text().notNull(),
  updatedAt: instant().notNull(),
})
