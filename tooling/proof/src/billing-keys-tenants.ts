import { CORE, type MoneyKey, RULES, TABLES } from './money-key.ts'

const BILLING = `${CORE}/features/billing`

const isolation = [`${BILLING}/isolation.db.test.ts`]
const mechanics = [`${BILLING}/billing.db.test.ts`]
const catalogue = [`${BILLING}/catalogue.db.test.ts`]
const trail = [`${BILLING}/audit-trail/audit-trail.db.test.ts`]

/** What keeps tenants apart, and what was sold, granted or written down as it was. */
export const TENANT_KEYS: readonly MoneyKey[] = [
  {
    name: 'tenants: row-level security of a table',
    guards: 'a query that forgot its tenant sees nobody else’s customers',
    edits: [
      {
        file: RULES,
        find: "AND c.relkind IN ('r', 'p') AND c.relname LIKE 'billing\\_%'",
        replace:
          "AND c.relkind IN ('r', 'p') AND c.relname LIKE 'billing\\_%' AND c.relname <> 'billing_customer'",
      },
    ],
    tests: isolation,
  },
  {
    name: 'tenants: a composite foreign key',
    guards: 'nothing refers to a row of another tenant, as foreign keys pass policies by',
    edits: [
      {
        file: TABLES,
        find: 'ALTER TABLE "gramkit"."billing_payment_method" ADD CONSTRAINT "billing_payment_method_customer_fk" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "gramkit"."billing_customer"("tenant_id","id")',
        replace:
          'ALTER TABLE "gramkit"."billing_customer" ADD UNIQUE ("id"); ALTER TABLE "gramkit"."billing_payment_method" ADD CONSTRAINT "billing_payment_method_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "gramkit"."billing_customer"("id")',
      },
    ],
    tests: isolation,
  },
  {
    name: 'tenants: leaving after joined work',
    guards: 'what comes after the work of a tenant does not see its rows',
    edits: [
      {
        file: `${BILLING}/tenant-billing.ts`,
        find: '  await leave()\n  return result',
        replace: '  return result',
      },
    ],
    tests: mechanics,
  },
  {
    name: 'tenants: entered for one transaction',
    guards: 'a pooled connection does not keep a tenant for whoever gets it next',
    edits: [
      {
        file: `${CORE}/platform/database/tenant.repository.ts`,
        after: "set_config('gramkit.tenant', ",
        find: ', true)',
        replace: ', false)',
      },
    ],
    tests: mechanics,
  },
  {
    name: 'api keys: scopes',
    guards: 'a key may do what it was made for and nothing else',
    edits: [
      {
        file: `${BILLING}/api-keys/api-key.ts`,
        find: 'if (!scopes.includes(scope)) throw',
        replace: 'if (scopes.length === 0) throw',
      },
    ],
    tests: catalogue,
  },
  {
    name: 'api keys: revoked and expired',
    guards: 'a key that was taken back opens nothing',
    edits: [
      {
        file: `${BILLING}/api-keys/api-key.ts`,
        find: 'return revokedAt === null && ',
        replace: 'return true || revokedAt === null && ',
      },
    ],
    tests: catalogue,
  },
  {
    name: 'coupons: the limit of redemptions',
    guards: 'a coupon is redeemed as often as it says, however many redeem at once',
    edits: [
      {
        file: RULES,
        find: 'SET redemption_count = c.redemption_count + counted.redemptions',
        replace: 'SET redemption_count = 0 * counted.redemptions',
      },
    ],
    tests: catalogue,
  },
  {
    name: 'coupons: once a customer',
    guards: 'a customer redeems a coupon once',
    edits: [
      {
        file: TABLES,
        find: 'CREATE UNIQUE INDEX "billing_coupon_redemption_customer_key"',
        replace: 'CREATE INDEX "billing_coupon_redemption_customer_key"',
      },
    ],
    tests: catalogue,
  },
  {
    name: 'plans: published versions',
    guards: 'what somebody bought is never changed afterwards',
    edits: [{ file: RULES, find: 'WHEN (OLD.published_at IS NOT NULL)', replace: 'WHEN (false)' }],
    tests: catalogue,
  },
  {
    name: 'audit: streams of tenants',
    guards: 'nobody reads or writes the audit of another tenant',
    edits: [
      {
        file: RULES,
        find: "ARRAY['gramkit.audit_entry', 'gramkit.audit_seal', ",
        replace: "ARRAY['gramkit.audit_seal', ",
      },
    ],
    tests: trail,
  },
  {
    name: 'invoice page: the token is ours',
    guards: 'nobody sees or pays invoices whose link they were not given',
    edits: [
      {
        file: `${BILLING}/invoices/invoice-token.ts`,
        find: '!timingSafeEqual(mac, macOf(named, secret))',
        replace: 'mac.equals(Buffer.alloc(MAC_BYTES))',
      },
    ],
    tests: [`${BILLING}/invoices/invoice-token.test.ts`],
  },
  {
    name: 'invoice page: one payment a page',
    guards: 'nobody pays twice by pressing twice',
    edits: [
      {
        file: 'apps/billing/backend/src/pay/pay.http.ts',
        find: 'id, invoiceId: of.id, gateway, amount, returnUrl: back',
        replace: 'id: newId(), invoiceId: of.id, gateway, amount, returnUrl: back',
      },
    ],
    tests: ['apps/billing/backend/src/pay/pay.http.db.test.ts'],
  },
  {
    name: 'invoice page: no more than is left',
    guards: 'nobody pays more than the invoice asks for',
    edits: [
      {
        file: 'apps/billing/backend/src/pay/pay.http.ts',
        find: 'amount > 0n && amount <= due',
        replace: 'amount > 0n',
      },
    ],
    tests: ['apps/billing/backend/src/pay/pay.http.db.test.ts'],
  },
]
