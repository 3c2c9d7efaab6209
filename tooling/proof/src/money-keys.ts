import { ACCESS_KEYS } from './access-keys.ts'
import { AFTER_SALE_KEYS } from './after-sale-keys.ts'
import { CREDIT_KEYS } from './billing-keys-credit.ts'
import { EVENTS_KEYS } from './billing-keys-events.ts'
import { MONEY_IN_KEYS } from './billing-keys-money.ts'
import { PRICING_KEYS } from './billing-keys-pricing.ts'
import { REVENUE_KEYS } from './billing-keys-revenue.ts'
import { RUNS_KEYS } from './billing-keys-runs.ts'
import { SUBSCRIPTIONS_KEYS } from './billing-keys-subscriptions.ts'
import { TAX_KEYS } from './billing-keys-taxes.ts'
import { TENANT_KEYS } from './billing-keys-tenants.ts'
import { USAGE_KEYS } from './billing-keys-usage.ts'
import { LAUNCHPAD_KEYS } from './growth-keys-launchpad.ts'
import { QUALITY_KEYS } from './growth-keys-quality.ts'
import { REFERRALS_KEYS } from './growth-keys-referrals.ts'
import { WAITLIST_KEYS } from './growth-keys-waitlist.ts'
import { HOLD_KEYS } from './hold-keys.ts'
import { LEDGER_KEYS } from './ledger-keys.ts'
import { CORE, type MoneyKey, TABLES, unique } from './money-key.ts'
import { EMAIL_KEYS } from './people-keys-email.ts'
import { GROUP_KEYS } from './people-keys-groups.ts'
import { IDENTITY_KEYS } from './people-keys-identity.ts'
import { INVITATION_KEYS } from './people-keys-invites.ts'
import { MERGING_KEYS } from './people-keys-merging.ts'
import { NOTICE_KEYS } from './people-keys-notices.ts'
import { NOTIFICATION_KEYS } from './people-keys-notifications.ts'
import { VISIT_KEYS } from './people-keys-visits.ts'
import { STRIPE_KEYS } from './stripe-keys.ts'
import { TRUST_KEYS } from './trust-keys.ts'

const PAYMENTS = `${CORE}/features/payments`
const SUBSCRIPTIONS = `${CORE}/features/subscriptions`

const inbox = [`${CORE}/platform/inbox/inbox.db.test.ts`]
const idempotency = [`${CORE}/platform/http/http-idempotency.db.test.ts`]
const jobs = [`${CORE}/platform/jobs/settle.db.test.ts`, `${CORE}/platform/jobs/jobs.db.test.ts`]
const database = [`${CORE}/platform/database/base.repository.db.test.ts`]
const payments = ['apps/shop/backend/src/money-keys.db.test.ts']

