import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingPaymentMethod } from './payment-method.table.ts'
import type { BillingPaymentMethod } from './payment-method.ts'

/** Saved ways to pay of the customers of one tenant. */
export class PaymentMethodsRepository extends TenantRepository<typeof billingPaymentMethod> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingPaymentMethod)
  }

  /** What a customer can pay with, oldest first. */
  listOfCustomer(customerId: string): Promise<BillingPaymentMethod[]> {
    const { id, customerId: owner, removedAt } = billingPaymentMethod
    return this.db
      .select()
      .from(billingPaymentMethod)
      .where(this.own(and(eq(owner, customerId), isNull(removedAt))))
      .orderBy(asc(id))
  }

  /** Takes out of a customer's methods what tells whose they are; none of them is charged again. */
  async forget(customerId: string, at: Date): Promise<void> {
    const { id, customerId: owner, removedAt } = billingPaymentMethod
    await this.db
      .update(billingPaymentMethod)
      .set({
        ...{ label: 'erased', savedMethodId: sql`${id}::text`, isDefault: false },
        removedAt: sql`coalesce(${removedAt}, ${at.toISOString()}::timestamptz)`,
      })
      .where(this.own(eq(owner, customerId)))
  }

  /** Charges none of a customer's by default. */
  async clearDefault(customerId: string): Promise<void> {
    const { customerId: owner, isDefault } = billingPaymentMethod
    await this.db
      .update(billingPaymentMethod)
      .set({ isDefault: false })
      .where(this.own(and(eq(owner, customerId), eq(isDefault, true))))
  }
}
