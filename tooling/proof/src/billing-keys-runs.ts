import { CORE, type MoneyKey, RULES, unique } from './money-key.ts'

const BILLING = `${CORE}/features/billing`

const invoices = [`${BILLING}/invoices/invoices.db.test.ts`]
const runs = [`${BILLING}/runs/runs.db.test.ts`]
const anchors = [`${BILLING}/subscriptions/anchors.db.test.ts`]
const subscriptions = [`${BILLING}/subscriptions/subscriptions.db.test.ts`]

/** What is asked for once, under a number of its own, and never changed afterwards. */
export const RUNS_KEYS: readonly MoneyKey[] = [
  unique('billing_invoice_bill_key', 'a bill of a subscription has one invoice', runs),
  unique('billing_invoice_line_charge_key', 'no charge is asked for twice for its days', runs),
  {
    name: 'billing_guard_invoice: contents',
    guards: 'a finalized invoice says what it said',
    edits: [
      {
        file: RULES,
        find: "IF OLD.state <> 'draft' AND to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN",
        replace: 'IF false THEN',
      },
    ],
    tests: invoices,
  },
  {
    name: 'billing_guard_lines',
    guards: 'a finalized invoice has the lines that it had',
    edits: [
      {
        file: RULES,
        after: 'CREATE FUNCTION gramkit.billing_guard_lines',
        find: "AND i.state <> 'draft'",
        replace: 'AND false',
      },
    ],
    tests: invoices,
  },
  {
    name: 'billing_invoice: rights',
    guards: 'the application moves no invoice past the functions of the database',
    edits: [
      {
        file: RULES,
        find: 'REVOKE UPDATE ON gramkit.billing_invoice, gramkit.billing_invoice_line FROM gramkit_app',
        replace: 'REVOKE UPDATE ON gramkit.billing_invoice_line FROM gramkit_app',
      },
    ],
    tests: invoices,
  },
  {
    name: 'billing_invoice_series: counter',
    guards: 'numbers have no double however many are given at once',
    edits: [
      {
        file: RULES,
        find: 'DO UPDATE SET last = s.last + excluded.last',
        replace: 'DO UPDATE SET last = excluded.last',
      },
    ],
    tests: invoices,
  },
  {
    name: 'invoices.receive: row lock',
    guards: 'money for an invoice is taken once',
    edits: [
      {
        file: `${BILLING}/invoices/invoices.service.ts`,
        after: 'async receive(',
        find: 'tx.repos.invoices.getByIdWithLock(id)',
        replace: 'tx.repos.invoices.getById(id)',
      },
    ],
    tests: invoices,
  },
  {
    name: 'runs: due subscriptions are locked',
    guards: 'two workers never bill the same subscription',
    edits: [
      {
        file: `${BILLING}/subscriptions/subscriptions.repository.ts`,
        after: 'lockDue(',
        find: ".for('update', { skipLocked: true })",
        replace: '',
      },
    ],
    tests: runs,
  },
  {
    name: 'runs: a run turns when nothing is left',
    guards: 'no draft is left behind by a run that is over',
    edits: [
      {
        file: `${BILLING}/runs/runs.service.ts`,
        find: "if ((await tx.repos.subscriptions.countDue(asOf)) > 0) return 'busy'",
        replace: '',
      },
      {
        file: `${BILLING}/runs/runs.service.ts`,
        find: "getByIdWithLock(id, { mode: 'no key update', wait: 'skip' })",
        replace: 'findById(id)',
      },
    ],
    tests: runs,
  },
  {
    name: 'bill: the trial is not billed',
    guards: 'a trial costs nothing',
    edits: [
      {
        file: `${BILLING}/subscriptions/subscriptions.service.ts`,
        find: 'const anchorOn = fields.anchorOn ?? untilOn',
        replace: 'const anchorOn = fields.anchorOn ?? startOn',
      },
    ],
    tests: subscriptions,
  },
  {
    name: 'periods: counted from the anchor',
    guards: 'the 31st stays the 31st after a shorter month',
    edits: [
      {
        file: `${BILLING}/periods/billing-period.ts`,
        find: ': addMonths(anchorOn, step.months * index)',
        replace:
          ': Array.from({ length: index }).reduce<string>((day) => addMonths(day, step.months), anchorOn)',
      },
    ],
    tests: anchors,
  },
  {
    name: 'periods: local midnights',
    guards: 'a period begins with the day of the customer',
    edits: [
      {
        file: `${BILLING}/periods/billing-period.ts`,
        find: 'startsAt: localMidnight(startOn, schedule.timeZone)',
        replace: "startsAt: localMidnight(startOn, 'UTC')",
      },
    ],
    tests: anchors,
  },
]
