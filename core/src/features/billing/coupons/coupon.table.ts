import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { decimal, gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingPlan } from '../plans/plan.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { COUPON_DURATIONS } from './coupon.ts'

/** What may be taken off invoices. */
export const billingCoupon = gramkit.table(
  'billing_coupon',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    code: text().notNull(),
    name: text().notNull(),
    percent: decimal(),
    amount: int8(),
    currency: text({ enum: CURRENCIES }),
    duration: text({ enum: COUPON_DURATIONS }).notNull(),
    invoices: integer(),
    redemptionMax: integer(),
    /** Kept by a trigger on the redemptions; the application cannot write it. */
    redemptionCount: integer().notNull().default(0),
    validFromOn: date({ mode: 'string' }),
    validUntilOn: date({ mode: 'string' }),
    archivedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_coupon_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_coupon_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_coupon_code_key').on(table.tenantId, table.code),
    check('billing_coupon_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_coupon_duration_check', sql`${table.duration} in (${listed(COUPON_DURATIONS)})`),
    check(
      'billing_coupon_terms_check',
      sql`(${table.percent} > 0 and ${table.percent} <= 100 and ${table.amount} is null and ${table.currency} is null)
        or (${table.percent} is null and ${table.amount} > 0 and ${table.currency} is not null)`,
    ),
    check(
      'billing_coupon_invoices_check',
      sql`(${table.duration} = 'repeating') = (${table.invoices} is not null)`,
    ),
    // Refuses whoever is one too many, however many redeem at once.
    check(
      'billing_coupon_redemptions_check',
      sql`${table.redemptionCount} >= 0 and ${table.redemptionCount} <= coalesce(${table.redemptionMax}, 2147483647)`,
    ),
  ],
)

/** For which plans a coupon is; without a row it is for all. */
export const billingCouponPlan = gramkit.table(
  'billing_coupon_plan',
  {
    tenantId: uuid().notNull(),
    couponId: uuid().notNull(),
    planId: uuid().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'billing_coupon_plan_pkey',
      columns: [table.tenantId, table.couponId, table.planId],
    }),
    foreignKey({
      name: 'billing_coupon_plan_coupon_fk',
      columns: [table.tenantId, table.couponId],
      foreignColumns: [billingCoupon.tenantId, billingCoupon.id],
    }),
    foreignKey({
      name: 'billing_coupon_plan_plan_fk',
      columns: [table.tenantId, table.planId],
      foreignColumns: [billingPlan.tenantId, billingPlan.id],
    }),
    index('billing_coupon_plan_plan_index').on(table.tenantId, table.planId),
  ],
)

/** Whose invoices a coupon takes something off. */
export const billingCouponRedemption = gramkit.table(
  'billing_coupon_redemption',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    couponId: uuid().notNull(),
    customerId: uuid().notNull(),
    invoiceMax: integer(),
    invoiceCount: integer().notNull().default(0),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_coupon_redemption_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_coupon_redemption_coupon_fk',
      columns: [table.tenantId, table.couponId],
      foreignColumns: [billingCoupon.tenantId, billingCoupon.id],
    }),
    foreignKey({
      name: 'billing_coupon_redemption_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    // A customer redeems a coupon once.
    uniqueIndex('billing_coupon_redemption_customer_key').on(
      table.tenantId,
      table.couponId,
      table.customerId,
    ),
    index('billing_coupon_redemption_customer_index').on(table.tenantId, table.customerId),
    check(
      'billing_coupon_redemption_invoices_check',
      sql`${table.invoiceCount} >= 0 and ${table.invoiceCount} <= coalesce(${table.invoiceMax}, 2147483647)`,
    ),
  ],
)
