import { CORE, type MoneyKey, RULES } from './money-key.ts'

const MONEY = `${CORE}/features/billing/payments`

const payments = [`${MONEY}/invoice-payments.db.test.ts`]
const returns = [`${MONEY}/invoice-returns.db.test.ts`]
const charges = [`${MONEY}/charges.db.test.ts`]
const receipts = [`${MONEY}/invoice-receipts.db.test.ts`]

/** Money that customers pay for invoices: it comes once, goes back once, and is always somewhere. */
export const MONEY_IN_KEYS: readonly MoneyKey[] = [
  {
    name: 'quoteInvoice: row lock',
    guards: 'two charges of an invoice are never made at once',
    edits: [
      {
        file: `${MONEY}/quote-invoice.ts`,
        after: 'export async function quoteInvoice(',
        find: 'tx.repos.invoices.getByIdWithLock(invoiceId)',
        replace: 'tx.repos.invoices.getById(invoiceId)',
      },
    ],
    tests: charges,
  },
  {
    name: 'quoteInvoice: payments in the way',
    guards: 'nothing is charged while the answer to a charge is awaited',
    edits: [
      {
        file: `${MONEY}/quote-invoice.ts`,
        find: 'if (inTheWay) throw',
        replace: 'if (false) throw',
      },
    ],
    tests: charges,
  },
  {
    name: 'charges: what remains when they are made',
    guards: 'no more than an invoice asks for is charged, however late a charge is made',
    edits: [
      {
        file: `${MONEY}/invoice-payments.fulfilment.ts`,
        find: ' && payment.amount <= remainingOf(invoice)',
        replace: ' && remainingOf(invoice) > 0n',
      },
    ],
    tests: charges,
  },
  {
    name: 'quoteInvoice: what remains',
    guards: 'no more than an invoice asks for is asked of a customer',
    edits: [
      {
        file: `${MONEY}/quote-invoice.ts`,
        find: '!isPayable(invoice) || amount > remaining',
        replace: '!isPayable(invoice)',
      },
    ],
    tests: payments,
  },
  {
    name: 'quoteInvoice: state',
    guards: 'a draft takes no payment',
    edits: [
      {
        file: `${MONEY}/quote-invoice.ts`,
        find: "invoiceAfter(invoice.state, 'pay_rest') !== undefined && ",
        replace: '',
      },
    ],
    tests: payments,
  },
  {
    name: 'takeIn: credit',
    guards: 'what an invoice does not ask for is the customer’s',
    edits: [{ file: `${MONEY}/take-in.ts`, find: 'if (left > 0n)', replace: 'if (false)' }],
    tests: payments,
  },
  {
    name: 'takeBack: credit',
    guards: 'credit that goes back is not spent as well',
    edits: [
      { file: `${MONEY}/take-back.ts`, find: 'if (split.fromCredit > 0n)', replace: 'if (false)' },
    ],
    tests: returns,
  },
  {
    name: 'takeBack: invoice',
    guards: 'an invoice whose money went back asks for it again',
    edits: [
      { file: `${MONEY}/take-back.ts`, find: 'if (split.fromInvoice > 0n)', replace: 'if (false)' },
    ],
    tests: returns,
  },
  {
    name: 'checkReturnable',
    guards: 'what a customer has spent is not given back',
    edits: [
      {
        file: `${MONEY}/take-back.ts`,
        find: 'if (split.lost === 0n) return',
        replace: 'if (split.lost >= 0n) return',
      },
    ],
    tests: returns,
  },
  {
    name: 'billing_charges: money that went back',
    guards: 'whoever got money back is not charged for it again',
    edits: [{ file: RULES, find: ' OR p.taken_back > 0))', replace: '))' }],
    tests: charges,
  },
  {
    name: 'credit: refunds under way',
    guards: 'what a refund will take is neither spent nor promised to another',
    edits: [
      {
        file: 'core/src/features/billing/credits/credits.repository.ts',
        find: 'balance.amount - (of?.amount ?? 0n)',
        replace: 'balance.amount - 0n * (of?.amount ?? 0n)',
      },
    ],
    tests: returns,
  },
  {
    name: 'creditNotes.issue: becomes credit',
    guards: 'money that a credit note gave back is not asked for again',
    edits: [
      {
        file: 'core/src/features/billing/credit-notes/credit-notes.service.ts',
        find: 'await becomeCredit(tx, invoiceId, rest)',
        replace: 'await becomeCredit(tx, invoiceId, 0n * rest)',
      },
    ],
    tests: returns,
  },
  {
    name: 'planCharge: known attempts',
    guards: 'an attempt that was declined is not made again',
    edits: [
      {
        file: `${MONEY}/invoice-payments.service.ts`,
        after: 'async function planCharge(',
        find: 'if (known) return outcomeOf(known)',
        replace: '',
      },
    ],
    tests: charges,
  },
  {
    name: 'billing_charges: due day',
    guards: 'nobody is charged before the day',
    edits: [
      {
        file: RULES,
        find: 'SELECT i.tenant_id, i.id, i.due_on::timestamp AT TIME ZONE i.time_zone',
        replace: "SELECT i.tenant_id, i.id, '-infinity'::timestamptz",
      },
    ],
    tests: charges,
  },
  {
    name: 'billing_charges: agreement',
    guards: 'nobody is charged who has not agreed',
    edits: [{ file: RULES, find: 'AND c.auto_charge', replace: '' }],
    tests: charges,
  },
  {
    name: 'invoice receipts: rates',
    guards: 'a receipt never says one rate of tax for several',
    edits: [
      { file: `${MONEY}/receipt-terms.ts`, find: 'if (rates.length > 1)', replace: 'if (false)' },
    ],
    tests: receipts,
  },
]
