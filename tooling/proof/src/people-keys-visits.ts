// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of sources.
import { CORE, type MoneyKey, TABLES } from './money-key.ts'

const USERS = `${CORE}/features/users`

const bot = ['apps/shop/backend/src/bot/commands.db.test.ts']
const tests = [`${USERS}/visits.service.db.test.ts`]

/** What a visit counts for, and where somebody came from. */
export const VISIT_KEYS: readonly MoneyKey[] = [
  {
    name: 'user_streak: compare-and-set',
    guards: 'of visits at the same time one counts and tells of a milestone',
    edits: [
      {
        file: `${USERS}/streaks/streaks.repository.ts`,
        find: 'and(eq(userStreak.userId, userId), ...isAsRead(read))',
        replace: 'and(eq(userStreak.userId, userId))',
      },
    ],
    tests,
  },
  {
    name: 'user_attribution primary key',
    guards: 'the first touch is one, and told of once',
    edits: [
      {
        file: TABLES,
        after: 'CREATE TABLE "gramkit"."user_attribution"',
        find: '"user_id" uuid PRIMARY KEY NOT NULL',
        replace: '"user_id" uuid NOT NULL',
      },
    ],
    tests,
  },
  {
    name: 'attribution: only of who is new',
    guards: 'nobody claims people who have long been here',
    edits: [
      {
        file: `${USERS}/visits.service.ts`,
        find: 'at.getTime() - user.createdAt.getTime() <= ATTRIBUTION_WINDOW_MS',
        replace: 'ATTRIBUTION_WINDOW_MS > 0',
      },
    ],
    tests,
  },
  {
    name: 'streak: a day begins at 05:00',
    guards: 'a night belongs to the day before it',
    edits: [
      {
        file: `${CORE}/kernel/local-day.ts`,
        find: 'STREAK_DAY_START_HOUR = 5',
        replace: 'STREAK_DAY_START_HOUR = 4',
      },
    ],
    tests,
  },
  {
    name: 'streak: the wall clock decides',
    guards: 'a day is no other day when the clock is changed at night',
    edits: [
      {
        file: `${CORE}/kernel/local-day.ts`,
        find: 'const { day, hour } = localTime(instant, timeZone)\n  return hour < startHour ? addDays(day, -1) : day',
        replace:
          'return localTime(new Date(instant.getTime() - startHour * 3_600_000), timeZone).day',
      },
    ],
    tests,
  },
  {
    name: 'streak: the day in the zone of the last visit',
    guards: 'travelling east over the date line swallows no day',
    edits: [
      {
        file: `${USERS}/streaks/streak.ts`,
        find: ' || streakDay({ ...visit, timeZone: streak.timeZone }) <= next',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'streak: an earlier date changes nothing',
    guards: 'travelling west resets nothing',
    edits: [
      {
        file: `${USERS}/streaks/streak.ts`,
        find: 'if (day < streak.day) return streak',
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'start: tries of codes are counted',
    guards: 'nobody guesses invitations by opening links',
    edits: [
      {
        file: `${CORE}/start.ts`,
        find: 'await guessing.admit(guesser, code)',
        replace: 'guessing.toString()',
      },
    ],
    tests: [`${CORE}/start.db.test.ts`],
  },
  {
    name: 'start: a refused invitation is an outcome',
    guards: 'a dead code keeps nobody out',
    edits: [
      {
        file: `${CORE}/start.ts`,
        find: 'if (!isAppError(error) || ',
        replace: 'if (isAppError(error) || ',
      },
    ],
    tests: [`${CORE}/start.db.test.ts`],
  },
  {
    name: 'owner commands: the role, at each command and button',
    guards: 'nobody gives plans away who is no owner any more',
    edits: [
      {
        file: `${CORE}/owner.bot.ts`,
        find: "return user?.role === 'owner' ? user : undefined",
        replace: 'return user',
      },
    ],
    tests: bot,
  },
  {
    name: '/gift: the id follows from the question',
    guards: 'a button that is pressed again gives nothing more',
    edits: [
      {
        file: `${CORE}/owner.bot.ts`,
        find: ":${msgId}`, 'gift')",
        replace: ':${msgId}`, String(Math.random()))',
      },
    ],
    tests: bot,
  },
  {
    name: '/broadcast: owners only, at the button too',
    guards: 'nobody writes to everybody who is no owner any more',
    edits: [
      {
        file: `${CORE}/broadcast.bot.ts`,
        find: 'if (!owner) return answerPress(context)',
        replace: '',
      },
      {
        file: `${CORE}/broadcast.bot.ts`,
        find: 'TEXTS[languageOf(owner)]',
        replace: 'TEXTS.en',
      },
      {
        file: `${CORE}/broadcast.bot.ts`,
        find: 'broadcasts.start(id, owner.id)',
        replace: "broadcasts.start(id, owner?.id ?? '')",
      },
    ],
    tests: bot,
  },
]