/** Every unique key, row lock and idempotency key that money depends on. */
export const MONEY_KEYS: readonly MoneyKey[] = [
  ...LEDGER_KEYS,
  ...HOLD_KEYS,
  ...ACCESS_KEYS,
  ...AFTER_SALE_KEYS,
  ...TRUST_KEYS,
  ...STRIPE_KEYS,
  ...GROUP_KEYS,
  ...IDENTITY_KEYS,
  ...NOTICE_KEYS,
  ...NOTIFICATION_KEYS,
  ...EMAIL_KEYS,
  ...VISIT_KEYS,
  ...INVITATION_KEYS,
  ...MERGING_KEYS,
  ...CREDIT_KEYS,
  ...MONEY_IN_KEYS,
  ...REVENUE_KEYS,
  ...RUNS_KEYS,
  ...SUBSCRIPTIONS_KEYS,
  ...LAUNCHPAD_KEYS,
  ...QUALITY_KEYS,
  ...REFERRALS_KEYS,
  ...USAGE_KEYS,
  ...EVENTS_KEYS,
  ...WAITLIST_KEYS,
  ...PRICING_KEYS,
  ...TENANT_KEYS,
  ...TAX_KEYS,
  unique('inbox_delivery_provider_key_key', 'a delivery is stored once', inbox),
  {
    name: 'inbox: a delivery is done once',
    guards: 'parallel copies of one delivery have one effect',
    edits: [
      {
        file: `${CORE}/platform/inbox/inbox.repository.ts`,
        find: "eq(inboxDelivery.id, value('id')), ne(inboxDelivery.status, 'done')",
        replace: "eq(inboxDelivery.id, value('id')), ne(inboxDelivery.provider, '')",
      },
    ],
    tests: inbox,
  },
  {
    name: 'inbox: a done delivery is not applied again',
    guards: 'parallel copies of one delivery have one effect',
    edits: [
      {
        file: `${CORE}/platform/inbox/inbox.ts`,
        find: "if (!(await tx.repos.inbox.markDone(id, host.clock.now()))) return 'duplicate'",
        replace: 'await tx.repos.inbox.markDone(id, host.clock.now())',
      },
    ],
    tests: inbox,
  },
  {
    name: 'http_idempotency primary key',
    guards: 'parallel requests with one key run once',
    edits: [
      {
        file: TABLES,
        find: '"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,\n\tCONSTRAINT "http_idempotency_scope_key_pk" PRIMARY KEY("scope","key")',
        replace: '"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL',
      },
    ],
    tests: idempotency,
  },
  {
    name: 'http_idempotency: the lease of a runner',
    guards: 'a request that is being worked is not worked again',
    edits: [
      {
        file: `${CORE}/platform/http/http-idempotency.ts`,
        find: 'and entry.lease_until <= clock_timestamp()',
        replace: '',
      },
      {
        file: `${CORE}/platform/http/http-idempotency.ts`,
        find: 'lease_until > clock_timestamp() as "isLeased"',
        replace: 'false as "isLeased"',
      },
    ],
    tests: idempotency,
  },
  {
    name: 'http_idempotency: fingerprint of the contents',
    guards: 'another request under a used key is refused',
    edits: [
      {
        file: `${CORE}/platform/http/http-idempotency.ts`,
        find: 'entry.fingerprint !== request.fingerprint',
        replace: 'false',
      },
    ],
    tests: idempotency,
  },
  {
    name: 'job: row lock of a run',
    guards: 'a job that two workers were handed runs once',
    edits: [
      {
        file: `${CORE}/platform/jobs/jobs.repository.ts`,
        after: 'const lockPending',
        find: "\n    .for('update', { skipLocked: true })",
        replace: '',
      },
    ],
    tests: jobs,
  },
  unique('job_dedupe_key', 'a deduplicated job is written once', jobs),
  {
    name: 'row locks of every repository: one row',
    guards: 'whoever reads a row to change it is alone',
    edits: [
      {
        file: `${CORE}/platform/database/base.repository.ts`,
        find: "byId(db, value).for('update')",
        replace: "byId(db, value).for('key share')",
      },
    ],
    tests: database,
  },
  {
    name: 'row locks of every repository: several rows',
    guards: 'whoever reads rows to change them is alone',
    edits: [
      {
        file: `${CORE}/platform/database/base.repository.ts`,
        find: '.for(mode, {',
        replace: ".for('key share', {",
      },
    ],
    tests: database,
  },
  {
    name: 'row locks: id order of a batch',
    guards: 'two batches never deadlock',
    edits: [
      {
        file: `${CORE}/platform/database/base.repository.ts`,
        find: '.orderBy(asc(this.table.id))\n        .for(',
        replace: '.orderBy(sql`random()`)\n        .for(',
      },
      {
        file: `${CORE}/platform/database/base.repository.ts`,
        find: '  lt,\n  type SQL,',
        replace: '  lt,\n  sql,\n  type SQL,',
      },
    ],
    tests: database,
  },
  {
    name: 'migrate: advisory lock',
    guards: 'parallel starts migrate once',
    edits: [
      {
        file: `${CORE}/platform/database/migrate.ts`,
        find: 'select pg_advisory_lock($1)',
        replace: 'select $1::int',
      },
    ],
    tests: [`${CORE}/platform/database/migrate.db.test.ts`],
  },
  {
    name: 'transaction: statements after its end are refused',
    guards: 'a branch that goes on commits nothing by itself',
    edits: [
      {
        file: `${CORE}/platform/database/node-postgres.ts`,
        find: 'if (isOver) throw',
        replace: 'if (isOver && false) throw',
      },
    ],
    tests: [`${CORE}/platform/database/node-postgres.db.test.ts`],
  },
  {
    name: 'transaction: the answer of COMMIT is read',
    guards: 'what was rolled back is not reported as done',
    edits: [
      {
        file: `${CORE}/platform/database/node-postgres.ts`,
        find: "if (answer.command !== 'COMMIT') throw",
        replace: "if (answer.command === 'NOTHING') throw",
      },
    ],
    tests: [`${CORE}/platform/database/node-postgres.db.test.ts`],
  },
  unique('payment_provider_payment_id_key', 'one charge of a provider is one payment', payments),
  unique(
    'payment_refund_provider_refund_id_key',
    'one refund of a provider is one refund',
    payments,
  ),
  unique('subscription_live_key', 'a person has one live subscription of a group', payments),
  {
    name: 'order_payment_id_key',
    guards: 'one payment opens one order',
    edits: [
      {
        file: 'apps/shop/backend/migrations/0000_tables.sql',
        find: '\n\tCONSTRAINT "order_payment_id_key" UNIQUE("payment_id"),',
        replace: '',
      },
    ],
    tests: payments,
  },
  {
    name: 'payment: row lock when a report is applied',
    guards: 'parallel reports of one payment are settled once',
    edits: [
      {
        file: `${PAYMENTS}/apply-report.ts`,
        find: 'tx.repos.payments.findByIdWithLock(snapshot.paymentId)',
        replace: 'tx.repos.payments.findById(snapshot.paymentId)',
      },
    ],
    tests: payments,
  },
  {
    name: 'payment: a charge stays with its payment',
    guards: 'nobody is given what another has paid for',
    edits: [
      {
        file: `${PAYMENTS}/apply-report.ts`,
        find: 'known && known.id !== original.id && known',
        replace: 'false && known',
      },
    ],
    tests: payments,
  },
  {
    name: 'refund: lock of the payment when a report is applied',
    guards: 'a refund that is reported twice at once takes back once',
    edits: [
      {
        file: `${PAYMENTS}/refunds/refunds.service.ts`,
        find: 'found && (await tx.repos.payments.findByIdWithLock(found.id))',
        replace: 'found',
      },
    ],
    tests: payments,
  },
  {
    name: 'refund: lock of the payment that is refunded',
    guards: 'parallel refunds give back no more than was paid',
    edits: [
      {
        file: `${PAYMENTS}/refunds/refunds.service.ts`,
        after: 'async request(',
        find: 'const payment = await tx.repos.payments.findByIdWithLock(request.paymentId)',
        replace: 'const payment = await tx.repos.payments.findById(request.paymentId)',
      },
    ],
    tests: payments,
  },
  {
    name: 'payment: lock when a closed payment is closed',
    guards: 'a payment that is being paid is not closed',
    edits: [
      {
        file: `${PAYMENTS}/payments.service.ts`,
        after: 'async close(',
        find: 'await tx.repos.payments.findByIdWithLock(paymentId)\n      if (!payment) throw new PaymentNotFound({ paymentId })\n      return isOpen',
        replace:
          'await tx.repos.payments.findById(paymentId)\n      if (!payment) throw new PaymentNotFound({ paymentId })\n      return isOpen',
      },
    ],
    tests: payments,
  },
  {
    name: 'payment: lock when the answer to an offer is kept',
    guards: 'a late answer does not overwrite a webhook that was faster',
    edits: [
      {
        file: `${PAYMENTS}/payments.service.ts`,
        after: 'async #record(',
        find: 'await tx.repos.payments.findByIdWithLock(paymentId)',
        replace: 'await tx.repos.payments.findById(paymentId)',
      },
    ],
    tests: payments,
  },
  {
    name: 'subscription: row lock when it is extended',
    guards: 'two payments extend it twice, one after the other',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/subscriptions.repository.ts`,
        find: ".for('update')\n    return row",
        replace: '\n    return row',
      },
    ],
    tests: payments,
  },
  {
    name: 'subscription: row lock when it is charged',
    guards: 'two workers charge a period once',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/subscriptions.repository.ts`,
        find: "\n      .for('update', { skipLocked: true })",
        replace: '',
      },
    ],
    tests: payments,
  },
]
