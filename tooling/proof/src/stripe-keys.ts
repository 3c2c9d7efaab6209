import { CORE, type Edit, type MoneyKey } from './money-key.ts'

const PAYMENTS = `${CORE}/features/payments`
const GATEWAY = `${PAYMENTS}/gateways/stripe.ts`
const WEBHOOK = `${PAYMENTS}/gateways/stripe-webhook.ts`

function rule(name: string, guards: string, edit: Edit): MoneyKey {
  const tests = ['apps/shop/backend/src/stripe.db.test.ts']
  return { name: `stripe: ${name}`, guards, edits: [edit], tests }
}

/** Everything that stands between Stripe and money that is made up, or taken twice. */
export const STRIPE_KEYS: readonly MoneyKey[] = [
  rule('the signature of an event', 'nobody but Stripe has an event stored', {
    file: WEBHOOK,
    find: "event = webhooks.constructEvent(raw, signature ?? '', secret, ...at)",
    replace: 'event = JSON.parse(String(raw || [webhooks, signature, at]))',
  }),
  rule('the age of a signature', 'what somebody has recorded cannot be sent again', {
    file: WEBHOOK,
    find: 'const TOLERANCE_SECONDS = 300',
    replace: 'const TOLERANCE_SECONDS = 0',
  }),
  rule('the amount of a report', 'less than the price buys nothing', {
    file: `${PAYMENTS}/apply-report.ts`,
    find: '!isSameMoney(payment, report.money)',
    replace: 'payment.currency !== report.money.currency',
  }),
  rule('the key of a page', 'a lost answer makes no second page to pay on', {
    file: GATEWAY,
    after: 'async start(',
    find: '{ idempotencyKey: paymentId }',
    replace: '{}',
  }),
  rule('the key of a charge', 'a lost answer charges no card twice', {
    file: GATEWAY,
    after: 'async chargeSavedMethod(',
    find: '{ idempotencyKey: paymentId }',
    replace: '{}',
  }),
  rule('the key of a refund', 'a lost answer gives nothing back twice', {
    file: GATEWAY,
    find: '{ idempotencyKey: refundId }',
    replace: '{}',
  }),
]
