import { CORE, type MoneyKey, RULES, unique } from './money-key.ts'

const WAITLIST = `${CORE}/features/waitlist`

const tests = [`${WAITLIST}/waitlist.db.test.ts`]
const admissions = [`${WAITLIST}/admissions/admissions.db.test.ts`]
const messages = [`${WAITLIST}/messages/messages.db.test.ts`]

/** What keeps places exact, and lets in nobody who was not invited, nobody twice, and nobody by guessing. */
export const WAITLIST_KEYS: readonly MoneyKey[] = [
  unique('waitlist_entry_email_key', 'an address is on the waitlist once', tests),
  unique('waitlist_invite_open_key', 'nobody has two open invites', admissions),
  {
    name: 'waitlist_count: who changes',
    guards: 'who leaves or is invited is before nobody any more',
    edits: [
      {
        file: RULES,
        find: 'UNION ALL SELECT class_id, status, seq, -1 FROM gone',
        replace: 'UNION ALL SELECT class_id, status, seq, -1 FROM gone WHERE false',
      },
    ],
    tests,
  },
  {
    name: 'waitlist places: inside a bucket',
    guards: 'of the same score the first who joined comes first',
    edits: [
      {
        file: `${WAITLIST}/places.repository.ts`,
        find: 'and o.seq >= mine.bucket << 12 and o.seq < mine.seq)',
        replace: 'and false)',
      },
    ],
    tests,
  },
  {
    name: 'waitlist tokens: two before and after',
    guards: 'who typed somebody else’s address holds no key to what they confirm',
    edits: [
      {
        file: `${WAITLIST}/entry-token.ts`,
        find: "confirmedAt ? ':confirmed' : ':unconfirmed'",
        replace: "confirmedAt ? '' : ''",
      },
    ],
    tests,
  },
  {
    name: 'batches: one at a time',
    guards: 'the same batch at once is one batch',
    edits: [
      {
        file: `${WAITLIST}/batches/batches.repository.ts`,
        find: "select pg_advisory_xact_lock(hashtext('gramkit.waitlist_batch'))",
        replace: 'select 1',
      },
    ],
    tests: admissions,
  },
  {
    name: 'batches: the gate',
    guards: 'nobody is invited while the gate is closed',
    edits: [
      {
        file: `${WAITLIST}/batches/batches.service.ts`,
        find: 'const gate = await tx.quality.requireIssuing()',
        replace: 'const gate = await tx.quality.gate()',
      },
    ],
    tests: admissions,
  },
  {
    name: 'admissions: codes of batches and earned ones alone',
    guards: 'a code that people made for themselves lets nobody in',
    edits: [
      {
        file: `${WAITLIST}/admissions/admissions.service.ts`,
        find: 'if (!invite && (inviterEntryId === null || invitation.recipient !== null))',
        replace: 'if (false)',
      },
    ],
    tests: admissions,
  },
  {
    name: 'admissions: the address that a code went to',
    guards: 'an earned code proves no address',
    edits: [
      {
        file: `${WAITLIST}/admissions/admissions.service.ts`,
        find: 'const isProved = invitation.recipient !== null',
        replace: 'const isProved = true',
      },
    ],
    tests: admissions,
  },
  {
    name: 'admissions: one of an address at a time',
    guards: 'two codes that are redeemed for one address at once make one account',
    edits: [
      {
        file: `${WAITLIST}/admissions/admissions.service.ts`,
        find: 'if (who.email !== null) await tx.repos.emails.lockAddress(who.email)',
        replace: '',
      },
    ],
    tests: admissions,
  },
  {
    name: 'requeue: three times',
    guards: 'who never comes is not invited for ever',
    edits: [
      {
        file: `${WAITLIST}/batches/batch.ts`,
        find: 'export const REQUEUES_MAX = 3',
        replace: 'export const REQUEUES_MAX = 300',
      },
    ],
    tests: messages,
  },
]
