import { CORE, type MoneyKey, TABLES, unique } from './money-key.ts'

const SUBSCRIPTIONS = `${CORE}/features/subscriptions`
const REPOSITORY = `${SUBSCRIPTIONS}/subscriptions.repository.ts`
const SERVICE = `${SUBSCRIPTIONS}/subscriptions.service.ts`
const CONSENTS = `${CORE}/features/payments/consents`

const tests = ['apps/shop/backend/src/access-keys.db.test.ts']

/** Who has access, and whose card may be charged for it. */
export const ACCESS_KEYS: readonly MoneyKey[] = [
  {
    name: 'subscription_trial_key',
    guards: 'a person tries a group of plans once, ever',
    edits: [
      {
        file: TABLES,
        find: 'NOT NULL,\n\tCONSTRAINT "subscription_trial_key" PRIMARY KEY("user_id","plan_group")',
        replace: 'NOT NULL',
      },
    ],
    tests,
  },
  {
    name: 'subscription_gift primary key',
    guards: 'one id gives one gift',
    edits: [
      {
        file: TABLES,
        after: 'CREATE TABLE "gramkit"."subscription_gift"',
        find: '"id" uuid PRIMARY KEY NOT NULL',
        replace: '"id" uuid NOT NULL',
      },
      {
        file: `${SUBSCRIPTIONS}/grants/grants.repository.ts`,
        find: '{ target: subscriptionGift.id }',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'gift: the contents of a used id',
    guards: 'a gift that was given is not taken for another’s',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/grants/gift.ts`,
        find: 'gift?.userId !== userId || gift.productId !== productId',
        replace: '!gift',
      },
    ],
    tests,
  },
  {
    name: 'gift: row lock of the subscription that it lengthens',
    guards: 'a gift takes nothing away that comes at the same moment',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/grants/gift.ts`,
        find: 'findLiveWithLock(userId, plan.group)\n  if (live)',
        replace: 'findLive(userId, plan.group)\n  if (live)',
      },
    ],
    tests,
  },
  unique('payment_consent_payment_id_key', 'a purchase has one consent', tests),
  {
    name: 'consent: no method is kept without',
    guards: 'nobody is charged who has not agreed to it',
    edits: [
      {
        file: `${CORE}/features/payments/apply-report.ts`,
        find: 'return given && savedMethodId',
        replace: 'return given ? savedMethodId : savedMethodId',
      },
    ],
    tests,
  },
  {
    name: 'consent: what was withdrawn counts no more',
    guards: 'nobody is charged who has taken their consent back',
    edits: [
      {
        file: `${CONSENTS}/consents.repository.ts`,
        after: 'async findGiven',
        find: 'and(eq(paymentConsent.paymentId, paymentId), isNull(paymentConsent.withdrawnAt))',
        replace: 'eq(paymentConsent.paymentId, paymentId)',
      },
    ],
    tests,
  },
  {
    name: 'consent: the payment forgets the method when it is withdrawn',
    guards: 'nobody is charged who has taken their consent back',
    edits: [
      {
        file: SERVICE,
        find: 'await tx.repos.payments.forgetMethod(firstPaymentId, now)',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'consent: the subscription forgets the method when it is withdrawn',
    guards: 'nobody is charged who has taken their consent back',
    edits: [
      {
        file: SERVICE,
        after: 'async withdrawConsent(',
        find: '        savedMethodId: null,\n',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'renewal: only what is due',
    guards: 'nobody is charged before the day',
    edits: [
      {
        file: REPOSITORY,
        find: 'and(lte(at, now), this.#isWorkedBy(kind))',
        replace: 'this.#isWorkedBy(kind)',
      },
    ],
    tests,
  },
  {
    name: 'renewal: one open charge',
    guards: 'a period is not charged again while its charge is under way',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/renewals/renewals.service.ts`,
        find: 'await tx.repos.payments.hasOpenOf(id)',
        replace: 'false',
      },
    ],
    tests,
  },
  {
    name: 'renewal: not for what was cancelled',
    guards: 'whoever cancels is not charged by what was under way',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/renewals/renewals.service.ts`,
        find: "return status === 'active' || status === 'past_due'",
        replace: "return status !== 'expired'",
      },
    ],
    tests,
  },
  {
    name: 'renewal: row lock when a decline is heard',
    guards: 'whoever pays by another way at that moment keeps what they paid for',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/renewals/renewals.service.ts`,
        after: 'async decline(',
        find: 'getByIdWithLock(',
        replace: 'getById(',
      },
    ],
    tests,
  },
  {
    name: 'expiry: a charge that is due goes first',
    guards: 'access does not end before its charge was tried',
    edits: [
      {
        file: REPOSITORY,
        find: "if (kind !== 'expiresAt') return isLive",
        replace: "if (kind !== 'expiresAt' || isLive) return isLive",
      },
    ],
    tests,
  },
  {
    name: 'change of plan: not while a charge is open',
    guards: 'a change and a renewal do not charge side by side',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/changes/change-plan.ts`,
        find: 'await scope.repos.payments.hasOpenOf(subscription.id)',
        replace: 'false',
      },
    ],
    tests,
  },
  {
    name: 'subscription: row lock when its user changes, pauses or cancels it',
    guards: 'a change that is asked for twice is charged once, and a pause loses nothing',
    edits: [
      {
        file: SERVICE,
        find: 'const [subscription] = await tx.repos.subscriptions.getByIdsWithLock([subscriptionId])',
        replace: 'const subscription = await tx.repos.subscriptions.findById(subscriptionId)',
      },
    ],
    tests,
  },
  {
    name: 'subscription: row lock when Telegram tells of it',
    guards: 'what is older than what was heard changes nothing',
    edits: [
      {
        file: SERVICE,
        find: 'tx.repos.subscriptions.getByIdWithLock(found.id)',
        replace: 'tx.repos.subscriptions.getById(found.id)',
      },
    ],
    tests,
  },
  {
    name: 'subscription: row lock when its period is taken back',
    guards: 'a refund takes no more than the period that it refunds',
    edits: [
      {
        file: `${SUBSCRIPTIONS}/take-back.ts`,
        find: 'tx.repos.subscriptions.getByIdWithLock(payment.subscriptionId)',
        replace: 'tx.repos.subscriptions.getById(payment.subscriptionId)',
      },
    ],
    tests,
  },
]
