import { CORE, type MoneyKey, RULES, TABLES, unique } from './money-key.ts'

const CREDITS = `${CORE}/features/billing/credits`
const credits = [`${CREDITS}/credits.db.test.ts`]

/** What customers have with a tenant: given once, spent once, and never below 0. */
export const CREDIT_KEYS: readonly MoneyKey[] = [
  unique('billing_credit_entry_source_key', 'credit of one source is given once', credits),
  {
    name: 'billing_credit_balance_amount_check',
    guards: 'no credit is spent that is not there',
    edits: [
      {
        file: TABLES,
        find: '"billing_credit_balance_amount_check" CHECK ("gramkit"."billing_credit_balance"."amount" >= 0)',
        replace: '"billing_credit_balance_amount_check" CHECK (true)',
      },
    ],
    tests: credits,
  },
  {
    name: 'billing_credit_entry: append-only',
    guards: 'what changed a credit is never written anew',
    edits: [
      {
        file: RULES,
        find: 'BEFORE UPDATE OR DELETE OR TRUNCATE\n  ON gramkit.billing_credit_entry',
        replace: 'BEFORE TRUNCATE\n  ON gramkit.billing_credit_entry',
      },
    ],
    tests: credits,
  },
  {
    name: 'billing_credit_balance: rights',
    guards: 'the application writes no balance past the entries',
    edits: [
      {
        file: RULES,
        find: 'REVOKE INSERT, UPDATE, DELETE ON gramkit.billing_credit_balance FROM gramkit_app;',
        replace: '',
      },
    ],
    tests: credits,
  },
  {
    name: 'credit: balances are locked before they are spent',
    guards: 'several invoices at once spend a credit as far as it goes, and none of them fails',
    edits: [
      { file: `${CREDITS}/credits.repository.ts`, find: "\n      .for('update')", replace: '' },
    ],
    tests: credits,
  },
  {
    name: 'billing_finalize_invoices: credit that was set aside',
    guards: 'an invoice is paid by the credit that was taken for it',
    edits: [
      {
        file: RULES,
        find: "e.invoice_id = p.id AND e.reason = 'applied'), 0)",
        replace: 'false), 0)',
      },
    ],
    tests: credits,
  },
]
