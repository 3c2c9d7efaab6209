// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of sources.
import { CORE, type MoneyKey, unique } from './money-key.ts'

const NOTIFICATIONS = `${CORE}/features/notifications`
const BROADCASTS = `${NOTIFICATIONS}/broadcasts`

const single = [`${NOTIFICATIONS}/notifications.db.test.ts`]
const many = [`${BROADCASTS}/broadcasts.db.test.ts`]
const reach = [`${NOTIFICATIONS}/reach/reach.db.test.ts`]

/** What keeps people from being told twice, at the wrong time, or for more money than allowed. */
export const NOTIFICATION_KEYS: readonly MoneyKey[] = [
  unique('notification_occasion_key', 'nobody hears of one occasion twice', single),
  {
    name: 'notifications: what was interrupted is unknown',
    guards: 'what may have arrived is not sent again',
    edits: [
      {
        file: `${NOTIFICATIONS}/notifications.repository.ts`,
        find: "then 'due' else 'unknown' end",
        replace: "then 'due' else 'due' end",
      },
    ],
    tests: single,
  },
  {
    name: 'notifications: the share of a day is counted in one statement',
    guards: 'any number of processes tell somebody no more than so much a day',
    edits: [
      {
        file: `${NOTIFICATIONS}/settings/settings.repository.ts`,
        find: 'or s.counted < ${max}',
        replace: 'or true',
      },
    ],
    tests: single,
  },
  {
    name: 'notifications: who blocked the bot is not called',
    guards: 'nobody is written to who does not want it',
    edits: [
      {
        file: `${NOTIFICATIONS}/notifications.service.ts`,
        find: "name === 'telegram' && !(await reach.isReachable(user.id))",
        replace: "name === 'telegram' && false",
      },
    ],
    tests: single,
  },
  {
    name: 'reach: a word takes the mark away',
    guards: 'who comes back is written to again',
    edits: [
      {
        file: `${NOTIFICATIONS}/reach/reach.repository.ts`,
        find: 'where u.id = r.user_id and u.telegram_id = ${telegramId}',
        replace: 'where u.id = r.user_id and u.telegram_id = -${telegramId}',
      },
    ],
    tests: reach,
  },
  {
    name: 'broadcasts: recipients are marked before the call',
    guards: 'two processes never write to the same person',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: "update ${broadcastRecipient} r set status = 'sending', is_paid = ${isPaid},\n          claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'",
        replace: 'update ${broadcastRecipient} r set is_paid = ${isPaid} or ${leaseMs} < 0',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: what was interrupted is unknown',
    guards: 'what may have arrived is not sent again',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: "set status = 'unknown', reason = 'interrupted'",
        replace: "set status = 'pending', reason = 'interrupted'",
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: a lease that runs is somebody’s',
    guards: 'what is in hand is not given up too soon',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: 'and claimed_until < clock_timestamp()',
        replace: '',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: only a running one marks anybody',
    guards: 'a canceled broadcast sends nothing more',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: "where id = ${broadcastId} and status = 'running' for share",
        replace: 'where id = ${broadcastId} for share',
      },
      {
        file: `${BROADCASTS}/broadcasts.service.ts`,
        find: "if (canceled.status === 'canceled') await this.#scope.repos.recipients.skipPending(id)",
        replace: '',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: the budget of paid messages',
    guards: 'no broadcast costs more than it may',
    edits: [
      {
        file: `${BROADCASTS}/broadcasts.repository.ts`,
        find: 'least(${wanted}::int, paid_messages - paid_taken)',
        replace: 'least(${wanted}::int, paid_messages)',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: what Telegram puts off holds all processes',
    guards: 'a bot that was told to wait is not banned',
    edits: [
      {
        file: `${BROADCASTS}/sending.service.ts`,
        find: 'await pace.hold(outcome.retryAfterMs)',
        replace: 'await Promise.resolve()',
      },
    ],
    tests: many,
  },
  {
    name: 'notifications: what reached nobody is given back',
    guards: 'a day’s share is what somebody hears on that day',
    edits: [
      {
        file: `${NOTIFICATIONS}/notifications.service.ts`,
        find: 'if (!isHeard) await settings',
        replace: 'if (isHeard === undefined) await settings',
      },
    ],
    tests: single,
  },
  {
    name: 'broadcasts: the last look before the calls',
    guards: 'a canceled broadcast calls nobody but who is being called',
    edits: [
      {
        file: `${BROADCASTS}/sending.service.ts`,
        find: 'if (await this.#scope.repos.broadcasts.isRunning(id)) {',
        replace: 'if (ready.length > 0) {',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: who is put back after a cancel is skipped',
    guards: 'everybody gets one message or a reason',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: "select status = 'running' as runs",
        replace: 'select true as runs',
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: what was interrupted ends after a cancel too',
    guards: 'everybody gets one message or a reason',
    edits: [
      {
        file: `${BROADCASTS}/recipients.repository.ts`,
        find: "where status = 'sending' and claimed_until < clock_timestamp()",
        replace: `where status = 'sending' and claimed_until < clock_timestamp()
          and broadcast_id in (select id from gramkit.broadcast where status = 'running')`,
      },
    ],
    tests: many,
  },
  {
    name: 'broadcasts: topics are read again',
    guards: 'nobody is written to who does not want it',
    edits: [
      {
        file: `${BROADCASTS}/sending.service.ts`,
        find: "if (wishes.isTurnedOff) return { kind: 'unreachable', reason: 'turned off' }",
        replace: '',
      },
    ],
    tests: many,
  },
]
