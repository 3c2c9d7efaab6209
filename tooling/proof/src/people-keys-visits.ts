import { CORE, type MoneyKey, TABLES } from './money-key.ts'

const USERS = `${CORE}/features/users`

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
        file: `${USERS}/streaks/streak.ts`,
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
]
