import { assert, type Clock, isTimeZone } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import { ATTRIBUTION_WINDOW_MS, cleanSource, type StartVia } from './attribution/attribution.ts'
import type { AttributionsRepository } from './attribution/attributions.repository.ts'
import { parseStartParameter, type StartFields } from './start-parameter.ts'
import type { ActiveDaysRepository } from './streaks/active-days.repository.ts'
import {
  nextStreak,
  STREAK_MILESTONES,
  type Streak,
  type StreakView,
  streakDay,
  viewStreak,
} from './streaks/streak.ts'
import { streakMilestoneReached } from './streaks/streaks.events.ts'
import type { StreaksRepository } from './streaks/streaks.repository.ts'
import type { User } from './user.ts'
import { userAttributed } from './users.events.ts'
import type { UsersRepository } from './users.repository.ts'

/** All that the visits service may touch. */
export interface VisitsScope extends Transactional<VisitsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly users: UsersRepository
    readonly streaks: StreaksRepository
    readonly activeDays: ActiveDaysRepository
    readonly attributions: AttributionsRepository
    readonly outbox: OutboxRepository
  }
}

/** Somebody comes: how, by which link, and where their clock stands. */
export interface Visit {
  readonly via: StartVia
  readonly startParam?: string | null | undefined
  /** Zone of the device; one that nobody knows is left out of account. */
  readonly timeZone?: string | undefined
}

/** What a visit came to. */
export interface VisitOutcome {
  readonly user: User
  readonly streak: StreakView
  /** The length that this visit reached, if it is one of {@link STREAK_MILESTONES}. */
  readonly milestone: number | null
  /** What the link said. */
  readonly start: StartFields
}

/** A visit counted for longer than any race goes on is a bug. */
const TRIES_MAX = 5

/** Comings of people: their streak, where they came from, when they were last seen. */
export class VisitsService {
  readonly #scope: VisitsScope

  constructor(scope: VisitsScope) {
    this.#scope = scope
  }

  /**
   * Counts a visit. Any number on one day is one, and nothing in a link or a clock keeps anybody
   * out; a visit that changes nothing is one read.
   *
   * Emits `streak.milestone_reached`, and `user.attributed` when it is known for the first time
   * where somebody came from.
   *
   * @throws {@link NotFound}
   *
   * @example
   * const { streak, start } = await services.visits.record(user.id, { via: 'startapp', startParam })
   */
  async record(userId: string, visit: Visit): Promise<VisitOutcome> {
    const start = parseStartParameter(visit.startParam)
    const { user, streak, isAttributed } = await this.#scope.repos.users.getWithVisits(userId)
    const at = this.#scope.clock.now()
    const timeZone = visit.timeZone && isTimeZone(visit.timeZone) ? visit.timeZone : user.timeZone
    const source = cleanSource(start.source)
    const invitation = start.invitation?.slice(0, 64)
    const isFirstTouch =
      !isAttributed &&
      (source ?? invitation) !== undefined &&
      at.getTime() - user.createdAt.getTime() <= ATTRIBUTION_WINDOW_MS
    const isSeenToday =
      user.lastSeenAt !== null &&
      streakDay({ at: user.lastSeenAt, timeZone }) === streakDay({ at, timeZone })
    const isMoved = timeZone !== user.timeZone
    const isNews =
      isFirstTouch || isMoved || !isSeenToday || nextStreak(streak, { at, timeZone }) !== streak
    if (!isNews) {
      return { user, streak: viewStreak(streak, { at, timeZone }), milestone: null, start }
    }
    return this.#scope.transaction(async (tx) => {
      const seen =
        isMoved || !isSeenToday
          ? await tx.repos.users.update(userId, {
              lastSeenAt: at,
              ...(isMoved ? { timeZone, updatedAt: at } : {}),
            })
          : user
      if (isFirstTouch) {
        const attribution = { source: source ?? null, invitation: invitation ?? null }
        await attribute(tx, userId, { ...attribution, via: visit.via, firstAt: at })
      }
      await tx.repos.activeDays.insert(userId, streakDay({ at, timeZone }))
      const counted = await count(tx, seen, streak)
      return {
        user: seen,
        streak: viewStreak(counted.streak, { at, timeZone }),
        milestone: counted.milestone,
        start,
      }
    })
  }

  /** Reads somebody's streak as it stands now. */
  async streakOf(user: Pick<User, 'id' | 'timeZone'>): Promise<StreakView> {
    const streak = await this.#scope.repos.streaks.find(user.id)
    return viewStreak(streak, { at: this.#scope.clock.now(), timeZone: user.timeZone })
  }
}

type First = Parameters<AttributionsRepository['insertFirst']>[1]

async function attribute(tx: VisitsScope, userId: string, first: First): Promise<void> {
  if (!(await tx.repos.attributions.insertFirst(userId, first))) return
  await tx.repos.outbox.add(
    userAttributed.create({
      occurredAt: first.firstAt,
      subjectId: userId,
      userId,
      payload: { userId, via: first.via },
    }),
  )
}

/** Writes the streak by compare-and-set: of visits at the same time one counts, and says so. */
async function count(
  tx: VisitsScope,
  user: User,
  read: Streak | undefined,
): Promise<{ readonly streak: Streak; readonly milestone: number | null }> {
  const at = tx.clock.now()
  let known = read
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const next = nextStreak(known, { at, timeZone: user.timeZone })
    if (next === known) return { streak: next, milestone: null }
    const isWritten = known
      ? await tx.repos.streaks.replace(user.id, known, next, at)
      : await tx.repos.streaks.insertFirst(user.id, next, at)
    if (isWritten) return { streak: next, milestone: await tellMilestone(tx, user.id, known, next) }
    known = await tx.repos.streaks.find(user.id)
  }
  assert(false, 'A visit is counted, or another of the same day was')
}

async function tellMilestone(
  tx: VisitsScope,
  userId: string,
  before: Streak | undefined,
  { current: days }: Streak,
): Promise<number | null> {
  if (days === before?.current || !STREAK_MILESTONES.includes(days)) return null
  await tx.repos.outbox.add(
    streakMilestoneReached.create({
      occurredAt: tx.clock.now(),
      subjectId: userId,
      userId,
      payload: { userId, days, isBest: days > (before?.best ?? 0) },
    }),
  )
  return days
}
