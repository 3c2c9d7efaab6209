import { CORE, type MoneyKey, RULES, TABLES, unique } from './money-key.ts'

const BILLING = `${CORE}/features/billing`
const RECOGNITIONS = `${BILLING}/journal/recognitions.repository.ts`

const journal = [`${BILLING}/journal/journal.db.test.ts`]
const revenue = [`${BILLING}/revenue/revenue.db.test.ts`]
const reports = [`${BILLING}/reports/reports.db.test.ts`]
const formulas = [`${BILLING}/reports/mrr.test.ts`]

/** One rule of the books of billing, taken away in one place. */
function rule(
  name: string,
  guards: string,
  edit: { readonly file: string; readonly find: string; readonly replace: string },
  tests: readonly string[],
): MoneyKey {
  return { name: `books: ${name}`, guards, edits: [edit], tests }
}

/** What keeps the journal whole, revenue in its month, and reports the sums of the journal. */
export const REVENUE_KEYS: readonly MoneyKey[] = [
  unique('billing_journal_entry_source_key', 'nothing is booked twice', journal),
  rule(
    'balanced',
    'an entry takes from accounts what it gives to others',
    {
      file: TABLES,
      find: '+ "gramkit"."billing_journal_entry"."bad_debt" = 0)',
      replace: '+ "gramkit"."billing_journal_entry"."bad_debt" >= 0)',
    },
    journal,
  ),
  rule(
    'append-only',
    'an entry never changes, not even by its owner',
    {
      file: RULES,
      find: 'CREATE TRIGGER billing_journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE',
      replace: 'CREATE TRIGGER billing_journal_entry_append_only BEFORE DELETE',
    },
    journal,
  ),
  rule(
    'closed months',
    'a month that is closed keeps its figures',
    {
      file: RULES,
      find: "AND c.month > e.earliest - interval '1 month') THEN",
      replace: 'AND false) THEN',
    },
    journal,
  ),
  rule(
    'closing finds open work',
    'a month has what its periods earned before it is closed',
    {
      file: `${BILLING}/revenue/closed-months.repository.ts`,
      find: "if (row?.unbilled) return 'unbilled'",
      replace: '',
    },
    revenue,
  ),
  rule(
    'closing waits',
    'nobody books into a month while it is being closed',
    {
      file: `${BILLING}/revenue/closed-months.repository.ts`,
      find: ".for('update')",
      replace: ".for('key share')",
    },
    revenue,
  ),
  rule(
    'finalized is booked',
    'no invoice asks for money that the journal does not know',
    {
      file: `${BILLING}/invoices/issue.ts`,
      find: 'tx.journal.bookFinalized(drafts.map(({ id }) => id))',
      replace: 'tx.journal.bookFinalized([])',
    },
    journal,
  ),
  rule(
    'days add up',
    'what lines earn by the day is the line in the end, to the minor unit',
    {
      file: RECOGNITIONS,
      find: 's.until_on - s.from_on)::bigint as after',
      replace: 's.until_on - s.from_on + 1)::bigint as after',
    },
    revenue,
  ),
  rule(
    'deferred first',
    'a credit note takes back what is not earned before what is',
    {
      file: RECOGNITIONS,
      find: 'least(greatest(r.amount - r.recognised, 0), ',
      replace: 'least(0, ',
    },
    journal,
  ),
  rule(
    'void is not earned',
    'an invoice that is void earns nothing any more',
    {
      file: `${BILLING}/journal/journal.service.ts`,
      find: 'await tx.repos.recognitions.stop(id)',
      replace: "await tx.repos.recognitions.stop('00000000-0000-7000-8000-000000000000')",
    },
    revenue,
  ),
  rule(
    'written off stays off',
    'money for what was written off makes the bad debt smaller',
    {
      file: `${BILLING}/journal/journal.service.ts`,
      find: 'return isWrittenOff ? { badDebt: change } : { receivable: change }',
      replace: 'return isWrittenOff ? { receivable: change } : { receivable: change }',
    },
    journal,
  ),
  rule(
    'hash in the audit',
    'a row that a superuser changed is found',
    {
      file: `${BILLING}/revenue/books.repository.ts`,
      find: "b.digest <> a.facts->>'digest'",
      replace: 'false',
    },
    revenue,
  ),
  rule(
    'revenue is earned',
    'revenue counts in the month that earned it, not in that of the invoice',
    {
      file: RECOGNITIONS,
      find: 'greatest(till - 1,',
      replace: 'greatest(till + 30,',
    },
    reports,
  ),
  rule(
    'rates of their months',
    'what a month is worth in another currency does not change with the next rate',
    {
      file: `${BILLING}/reports/conversion.ts`,
      find: 'const query = { from, to, on, maxAgeDays: RATE_DAYS_MAX }',
      replace: "const query = { from, to, on: '2090-01-01', maxAgeDays: 366 }",
    },
    reports,
  ),
  rule(
    'back is not new',
    'customers who come back are told from those who are new',
    {
      file: `${BILLING}/reports/mrr.ts`,
      find: 'firstPaidOn === null || firstPaidOn > openedOn',
      replace: "firstPaidOn === null || firstPaidOn > ''",
    },
    formulas,
  ),
  rule(
    'a year is twelve months',
    'an annual price counts for a twelfth of it a month',
    {
      file: `${BILLING}/reports/mrr.ts`,
      find: 'annually: fraction(1n, 12n)',
      replace: 'annually: fraction(1n)',
    },
    formulas,
  ),
]
