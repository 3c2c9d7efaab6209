import { CORE, type MoneyKey, RULES } from './money-key.ts'

const HOLDS = `${CORE}/features/balance/holds`

const tests = [`${HOLDS}/holds.db.test.ts`]

/** What keeps an amount that is set aside from being spent, freed or taken twice. */
export const HOLD_KEYS: readonly MoneyKey[] = [
  {
    name: 'balance_post: what is held counts as gone',
    guards: 'nobody spends what waits for a decision',
    edits: [
      {
        file: RULES,
        find: 'AND a.balance - a.held < a.floor',
        replace: 'AND a.balance < a.floor',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: only what is to spare is held',
    guards: 'parallel holds bind no more than there is',
    edits: [
      {
        file: RULES,
        find: 'ELSIF account.balance - account.held < account.floor THEN',
        replace: 'ELSIF false THEN',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: a hold ends once',
    guards: 'a hold is captured or released, never both',
    edits: [
      {
        file: RULES,
        find: "AND OLD.status = 'pending' AND NEW.status <> 'pending' THEN",
        replace: "AND NEW.status <> 'pending' THEN",
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: row lock when it is captured',
    guards: 'a hold is captured once, and who asks again gets the same transfer',
    edits: [
      {
        file: `${HOLDS}/holds.service.ts`,
        find: 'tx.repos.holds.getByIdWithLock(holdId)',
        replace: 'tx.repos.holds.getById(holdId)',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: row lock when it is released',
    guards: 'a hold that somebody ends at that moment is found ended',
    edits: [
      {
        file: `${HOLDS}/holds.service.ts`,
        find: 'const [hold] = await tx.repos.holds.getByIdsWithLock([holdId])',
        replace: 'const hold = await tx.repos.holds.findById(holdId)',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: row lock when it expires',
    guards: 'a hold does not expire while it is being captured',
    edits: [
      {
        file: `${HOLDS}/holds.repository.ts`,
        find: "\n      .for('update', { skipLocked: true })",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: expiry waits for its time',
    guards: 'what is set aside stays so until then',
    edits: [
      {
        file: `${HOLDS}/holds.repository.ts`,
        find: 'and(isPending, lte(balanceHold.expiresAt, now))',
        replace: 'and(isPending, isNotNull(balanceHold.expiresAt))',
      },
    ],
    tests,
  },
  {
    name: 'balance_hold: expiry leaves ended holds alone',
    guards: 'what was captured is not freed as well',
    edits: [
      {
        file: `${HOLDS}/holds.repository.ts`,
        find: 'and(isPending, lte(balanceHold.expiresAt, now))',
        replace: 'lte(balanceHold.expiresAt, now)',
      },
    ],
    tests,
  },
]
