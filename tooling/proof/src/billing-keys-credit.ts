import { CORE, type MoneyKey, RULES, TABLES, unique } from './money-key.ts'

const CREDITS = `${CORE}/features/billing/credits`
const credits = [`${CREDITS}/credits.db.test.ts`]

const BILLING = `${CORE}/features/billing`
const dunning = [`${BILLING}/dunning/dunning.db.test.ts`]
const lateFees = [`${BILLING}/late-fees/late-fees.db.test.ts`]
const NOTES = `${CORE}/features/billing/credit-notes`
const notes = [`${NOTES}/credit-notes.db.test.ts`]

const ROUTES = 'apps/billing/backend/src'
const lostAnswers = [`${ROUTES}/lost-answers.db.test.ts`]

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
  {
    name: 'billing_issue_credit_note: lines',
    guards: 'no line of an invoice is taken back by more than it asked for',
    edits: [
      {
        file: RULES,
        find: 'OR NOT sum(l.net) BETWEEN least(o.net, 0) AND greatest(o.net, 0)',
        replace: '',
      },
    ],
    tests: notes,
  },
  {
    name: 'billing_issue_credit_note: sums',
    guards: 'a credit note says what its lines say',
    edits: [
      {
        file: RULES,
        find: '= (n.subtotal::numeric, n.discount::numeric, n.tax::numeric)',
        replace: 'IS NOT NULL',
      },
    ],
    tests: notes,
  },
  {
    name: 'billing_credit_note: append-only',
    guards: 'a credit note says what it said',
    edits: [
      {
        file: RULES,
        find: 'BEFORE UPDATE OR DELETE OR TRUNCATE\n  ON gramkit.billing_credit_note FOR',
        replace: 'BEFORE TRUNCATE\n  ON gramkit.billing_credit_note FOR',
      },
    ],
    tests: notes,
  },
  {
    name: 'billing_credit_note: rights',
    guards: 'the application issues no credit note past the function of the database',
    edits: [
      {
        file: RULES,
        find: 'REVOKE INSERT, UPDATE, DELETE ON gramkit.billing_credit_note, gramkit.billing_credit_note_line,',
        replace:
          'REVOKE UPDATE, DELETE ON gramkit.billing_credit_note, gramkit.billing_credit_note_line,',
      },
    ],
    tests: notes,
  },
  {
    name: 'billing_credit_note_series: counter',
    guards: 'credit notes are numbered without a gap or a double',
    edits: [
      {
        file: RULES,
        find: 'ON CONFLICT (tenant_id, series) DO UPDATE SET last = s.last + 1 RETURNING s.last INTO n.sequence',
        replace:
          'ON CONFLICT (tenant_id, series) DO UPDATE SET last = s.last + 2 RETURNING s.last INTO n.sequence',
      },
    ],
    tests: notes,
  },
  {
    name: 'credit notes: the invoice is locked',
    guards: 'what is taken back at once is told apart, not refused by the database',
    edits: [
      {
        file: `${NOTES}/credit-notes.service.ts`,
        find: 'tx.repos.invoices.getByIdWithLock(invoiceId)',
        replace: 'tx.repos.invoices.getById(invoiceId)',
      },
    ],
    tests: notes,
  },
  {
    name: 'credit notes: paid by credit',
    guards: 'what credit had paid is not credited as money',
    edits: [
      {
        file: `${NOTES}/credit-notes.service.ts`,
        find: 'note.released > byCredit ? note.released - byCredit : 0n',
        replace: 'note.released',
      },
    ],
    tests: notes,
  },
  {
    name: 'credit notes: rounded as part of all',
    guards: 'a line in parts gives its tax back to the minor unit',
    edits: [
      {
        file: `${NOTES}/make-credit-note.ts`,
        find: 'fraction(sign * of * (gone + back), sign * price)',
        replace: 'fraction(sign * of * back, sign * price)',
      },
    ],
    tests: [`${NOTES}/make-credit-note.test.ts`],
  },
  unique('billing_late_fee_period_key', 'no days of an invoice cost a fee twice', lateFees),
  {
    name: 'late fees: half to even',
    guards: 'a fee is rounded once, half to even',
    edits: [
      {
        file: `${BILLING}/late-fees/late-fee.ts`,
        find: 'fractionOf(readDecimal(fee.rate))), share))',
        replace: "fractionOf(readDecimal(fee.rate))), share), 'half_up')",
      },
    ],
    tests: [`${BILLING}/late-fees/late-fee.test.ts`],
  },
  {
    name: 'late fees: fees cost none',
    guards: 'an invoice over a fee costs no fee',
    edits: [
      {
        file: `${BILLING}/late-fees/follow-late.ts`,
        find: 'invoices.filter(({ id }) => !fees.has(id))',
        replace: "invoices.filter(({ id }) => !fees.has('') && id)",
      },
    ],
    tests: lateFees,
  },
  {
    name: 'late fees: days while it was paid',
    guards: 'days on which an invoice was paid cost no fee',
    edits: [
      {
        file: `${BILLING}/invoices/invoices.service.ts`,
        find: "if (before.state === 'paid') await followAnew(",
        replace: "if (before.state === 'draft') await followAnew(",
      },
    ],
    tests: lateFees,
  },
  {
    name: 'dunning: a step is taken once',
    guards: 'two workers do once what is due',
    edits: [
      {
        file: `${BILLING}/dunning/dunning.service.ts`,
        find: 'if (dunning.step !== planned?.step) return',
        replace: 'if (!planned) return',
      },
      {
        file: `${BILLING}/dunning/dunning.service.ts`,
        find: 'if (!dunning?.dueAt || dunning.dueAt > now) return',
        replace: 'if (!dunning?.dueAt) return',
      },
    ],
    tests: dunning,
  },
  {
    name: 'dunning: written off',
    guards: 'nobody is charged for what is written off',
    edits: [
      {
        file: `${BILLING}/dunning/dunning.service.ts`,
        find: "if (dunning?.state !== 'open' || !isOwed(invoice)) return undefined",
        replace: "if (dunning?.state !== 'open') return undefined",
      },
    ],
    tests: [`${BILLING}/dunning/dunning-charges.db.test.ts`],
  },
  {
    name: 'dunning: a final decline is final',
    guards: 'a method that never pays is not charged again',
    edits: [
      {
        file: `${BILLING}/dunning/dunning.ts`,
        find: "declineClass === 'temporary' ? 'retry' : 'ask_method'",
        replace: "declineClass === 'temporary' ? 'retry' : 'retry'",
      },
    ],
    tests: [`${BILLING}/dunning/dunning.test.ts`],
  },
  {
    name: 'dunning: paid is paid',
    guards: 'nobody is gone after who has paid',
    edits: [
      {
        file: `${BILLING}/invoices/invoices.service.ts`,
        find: "if (aim === 'paid' || aim === 'void') await tx.repos.dunnings.recover(before.id, at)",
        replace: '',
      },
    ],
    tests: dunning,
  },
  {
    name: 'credit: applied once for a request whose answer was lost',
    guards: 'no request applies credit twice, however often it is sent',
    edits: [
      {
        file: `${CREDITS}/credits.service.ts`,
        find: 'if (known) return -known.amount',
        replace: 'if (known && most === 0n) return -known.amount',
      },
      {
        file: `${CREDITS}/credits.service.ts`,
        find: '...{ note: null, source },',
        replace: '...{ note: null, source: null },',
      },
    ],
    tests: lostAnswers,
  },
  {
    name: 'credit notes: issued once for a request whose answer was lost',
    guards: 'no request takes a part of an invoice back twice, however often it is sent',
    edits: [
      {
        file: `${ROUTES}/credits/credit-notes.http.ts`,
        find: 'creditNotes.issue(request.body, id)',
        replace: 'creditNotes.issue(request.body)',
      },
    ],
    tests: lostAnswers,
  },
]
