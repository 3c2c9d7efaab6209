import { z } from 'zod'
import { addDays, DAY_MS } from '../../kernel/index.ts'
import { defineSetting } from '../../platform/settings/index.ts'

/** What somebody who signed up did afterwards. */
export interface SignUp {
  readonly signedUpAt: Date
  /** The last day on which they were active, as streaks count days; null for never. */
  readonly lastActiveDay: string | null
}

/** The parts of a quality score, each from 0 to 1. */
export interface QualityComponents {
  /** How recent the sign-ups are, on average: 1 today, 0 after 30 days. */
  readonly recency: number
  /** The share that was active in the last 7 days. */
  readonly activeIn7Days: number
  /** Of those who signed up 14 or more days ago, the share that was still active after 14 days. */
  readonly activeAfter14Days: number
}

/** How good the referrals of somebody are. */
export interface ReferralQuality {
  /** From 0 to 1; 0 without referrals. */
  readonly score: number
  readonly components: QualityComponents
}

const RECENCY_DAYS = 30
const KEPT_AFTER_DAYS = 14

/**
 * 0.4 recency + 0.3 active in 7 days + 0.3 still active after 14 days, over all who signed up. While
 * nobody is there for 14 days the share that is active stands in for the one that stays.
 */
export function referralQuality(signUps: readonly SignUp[], now: Date): ReferralQuality {
  if (signUps.length === 0) {
    return { score: 0, components: { recency: 0, activeIn7Days: 0, activeAfter14Days: 0 } }
  }
  const today = dayOf(now)
  const recency = mean(signUps.map(({ signedUpAt }) => recencyOf(signedUpAt, now)))
  const activeIn7Days = share(signUps, ({ lastActiveDay }) => isFrom(lastActiveDay, today, -6))
  const settled = signUps.filter(({ signedUpAt }) => daysSince(signedUpAt, now) >= KEPT_AFTER_DAYS)
  const activeAfter14Days =
    settled.length === 0
      ? activeIn7Days
      : share(settled, ({ signedUpAt, lastActiveDay }) =>
          isFrom(lastActiveDay, dayOf(signedUpAt), KEPT_AFTER_DAYS),
        )
  const score = 0.4 * recency + 0.3 * activeIn7Days + 0.3 * activeAfter14Days
  return {
    // Sums of fractions end in ...0001: a bound at 0.2 would be on the wrong side of it.
    score: rounded(score),
    components: {
      recency: rounded(recency),
      activeIn7Days: rounded(activeIn7Days),
      activeAfter14Days: rounded(activeAfter14Days),
    },
  }
}

const floor = z.number().min(0).max(1)

/** Below which quality an inviter is warned, gets no rewards, and is looked at by a person. */
export const referralFloors = defineSetting({
  name: 'referrals.floors',
  schema: z
    .strictObject({ warn: floor, pause: floor, review: floor })
    .refine(({ warn, pause, review }) => warn >= pause && pause >= review, {
      error: 'warn is at least pause, and pause at least review',
    }),
  initial: { warn: 0.3, pause: 0.2, review: 0.1 },
})

/** Where the quality of somebody's referrals stands against the floors. */
export type Floor = 'none' | 'warned' | 'paused' | 'review'

/** Tells where a quality stands; nobody is judged by referrals that they have not. */
export function floorOf(
  quality: Pick<ReferralQuality, 'score'>,
  signUps: number,
  floors: typeof referralFloors.initial,
): Floor {
  if (signUps === 0 || quality.score >= floors.warn) return 'none'
  if (quality.score >= floors.pause) return 'warned'
  return quality.score >= floors.review ? 'paused' : 'review'
}

function recencyOf(signedUpAt: Date, now: Date): number {
  return Math.max(0, 1 - daysSince(signedUpAt, now) / RECENCY_DAYS)
}

/** Whole days, and none for somebody whose clock is ahead. */
function daysSince(from: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - from.getTime()) / DAY_MS))
}

function isFrom(day: string | null, start: string, days: number): boolean {
  return day !== null && day >= addDays(start, days)
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}

function share<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length / items.length
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function rounded(number: number): number {
  return Math.round(number * 10_000) / 10_000
}
