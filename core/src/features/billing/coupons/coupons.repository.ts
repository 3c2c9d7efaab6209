import { and, asc, eq, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { databaseError, type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingCoupon, billingCouponPlan, billingCouponRedemption } from './coupon.table.ts'
import type { Coupon, CouponRedemption } from './coupon.ts'

/** A coupon that takes something off the next invoice of a customer. */
export interface RunningCoupon {
  readonly redemptionId: string
  readonly customerId: string
  readonly coupon: Coupon
  /** How many more invoices it takes something off; null for all. */
  readonly invoicesLeft: number | null
  /** None for all plans. */
  readonly planIds: readonly string[]
}

/** A coupon that takes something off invoice after invoice, and for which days. */
export interface RecurringCoupon extends RunningCoupon {
  readonly redeemedAt: Date
  /** The day after those of its last invoice; null while it goes on. */
  readonly untilOn: string | null
}

/** Coupons of one tenant, and for which plans they are. */
export class CouponsRepository extends TenantRepository<typeof billingCoupon> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingCoupon)
  }

  /** Reads a coupon by its code, or undefined. */
  async findByCode(code: string): Promise<Coupon | undefined> {
    const [row] = await this.db
      .select()
      .from(billingCoupon)
      .where(this.own(eq(billingCoupon.code, code)))
    return row
  }

  /** Says for which plans a coupon is. */
  async insertPlans(couponId: string, planIds: readonly string[]): Promise<void> {
    if (planIds.length === 0) return
    const { tenantId } = this
    await this.db
      .insert(billingCouponPlan)
      .values(planIds.map((planId) => ({ tenantId, couponId, planId })))
  }

  /** For which plans coupons are; those for all are left out. */
  async listPlans(couponIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { tenantId, couponId, planId } = billingCouponPlan
    const found = await this.db
      .select({ couponId, planId })
      .from(billingCouponPlan)
      .where(and(eq(tenantId, this.tenantId), inArray(couponId, [...couponIds])))
      .orderBy(asc(planId))
    const plans = new Map<string, string[]>()
    for (const row of found) {
      plans.set(row.couponId, [...(plans.get(row.couponId) ?? []), row.planId])
    }
    return plans
  }
}

const PLAN_IDS = sql<
  string[]
>`array(select ${billingCouponPlan.planId}::text from ${billingCouponPlan}
  where ${billingCouponPlan.tenantId} = ${billingCoupon.tenantId}
    and ${billingCouponPlan.couponId} = ${billingCoupon.id} order by 1)`

const INVOICES_LEFT = sql<number | null>`${billingCouponRedemption.invoiceMax}
  - ${billingCouponRedemption.invoiceCount}`

/** Who has redeemed which coupon of one tenant. */
export class CouponRedemptionsRepository extends TenantRepository<typeof billingCouponRedemption> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingCouponRedemption)
  }

  /** What a customer has redeemed, oldest first. */
  listOfCustomer(customerId: string): Promise<CouponRedemption[]> {
    return this.db
      .select()
      .from(billingCouponRedemption)
      .where(this.own(eq(billingCouponRedemption.customerId, customerId)))
      .orderBy(asc(billingCouponRedemption.id))
  }

  /**
   * What takes something off the next invoices of customers, oldest first: the order in which
   * discounts are taken.
   */
  async listRunning(customerIds: readonly string[]): Promise<RunningCoupon[]> {
    if (customerIds.length === 0) return []
    const { id, customerId, couponId, invoiceCount, invoiceMax, tenantId } = billingCouponRedemption
    return this.db
      .select({
        ...{ redemptionId: id, customerId, coupon: billingCoupon, planIds: PLAN_IDS },
        invoicesLeft: INVOICES_LEFT,
      })
      .from(billingCouponRedemption)
      .innerJoin(
        billingCoupon,
        and(eq(billingCoupon.tenantId, tenantId), eq(billingCoupon.id, couponId)),
      )
      .where(
        this.own(
          and(
            inArray(customerId, [...customerIds]),
            or(isNull(invoiceMax), lt(invoiceCount, invoiceMax)),
          ),
        ),
      )
      .orderBy(asc(customerId), asc(id))
  }

  /**
   * What takes something off the invoices of customers again and again, or did; oldest first. What is
   * worth one invoice is not in it.
   */
  async listRecurring(customerIds: readonly string[]): Promise<RecurringCoupon[]> {
    if (customerIds.length === 0) return []
    const { id, customerId, couponId, invoiceCount, invoiceMax, tenantId, createdAt } =
      billingCouponRedemption
    const untilOn = sql<string | null>`case when ${invoiceCount} >= ${invoiceMax} then coalesce((
      select max(i.until_on) from gramkit.billing_invoice i
      where i.tenant_id = ${tenantId} and i.customer_id = ${customerId}
        and i.discounts @> jsonb_build_array(jsonb_build_object('redemptionId', ${id}))
    ), '0001-01-01')::text end`
    return this.db
      .select({
        ...{ redemptionId: id, customerId, coupon: billingCoupon, planIds: PLAN_IDS },
        ...{ invoicesLeft: INVOICES_LEFT, redeemedAt: createdAt, untilOn },
      })
      .from(billingCouponRedemption)
      .innerJoin(
        billingCoupon,
        and(eq(billingCoupon.tenantId, tenantId), eq(billingCoupon.id, couponId)),
      )
      .where(
        this.own(and(inArray(customerId, [...customerIds]), ne(billingCoupon.duration, 'once'))),
      )
      .orderBy(asc(customerId), asc(id))
  }

  /** Counts one more invoice for each redemption, in the transaction that makes the invoices out. */
  async countInvoices(redemptionIds: readonly string[]): Promise<void> {
    if (redemptionIds.length === 0) return
    await this.db
      .update(billingCouponRedemption)
      .set({ invoiceCount: sql`${billingCouponRedemption.invoiceCount} + 1` })
      .where(this.own(inArray(billingCouponRedemption.id, [...redemptionIds])))
  }
}

/** Tells whether a redemption failed because the coupon's limit is reached. */
export function isExhausted(error: unknown): boolean {
  const found = databaseError(error)
  return found?.code === '23514' && found.constraint === 'billing_coupon_redemptions_check'
}
