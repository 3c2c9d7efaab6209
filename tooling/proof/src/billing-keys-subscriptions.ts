import { CORE, type MoneyKey, RULES } from './money-key.ts'

const BILLING = `${CORE}/features/billing`
const RUNS = `${CORE}/features/billing/runs`
const SUBSCRIPTIONS = `${BILLING}/subscriptions`

const changes = [`${SUBSCRIPTIONS}/subscription-changes.db.test.ts`]
const invoices = [`${BILLING}/invoices/invoices.db.test.ts`]
const quotas = [`${BILLING}/usage/quotas.db.test.ts`]
const catalogue = [`${BILLING}/catalogue.db.test.ts`]

/** What changes of subscriptions give back and charge, and by whom usage is billed. */
export const SUBSCRIPTIONS_KEYS: readonly MoneyKey[] = [
  {
    name: 'subscriptions: what is ahead is taken away',
    guards: 'who has ended at once is not billed again by a plan that was ahead',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/revisions.ts`,
        find: 'other.number > number && other.fromOn < fromOn',
        replace: 'other.number < 0 && fromOn === other.fromOn && number < 0',
      },
    ],
    tests: changes,
  },
  {
    name: 'subscriptions: an end that is ahead stays',
    guards: 'a pause does not undo the end that was asked for',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/subscription-changes.ts`,
        find: "if (kind === 'pause' && ahead?.kind === 'cancel') drafts.push(again(ahead))",
        replace: '',
      },
    ],
    tests: changes,
  },
  {
    name: 'subscriptions: usage is billed by one of a customer',
    guards: 'the usage of a customer is not billed twice',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/subscription-changes.ts`,
        find: "getByIdWithLock(customerId, { mode: 'no key update' })",
        replace: 'getById(customerId)',
      },
    ],
    tests: changes,
  },
  {
    name: 'bill: late usage by its days',
    guards: 'usage that comes late costs what it would have cost in time',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/bill-lines.ts`,
        find: 'priceSegment(segment, { period, currency, usage }, plugIns).amount',
        replace:
          'priceSegment({ ...segment, fromOn: period.startOn, untilOn: period.endOn }, { period, currency, usage }, plugIns).amount',
      },
    ],
    tests: changes,
  },
  {
    name: 'bill: late usage of former charges',
    guards: 'usage that comes late is charged though the plan has another charge by now',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/bill-lines.ts`,
        find: '.filter(({ chargeKey }) => !seen.has(chargeKey))',
        replace: '.filter(({ chargeKey }) => seen.has(chargeKey) && false)',
      },
    ],
    tests: changes,
  },
  {
    name: 'bill: what is left at the end is credit',
    guards: 'what was paid and not used stays with nobody but the customer',
    edits: [
      {
        file: `${RUNS}/bill-batch.ts`,
        find: 'await settleEnded(tx, ended)',
        replace: 'await settleEnded(tx, [])',
      },
    ],
    tests: [`${SUBSCRIPTIONS}/ended-credit.db.test.ts`],
  },
  {
    name: 'bill: what is left at the end pays debts first',
    guards: 'nobody is given back what was never paid',
    edits: [
      {
        file: `${RUNS}/settle-ended.ts`,
        find: 'if (left > 0n) left -=',
        replace: 'if (left < 0n) left -=',
      },
    ],
    tests: [`${SUBSCRIPTIONS}/ended-credit.db.test.ts`],
  },
  {
    name: 'bill: usage by its whole span',
    guards: 'two charges on one meter are each billed for days of their own',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/bill-facts.ts`,
        find: ', endsAt.toISOString()].join',
        replace: ', String(endsAt.getTime() * 0)].join',
      },
    ],
    tests: changes,
  },
  {
    name: 'draft: a credit that is carried on asks for 0',
    guards: 'no subscription is parked for a cent of tax that rounding left',
    edits: [
      {
        file: `${BILLING}/invoices/draft.ts`,
        find: '!carry?.taxRate || rest === 0n',
        replace: '!carry?.taxRate || rest <= 10n',
      },
    ],
    tests: changes,
  },
  {
    name: 'billing_guard_lines: lock',
    guards: 'no line comes or goes while an invoice is finalized',
    edits: [
      {
        file: RULES,
        after: 'CREATE FUNCTION gramkit.billing_guard_lines',
        find: 'ORDER BY i.tenant_id, i.id FOR SHARE;',
        replace: 'ORDER BY i.tenant_id, i.id;',
      },
    ],
    tests: invoices,
  },
  {
    name: 'quotas: one reservation for an id',
    guards: 'one id never reserves of two quotas, and whoever is second is told why',
    edits: [
      {
        file: `${BILLING}/usage/quotas.service.ts`,
        find: "!isUniqueViolation(error, 'billing_reservation_pkey')",
        replace: "!isUniqueViolation(error, 'gone')",
      },
    ],
    tests: quotas,
  },
  {
    name: 'customers: currency',
    guards: 'credit and invoices of a customer are in one currency',
    edits: [
      {
        file: `${BILLING}/customers/customers.service.ts`,
        find: '(await tx.repos.customers.isBilled(id))',
        replace: 'id === before.code',
      },
    ],
    tests: catalogue,
  },
  {
    name: 'subscriptions: begun once for a request whose answer was lost',
    guards: 'nobody is billed twice for one order, however often it is sent',
    edits: [
      {
        file: 'apps/billing/backend/src/subscriptions/subscriptions.http.ts',
        find: 'subscriptions.create(request.body, id)',
        replace: 'subscriptions.create(request.body)',
      },
    ],
    tests: ['apps/billing/backend/src/lost-answers.db.test.ts'],
  },
]
