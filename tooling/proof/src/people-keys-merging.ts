import { CORE, type MoneyKey, RULES, TABLES } from './money-key.ts'

const USERS = `${CORE}/features/users`
const ACCOUNTS = `${USERS}/accounts/accounts.service.ts`
const CREDITS = `${CORE}/features/payments/credits.fulfilment.ts`
const JOIN = `${CORE}/features/subscriptions/join-subscriptions.ts`

const merging = ['apps/shop/backend/src/merging.db.test.ts']
const atOnce = ['apps/shop/backend/src/merging-at-once.db.test.ts']
const purchases = ['apps/shop/backend/src/merging-purchases.db.test.ts']
const people = ['core/src/people.db.test.ts']
const erasure = ['apps/shop/backend/src/erasure.db.test.ts']

/** Takes one text out of a file, or puts another in its place. */
function edit(
  name: string,
  guards: string,
  [file, find, replace]: readonly [file: string, find: string, replace: string],
  tests: readonly string[],
): MoneyKey {
  return { name, guards, edits: [{ file, find, replace }], tests }
}

/** What a guest's money and a person's wish to be forgotten stand on. */
export const MERGING_KEYS: readonly MoneyKey[] = [
  edit(
    'merge: both users are locked before all else',
    'of two who want one guest one gets all, and a row that is being written is not left behind',
    [ACCOUNTS, 'users.getByIdsWithLock([guestId, userId])', 'users.getByIds([guestId, userId])'],
    atOnce,
  ),
  edit(
    'merge: only a guest, and only into somebody registered',
    'two people who both log in by themselves stay two',
    [
      ACCOUNTS,
      "if (!isGuest || user.kind !== 'registered' || user.departedAt)",
      'if (user.departedAt)',
    ],
    merging,
  ),
  edit(
    'merge: a departure is remembered',
    'a second merge is harmless',
    [ACCOUNTS, 'if (departure?.successorId === userId)', 'if (departure === null)'],
    merging,
  ),
  edit(
    'merge: each round has its own transfer id',
    'what lands on the guest later is moved too, each time once',
    [`${CORE}/features/balance/person-part.ts`, "['merged', unit, round]", "['merged', unit]"],
    merging,
  ),
  edit(
    'accounts.sweep_departures is scheduled',
    'what lands on somebody after they departed follows, or is forgotten',
    [`${CORE}/jobs.ts`, '  sweepDepartures,\n  takeBalanceSnapshots,', '  takeBalanceSnapshots,'],
    merging,
  ),
  edit(
    'authenticate: nobody logs in as somebody who departed',
    'a login that lands on a merged guest opens nothing',
    [
      `${USERS}/sessions/sessions.service.ts`,
      'found?.user.departedAt ? undefined : found',
      'found',
    ],
    merging,
  ),
  edit(
    'balance_post: a reversal comes out of the account it went to, or its successor’s',
    'nobody gives back what somebody else has got',
    [
      RULES,
      'OR p.source_account_id <> original.target_account_id AND NOT EXISTS (',
      'OR false AND NOT EXISTS (',
    ],
    purchases,
  ),
  edit(
    'refund: the credits are taken from who has the payment now',
    'a refund after a merge leaves no debt with a guest who is gone',
    [CREDITS, 'from: await giverOf(balance, payment, { heldBy: hold?.userId, taken }),', ''],
    purchases,
  ),
  edit(
    'refund: what was set aside before a merge is taken where it is',
    'the user does not pay for a refund whose credits still lie with the guest',
    [CREDITS, '>= taken ? heldBy : userId', '>= taken ? userId : userId'],
    purchases,
  ),
  edit(
    'merge: time of a trial goes nowhere',
    'throw-away guests are not free time for ever',
    [JOIN, "own.status === 'trialing' ? 0 : Math.max(0, leftMs)", 'Math.max(0, leftMs)'],
    purchases,
  ),
  edit(
    'merge: a second trial ends',
    'each person has one trial of a group',
    [
      JOIN,
      "else if (own.status === 'trialing' && tried)",
      "else if (own.status === 'paused' && tried)",
    ],
    purchases,
  ),
  edit(
    'take-back: time that was carried over goes with its refund',
    'nobody keeps time whose money went back',
    [
      `${CORE}/features/subscriptions/take-back.ts`,
      "status === 'expired' && subscription.heirId",
      "status === 'paused' && subscription.heirId",
    ],
    purchases,
  ),
  edit(
    'DELETE /me asks for a fresh login',
    'a stolen login erases nobody',
    [
      `${USERS}/accounts/accounts.http.ts`,
      'onRequest: requireRecentLogin',
      'onRequest: requireUser',
    ],
    erasure,
  ),
  edit(
    'erase: money under way stands against it',
    'nobody is forgotten while money has to find them',
    [ACCOUNTS, 'if (reasons.length > 0) throw', 'if (reasons.length > 99) throw'],
    erasure,
  ),
  edit(
    'erase: the provider is told before the person is forgotten',
    'Telegram does not go on charging somebody who was erased',
    [
      `${CORE}/features/subscriptions/person-part.ts`,
      'await services.renewals.switchRenewal(id, true)',
      '',
    ],
    erasure,
  ),
  edit(
    'user_account_departed_check',
    'a request that was under way gives nobody their name back',
    [TABLES, 'CHECK ("gramkit"."user_account"."departed_at" is null or', 'CHECK (true or'],
    erasure,
  ),
  edit(
    'erase: contacts of purchases',
    'no e-mail address stays',
    [
      `${CORE}/features/payments/person-part.ts`,
      'await personRows.remove(paymentContact.userId, userId)',
      '',
    ],
    erasure,
  ),
  edit(
    'erase: what somebody sent',
    'no message and no name in one stays',
    [
      `${CORE}/people.ts`,
      'if (!sender) return\n    await repos.inbox.forget(sender)',
      'if (!sender) return',
    ],
    erasure,
  ),
  edit(
    'erase: answers to requests',
    'no copy of what somebody said stays with an idempotency key',
    [`${CORE}/people.ts`, 'await forgetAnswers(repos.db, userId)', ''],
    erasure,
  ),
  edit(
    'erase: answers to requests of tenants',
    'no copy of who a customer was stays with an idempotency key',
    [
      `${CORE}/people.ts`,
      'await blankAnswers(repos.db, { asker, names: id })',
      'await blankAnswers(repos.db, { asker: id, names: id })',
    ],
    ['apps/billing/backend/src/customers/customers.http.db.test.ts'],
  ),
  edit(
    'erase: names and identity',
    'the account says nothing of who it was',
    [
      `${USERS}/person-part.ts`,
      'repos.users.depart(userId, clock.now())',
      'repos.users.findById(userId)',
    ],
    erasure,
  ),
  edit(
    'merge: a late renewal changes neither the plan nor who is charged',
    'nobody is charged by the card of a guest’s plan, whose consent has ended',
    [
      `${CORE}/features/subscriptions/extension.ts`,
      'return own.heirId ? own : undefined',
      'return own.pausedAt ? own : undefined',
    ],
    purchases,
  ),
  edit(
    'merge: of what refills brought only what the cap leaves room for',
    'a thousand guests are no source of energy',
    [
      `${CORE}/features/balance/person-part.ts`,
      'return surplus > 0n ? surplus : 0n',
      'return surplus > 0n ? 0n : 0n',
    ],
    people,
  ),
  edit(
    'erase: nothing is charged any more',
    'one erased person does not stop the renewals of all others',
    [
      `${CORE}/features/subscriptions/person-part.ts`,
      '...[subscription.nextChargeAt, subscription.noticeAt],',
      '',
    ],
    erasure,
  ),
  edit(
    'erase: a renewal that began meanwhile stands against it',
    'Telegram does not charge somebody who cannot be named to it any more',
    [`${CORE}/features/subscriptions/person-part.ts`, 'if (!isLast) return []', 'return []'],
    erasure,
  ),
  edit(
    'erase: a delivery that came meanwhile is kept whole',
    'no payment is emptied before it is applied',
    [`${CORE}/people.ts`, '(await repos.inbox.countOpenOf(sender)) > 0) throw', 'false) throw'],
    people,
  ),
]
