import { CORE, type MoneyKey, RULES, TABLES, unique } from './money-key.ts'

const ledger = [`${CORE}/features/balance/balance.db.test.ts`]
const batches = [`${CORE}/features/balance/post-many.db.test.ts`]
const refills = [`${CORE}/features/balance/refills/refills.db.test.ts`]
const floors = [`${CORE}/features/balance/balance.http.db.test.ts`]

/** What the ledger depends on. */
export const LEDGER_KEYS: readonly MoneyKey[] = [
  {
    name: 'balance_transfer primary key',
    guards: 'one id moves money once',
    edits: [
      {
        file: TABLES,
        after: 'CREATE TABLE "gramkit"."balance_transfer"',
        find: '"id" uuid PRIMARY KEY NOT NULL',
        replace: '"id" uuid NOT NULL',
      },
      {
        file: TABLES,
        find: 'ALTER TABLE "gramkit"."balance_transfer" ADD CONSTRAINT "balance_transfer_reversal_of_balance_transfer_id_fk" FOREIGN KEY ("reversal_of") REFERENCES "gramkit"."balance_transfer"("id") ON DELETE no action ON UPDATE no action;',
        replace: 'SELECT 1;',
      },
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'on conflict (id) do nothing\n          returning id',
        replace: 'returning id',
      },
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'on conflict (id) do nothing\n          returning number',
        replace: 'returning number',
      },
    ],
    tests: ledger,
  },
  {
    name: 'balance_transfer: the id is taken before it is moved again',
    guards: 'a repeated transfer answers with the first',
    edits: [
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'column(({ id }) => id)',
        replace: 'column(() => newId())',
      },
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'const id = request.id.toLowerCase()',
        replace: 'const id = newId()',
      },
    ],
    tests: ledger,
  },
  {
    name: 'balance_post: account lock',
    guards: 'two movements of one account wait in id order and never deadlock',
    edits: [
      {
        file: RULES,
        after: 'SELECT source_account_id FROM posted UNION',
        find: '    ORDER BY a.id FOR NO KEY UPDATE;',
        replace: '    ORDER BY a.id;',
      },
    ],
    tests: ledger,
  },
  {
    name: 'balance_post: floor check',
    guards: 'nobody spends what he does not have',
    edits: [
      {
        file: RULES,
        find: 'AND a.balance - a.held < a.floor ORDER',
        replace: 'AND false ORDER',
      },
    ],
    tests: ledger,
  },
  {
    name: 'balance_post: lock of the original of a reversal',
    guards: 'parallel reversals take back no more than was moved',
    edits: [{ file: RULES, find: 'ORDER BY t.id FOR NO KEY UPDATE', replace: 'ORDER BY t.id' }],
    tests: ledger,
  },
  {
    name: 'balance_post: sum of reversals',
    guards: 'reversals take back no more than was moved',
    edits: [
      {
        file: RULES,
        find: 'OR original.amount < (SELECT',
        replace: 'OR 0 > (SELECT',
      },
    ],
    tests: ledger,
  },
  {
    name: 'balance: a batch takes its ids in order',
    guards: 'batches that hold the same ids wait for each other and never deadlock',
    edits: [
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'order by asked.id\n',
        replace: '',
      },
    ],
    tests: batches,
  },
  {
    name: 'balance: a refused batch is undone in an open transaction',
    guards: 'whoever catches the refusal does not commit half a batch',
    edits: [
      {
        file: `${CORE}/features/balance/balance.repository.ts`,
        find: 'sql`rollback to savepoint balance_batch`',
        replace: 'sql`release savepoint balance_batch`',
      },
    ],
    tests: batches,
  },
  {
    name: 'balance: metadata is part of a transfer',
    guards: 'a used id with other contents is refused',
    edits: [
      {
        file: `${CORE}/features/balance/balance.ts`,
        find: 'isSameMetadata(one.metadata, other.metadata)',
        replace: 'true',
      },
    ],
    tests: batches,
  },
  {
    name: 'balance_set_floor: only up to what there is to spare',
    guards: 'an account is never below a floor that somebody sets',
    edits: [
      {
        file: RULES,
        find: 'IF new_floor > account.balance - account.held THEN',
        replace: 'IF false THEN',
      },
    ],
    tests: floors,
  },
  {
    name: 'balance_set_floor: account lock',
    guards: 'a floor and a debit at the same time do not pass each other',
    edits: [
      {
        file: RULES,
        find: 'WHERE a.id = changed_id AND a.user_id IS NOT NULL FOR NO KEY UPDATE;',
        replace: 'WHERE a.id = changed_id AND a.user_id IS NOT NULL;',
      },
    ],
    tests: floors,
  },
  {
    name: 'balance_take_snapshots: waits for who may still commit below it',
    guards: 'what a system account has counts every transfer',
    edits: [
      {
        file: RULES,
        find: 'l.virtualtransaction = ANY (waits_for)\n',
        replace: 'false\n',
      },
    ],
    tests: [`${CORE}/features/balance/snapshots/snapshots.db.test.ts`],
  },
  {
    name: 'verification: once a day',
    guards: 'a difference calls a person once a day, not once a process',
    edits: [
      {
        file: `${CORE}/features/balance/verification/verification.service.ts`,
        find: 'if (!(await isDue(tx))) return undefined',
        replace: '',
      },
    ],
    tests: [`${CORE}/features/balance/verification/verification.db.test.ts`],
  },
  {
    name: 'balance_refill: a period never goes back',
    guards: 'nobody gets a period twice by changing the time zone',
    edits: [
      {
        file: `${CORE}/features/balance/refills/refills.service.ts`,
        find: 'known.period >= period',
        replace: 'known.period === period',
      },
      {
        file: `${CORE}/features/balance/refills/refills.service.ts`,
        find: 'last.every === every ? period - last.period : 1',
        replace: 'last.every === every && last.period === period ? 0 : 1',
      },
    ],
    tests: refills,
  },
  {
    name: 'balance_refill: the id follows from the period',
    guards: 'a period that was given is not given again when the row forgot it',
    edits: [
      {
        file: `${CORE}/features/balance/refills/refills.service.ts`,
        find: 'given.length > 0 || due <= 0n',
        replace: 'due <= 0n',
      },
    ],
    tests: refills,
  },
  {
    name: 'balance_refill: row lock',
    guards: 'parallel looks refill once',
    edits: [
      {
        file: `${CORE}/features/balance/refills/refills.repository.ts`,
        find: ".for('update')",
        replace: '',
      },
    ],
    tests: refills,
  },
  {
    name: 'adjustment: one audit entry',
    guards: 'an adjustment that is repeated is written down once',
    edits: [
      {
        file: `${CORE}/features/balance/balance.service.ts`,
        find: 'if (!isReplay) {',
        replace: 'if (isReplay || !isReplay) {',
      },
    ],
    tests: floors,
  },
  unique('balance_account_user_id_unit_key', 'a person has one account for a unit', ledger),
  unique('balance_account_system_name_unit_key', 'the shop has one account for a unit', ledger),
]
