import { addDays, addMs, DAY_MS, localDay, STREAK_DAY_START_HOUR } from '../../kernel/index.ts'
import { factsOf } from './connect.ts'
import { recount } from './recount.ts'
import {
  afterStep,
  checkHour,
  QUALIFY_ACTIVE_DAYS,
  QUALIFY_DAYS,
  type Referral,
} from './referral.ts'
import { referralLapsed, referralQualified } from './referrals.events.ts'
import type { ReferralsScope } from './referrals.scope.ts'

/** By what a referral is qualified. */
export type Cause =
  | { readonly by: 'activity' }
  | { readonly by: 'payment'; readonly paymentId: string }

const BATCH = 200

/** Has a referral count that the caller has locked; one that counts already stays as it is. */
export async function qualify(tx: ReferralsScope, found: Referral, cause: Cause): Promise<void> {
  const status = afterStep(found.status, 'qualify')
  if (!status) return
  const at = tx.clock.now()
  const written = await tx.repos.referrals.update(found.id, {
    ...{ status, qualifiedBy: cause.by, qualifiedAt: at, nextCheckAt: null, updatedAt: at },
    paymentId: cause.by === 'payment' ? cause.paymentId : null,
  })
  const facts = factsOf(written, at)
  const payload = { ...facts.payload, by: cause.by }
  await tx.repos.outbox.add(referralQualified.create({ ...facts, payload }))
  await recount(tx, written.inviterEntryId)
}

/** Looks at a batch of what is due, locked; the inviters in one order, as each is locked too. */
export async function checkBatch(tx: ReferralsScope): Promise<number> {
  const now = tx.clock.now()
  const due = await tx.repos.referrals.lockDue(now, BATCH)
  for (const { id, status } of due) {
    if (status === 'shared') await tx.repos.referrals.remove(id)
  }
  const tried = due.filter(({ status }) => status === 'signed_up')
  const active = await activeDaysOf(tx, tried)
  const later: { id: string; at: Date }[] = []
  const inOrder = tried.toSorted((one, other) =>
    one.inviterEntryId < other.inviterEntryId ? -1 : 1,
  )
  for (const referral of inOrder) {
    const missing = QUALIFY_ACTIVE_DAYS - (active.get(referral.id) ?? 0)
    if (missing <= 0) await qualify(tx, referral, { by: 'activity' })
    else if (isOver(referral, now)) await lapse(tx, referral)
    else later.push({ id: referral.id, at: nextCheck(referral, now, missing) })
  }
  await tx.repos.referrals.setNextChecks(later)
  return due.length
}

/** On how many of the first 14 days each invitee was active, by their own days. */
export async function activeDaysOf(
  { repos }: ReferralsScope,
  referrals: readonly Referral[],
): Promise<Map<string, number>> {
  const entries = await repos.waitlistEntries.getByIds(
    referrals.flatMap(({ inviteeEntryId }) => inviteeEntryId ?? []),
  )
  const userOf = new Map(entries.map(({ id, userId }) => [id, userId]))
  const people = await repos.users.getByIds(entries.flatMap(({ userId }) => userId ?? []))
  const zoneOf = new Map(people.map(({ id, timeZone }) => [id, timeZone]))
  const windows = referrals.flatMap(({ id, inviteeEntryId, signedUpAt }) => {
    const userId = userOf.get(inviteeEntryId ?? '')
    const timeZone = zoneOf.get(userId ?? '')
    if (!userId || !timeZone || !signedUpAt) return []
    const from = localDay(signedUpAt, timeZone, STREAK_DAY_START_HOUR)
    return [{ id, userId, from, to: addDays(from, QUALIFY_DAYS - 1) }]
  })
  const byFirstDay = Map.groupBy(windows, ({ from }) => from)
  const counted = new Map<string, number>()
  for (const [from, ofDay] of byFirstDay) {
    const to = addDays(from, QUALIFY_DAYS - 1)
    const days = await repos.activeDays.countDays(
      ofDay.map(({ userId }) => userId),
      { from, to },
    )
    for (const { id, userId } of ofDay) counted.set(id, days.get(userId) ?? 0)
  }
  return counted
}

async function lapse(tx: ReferralsScope, { id }: Referral): Promise<void> {
  const at = tx.clock.now()
  const changes = { status: 'lapsed' as const, nextCheckAt: null, updatedAt: at }
  const lapsed = await tx.repos.referrals.update(id, changes)
  await tx.repos.outbox.add(referralLapsed.create(factsOf(lapsed, at)))
}

/** When the last of the days is over wherever the invitee is. */
function endOf({ signedUpAt, createdAt }: Referral): Date {
  return addMs(signedUpAt ?? createdAt, (QUALIFY_DAYS + 1) * DAY_MS)
}

function isOver(referral: Referral, now: Date): boolean {
  return endOf(referral) <= now
}

/** As many days on as are missing, as nobody is active on two of them at once. */
function nextCheck(referral: Referral, now: Date, missing: number): Date {
  const soonest = addMs(now, missing * DAY_MS)
  return checkHour(new Date(Math.min(soonest.getTime(), endOf(referral).getTime())))
}
