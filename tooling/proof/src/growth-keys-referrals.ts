// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of sources.
import { CORE, type MoneyKey, TABLES } from './money-key.ts'

const REFERRALS = `${CORE}/features/referrals`
const ROUTES = 'apps/launchpad/backend/src/referrals'

const tests = [`${REFERRALS}/referrals.db.test.ts`]
const gifts = [`${CORE}/features/subscriptions/grants/gifts.db.test.ts`]
const http = [`${ROUTES}/referrals.http.db.test.ts`]

const repository = `${REFERRALS}/referrals.repository.ts`
const rewards = `${REFERRALS}/rewards.service.ts`

/** Who brought whom, and what is given for it and taken back. */
export const REFERRALS_KEYS: readonly MoneyKey[] = [
  {
    name: 'referrals: one connects people at a time',
    guards: 'two who bring each other at once make no cycle',
    edits: [
      {
        file: repository,
        find: "select pg_advisory_xact_lock(hashtext('gramkit.referral_tree'))",
        replace: 'select 1',
      },
    ],
    tests,
  },
  {
    name: 'referrals: nobody stands above their inviter',
    guards: 'nobody is rewarded for whom they were brought by',
    edits: [
      {
        file: `${REFERRALS}/connect.ts`,
        find: 'if (await referrals.isAbove(invitee.id, inviter.id)) return undefined',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'referrals: nobody brings themselves under another spelling',
    guards: 'nobody is rewarded for themselves',
    edits: [
      {
        file: `${REFERRALS}/connect.ts`,
        find: 'return one.id === other.id || isUser || isMailbox',
        replace: 'return one.id === other.id || isUser',
      },
    ],
    tests,
  },
  {
    name: 'referrals: what is earned is counted one at a time',
    guards: 'referrals that qualify at once are all counted',
    edits: [
      {
        file: repository,
        find: "select pg_advisory_xact_lock(hashtext('gramkit.referral_inviter'), hashtext(${entryId}))",
        replace: 'select 1',
      },
    ],
    tests,
  },
  {
    name: 'referrals: a reward of a tier is one row',
    guards: 'a reward is given once',
    edits: [
      {
        file: TABLES,
        find: 'CREATE UNIQUE INDEX "referral_reward_key"',
        replace: 'CREATE INDEX "referral_reward_key"',
      },
    ],
    tests,
  },
  {
    name: 'referrals: minting debits the ledger',
    guards: 'a code that was earned is minted once',
    edits: [{ file: rewards, find: 'await tx.balance.debit({', replace: 'void ({' }],
    tests,
  },
  {
    name: 'referrals: a closed gate mints nothing',
    guards: 'no code goes out while the growth is bad',
    edits: [
      {
        file: rewards,
        find: ' && (await tx.quality.gate()).isIssuingAllowed',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'referrals: a floor pauses rewards',
    guards: 'bad referrals earn nothing',
    edits: [
      {
        file: rewards,
        find: "if (floor === 'paused' || floor === 'review') return",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'referrals: what is frozen does not count',
    guards: 'nothing is given for a frozen referral',
    edits: [
      {
        file: repository,
        find: "${referral.status} = 'qualified' and ${referral.frozenAt} is null",
        replace: "${referral.status} = 'qualified'",
      },
    ],
    tests,
  },
  {
    name: 'referrals: a clawback reverses the codes',
    guards: 'what was given for fraud is taken back',
    edits: [{ file: rewards, find: 'await tx.balance.reverse(', replace: 'void (' }],
    tests,
  },
  {
    name: 'referrals: a clawback revokes unused codes',
    guards: 'codes of fraud let nobody in',
    edits: [
      {
        file: rewards,
        find: 'await revokeUnused(tx, { entryId, userId, ...by })',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'referrals: a code is put back once',
    guards: 'an expired code is not minted twice',
    edits: [{ file: rewards, find: "deriveId(invitationId, 'put_back')", replace: 'newId()' }],
    tests,
  },
  {
    name: 'referrals: premium that was taken back is not given',
    guards: 'a job that comes late gives nothing',
    edits: [
      {
        file: rewards,
        find: 'if (reward.clawedBackAt || reward.premiumGivenAt) return',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'referrals: a gift is taken back once',
    guards: 'time that somebody has is not taken twice',
    edits: [
      {
        file: `${CORE}/features/subscriptions/grants/take-back-gift.ts`,
        find: 'if (gift.takenBackAt) return',
        replace: '',
      },
    ],
    tests: gifts,
  },
  {
    name: 'referrals: the page of another person is refused',
    guards: 'nobody earns or asks in the name of another',
    edits: [
      {
        file: `${ROUTES}/entry-of-person.ts`,
        find: "if (named?.id !== own.id) throw new RoleRequired({ role: 'admin' })\n  return own",
        replace: 'return named ?? own',
      },
    ],
    tests: http,
  },
]
