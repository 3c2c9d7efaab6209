import { CORE, type MoneyKey, RULES, TABLES } from './money-key.ts'

const USAGE = `${CORE}/features/billing/usage`

const usage = [`${USAGE}/usage.db.test.ts`]
const quotas = [`${USAGE}/quotas.db.test.ts`]
const reached = [`${USAGE}/quota-reached.db.test.ts`]

/** What is counted, billed and reserved of usage. */
export const USAGE_KEYS: readonly MoneyKey[] = [
  {
    name: 'usage: an event is counted once',
    guards: 'what is told twice is not billed twice',
    edits: [
      {
        file: TABLES,
        find: 'CONSTRAINT "billing_usage_event_pkey" PRIMARY KEY("tenant_id","source","event_id")',
        replace:
          'CONSTRAINT "billing_usage_event_pkey" PRIMARY KEY("tenant_id","source","event_id","created_at","quantity")',
      },
      {
        file: `${USAGE}/usage-events.repository.ts`,
        find: 'on conflict (tenant_id, source, event_id) do nothing',
        replace: '',
      },
    ],
    tests: usage,
  },
  {
    name: 'usage: other contents under one id',
    guards: 'usage that has the id of another is not lost without a word',
    edits: [
      {
        file: `${USAGE}/usage.service.ts`,
        find: 'isSame.get(index) !== false',
        replace: 'isSame.has(index)',
      },
    ],
    tests: usage,
  },
  {
    name: 'usage: half-open periods',
    guards: 'an event at a boundary is billed once',
    edits: [
      {
        file: `${USAGE}/usage-events.repository.ts`,
        find: 'e.occurred_at < q.ends_at`',
        replace: 'e.occurred_at <= q.ends_at`',
      },
    ],
    tests: usage,
  },
  {
    name: 'usage: late usage is billed once',
    guards: 'what came late is on one invoice',
    edits: [
      {
        file: `${USAGE}/usage-readings.repository.ts`,
        find: '...period.late.map((late) => row(late, late.quantity - late.billed)),',
        replace: '',
      },
    ],
    tests: usage,
  },
  {
    name: 'billing_usage_reading_key',
    guards: 'a period is billed once at a boundary',
    edits: [
      {
        file: TABLES,
        find: 'CREATE UNIQUE INDEX "billing_usage_reading_key"',
        replace: 'CREATE INDEX "billing_usage_reading_key"',
      },
    ],
    tests: usage,
  },
  {
    name: 'usage: events never change',
    guards: 'nobody changes what was counted',
    edits: [
      {
        file: RULES,
        find: 'REVOKE UPDATE, DELETE ON gramkit.billing_meter, gramkit.billing_usage_event,\n  gramkit.billing_usage_reading FROM gramkit_app;',
        replace: 'SELECT 1;',
      },
    ],
    tests: usage,
  },
  {
    name: 'quota: one reserves at a time',
    guards: 'no more is reserved than the quota has',
    edits: [
      {
        file: `${USAGE}/quotas.repository.ts`,
        find: "meterId).for('no key update')",
        replace: 'meterId)',
      },
    ],
    tests: quotas,
  },
  {
    name: 'quota: a look that came too early',
    guards: 'a quota that is used up while it is looked at is told of',
    edits: [
      {
        file: `${USAGE}/quotas.repository.ts`,
        find: 'case when q.uses <> l.uses then',
        replace: 'case when q.uses < l.uses then',
      },
    ],
    tests: reached,
  },
  {
    name: 'quota: what is held counts',
    guards: 'no more is reserved than the quota has',
    edits: [
      {
        file: `${USAGE}/quota-reached.ts`,
        find: 'quantity - used - held',
        replace: 'quantity - used',
      },
    ],
    tests: quotas,
  },
]
