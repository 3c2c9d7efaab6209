import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { addMs, assert, DAY_MS } from './kernel/index.ts'
import { type Executor, rows } from './platform/database/index.ts'

/** Steps on the way from the waitlist to bringing others; who is at one was at those before. */
export const FUNNEL_STEPS = [
  'joined',
  'confirmed',
  'invited',
  'admitted',
  'referred',
  'qualified',
] as const

/** One of {@link FUNNEL_STEPS}. */
export type FunnelStep = (typeof FUNNEL_STEPS)[number]

/** How many people came how far. */
export type Funnel = Readonly<Record<FunnelStep, number>>

/** People who joined in one week, and how far they came by now. */
export interface GrowthCohort extends Funnel {
  /** Monday of the week, UTC. */
  readonly week: string
  /** Of those who were let in: how many came in the first week after that, the second and so on. */
  readonly activeByWeek: readonly number[]
}

/** What happened on one day. */
export interface GrowthDay {
  readonly day: string
  readonly joined: number
  readonly invited: number
  readonly admitted: number
}

/** What monitoring watches; null of nobody. */
export interface GrowthGauges {
  readonly waiting: number
  readonly joinedToday: number
  readonly redemptionRate: number | null
  readonly referralConversion: number | null
}

const WEEKS = 26
const DAYS = 60
const ACTIVE_WEEKS = 9
/** How long people have to bring others before they count in the k-factor. */
const K_DAYS = 14
/** How far back people count in it. */
const K_PAST_DAYS = 90

const share = z.number().nullable()
const counts = z.object({
  joined: z.int(),
  confirmed: z.int(),
  invited: z.int(),
  admitted: z.int(),
  referred: z.int(),
  qualified: z.int(),
})

/** One row for each entry: when they came how far, and whom they brought. */
const people = sql`
  person as (
    select entry.id, entry.joined_at, entry.confirmed_at, class.cohort, admission.admitted_at,
      admission.user_id, coalesce(invite.issued_at, admission.admitted_at) as invited_at,
      coalesce(brought.signed_up, 0) as signed_up, coalesce(brought.qualified, 0) as qualified
    from gramkit.waitlist_entry entry
    join gramkit.waitlist_class class on class.id = entry.class_id
    left join gramkit.waitlist_admission admission on admission.entry_id = entry.id
    left join (
      select entry_id, min(issued_at) as issued_at from gramkit.waitlist_invite group by entry_id
    ) invite on invite.entry_id = entry.id
    left join (
      select inviter_entry_id, count(*) filter (where signed_up_at is not null) as signed_up,
        count(*) filter (where status = 'qualified' and frozen_at is null) as qualified
      from gramkit.referral group by inviter_entry_id
    ) brought on brought.inviter_entry_id = entry.id
  )`

const funnel = sql`
  count(*)::integer as joined,
  count(confirmed_at)::integer as confirmed,
  count(invited_at)::integer as invited,
  count(admitted_at)::integer as admitted,
  count(*) filter (where admitted_at is not null and signed_up > 0)::integer as referred,
  count(*) filter (where admitted_at is not null and qualified > 0)::integer as qualified`

/**
 * Numbers over the loop from joining to bringing others. Reads whole tables: not for every request.
 */
export class GrowthRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Counts how many people came how far. */
  async funnel(): Promise<Funnel> {
    const [counted] = await rows(this.#db, sql`with ${people} select ${funnel} from person`, counts)
    assert(counted, 'A count answers with one row')
    return counted
  }

  /** Counts how many people came how far, by the weights that their places came from. */
  byCohort(): Promise<(Funnel & { readonly cohort: string })[]> {
    return rows(
      this.#db,
      sql`with ${people} select cohort, ${funnel} from person group by cohort order by cohort`,
      counts.extend({ cohort: z.string() }),
    )
  }

  /** Counts the same of those who joined in each of the last 26 weeks, and in which weeks they came. */
  async byWeek(now: Date): Promise<GrowthCohort[]> {
    const since = addMs(now, -WEEKS * 7 * DAY_MS)
    const week = sql`date_trunc('week', joined_at, 'UTC')`
    const day = sql`to_char(week at time zone 'UTC', 'YYYY-MM-DD')`
    const cohorts = await rows(
      this.#db,
      sql`
        with ${people}, cohort as (
          select ${week} as week, ${funnel} from person
          where joined_at >= ${since.toISOString()}::timestamptz group by 1
        )
        select ${day} as week, joined, confirmed, invited, admitted, referred, qualified
        from cohort order by 1`,
      counts.extend({ week: z.string() }),
    )
    const active = await rows(
      this.#db,
      sql`
        with came as (
          select admission.entry_id, (active.day - admission.admitted_at::date) / 7 as after
          from gramkit.waitlist_admission admission
          join gramkit.user_active_day active on active.user_id = admission.user_id
            and active.day between admission.admitted_at::date
              and admission.admitted_at::date + ${ACTIVE_WEEKS * 7 - 1}::integer
          group by 1, 2
        ), cohort as (
          select ${week} as week, after, count(*)::integer as people
          from came join gramkit.waitlist_entry entry on entry.id = came.entry_id
          where joined_at >= ${since.toISOString()}::timestamptz group by 1, 2
        )
        select ${day} as week, after, people from cohort`,
      z.object({ week: z.string(), after: z.int(), people: z.int() }),
    )
    return cohorts.map((cohort) => ({
      ...cohort,
      activeByWeek: Array.from({ length: ACTIVE_WEEKS }, (_, after) => {
        const found = active.find((one) => one.week === cohort.week && one.after === after)
        return found?.people ?? 0
      }),
    }))
  }

  /** Counts what happened on each of the last 60 days (UTC), days without anything among them. */
  byDay(now: Date): Promise<GrowthDay[]> {
    const today = sql`(${now.toISOString()}::timestamptz at time zone 'UTC')::date`
    const since = sql`${addMs(now, -DAYS * DAY_MS).toISOString()}::timestamptz`
    return rows(
      this.#db,
      sql`
        with happened as (
          select joined_at as at, 'joined' as what from gramkit.waitlist_entry
          where joined_at >= ${since}
          union all
          select min(issued_at), 'invited' from gramkit.waitlist_invite
          group by entry_id having min(issued_at) >= ${since}
          union all
          select admitted_at, 'admitted' from gramkit.waitlist_admission where admitted_at >= ${since}
        )
        select to_char(day, 'YYYY-MM-DD') as day,
          count(*) filter (where what = 'joined')::integer as joined,
          count(*) filter (where what = 'invited')::integer as invited,
          count(*) filter (where what = 'admitted')::integer as admitted
        from generate_series(${today} - ${DAYS - 1}::integer, ${today}, interval '1 day') day
        left join happened on (happened.at at time zone 'UTC')::date = day::date
        group by day order by day`,
      z.object({ day: z.string(), joined: z.int(), invited: z.int(), admitted: z.int() }),
    )
  }

  /**
   * How many people one person brings: of those who joined 104 to 14 days ago, how many confirmed
   * people each brought in their first 14 days. Null of nobody.
   */
  async kFactor(now: Date): Promise<number | null> {
    const [found] = await rows(
      this.#db,
      sql`
        select count(invitee.id)::float8 / nullif(count(distinct inviter.id), 0) as k
        from gramkit.waitlist_entry inviter
        left join gramkit.referral referral on referral.inviter_entry_id = inviter.id
          and referral.status <> 'clawed_back'
        left join gramkit.waitlist_entry invitee on invitee.id = referral.invitee_entry_id
          and invitee.confirmed_at is not null
          and invitee.joined_at < inviter.joined_at + ${`${K_DAYS} days`}::interval
        where inviter.confirmed_at is not null and inviter.joined_at between
          ${addMs(now, -(K_DAYS + K_PAST_DAYS) * DAY_MS).toISOString()}::timestamptz
          and ${addMs(now, -K_DAYS * DAY_MS).toISOString()}::timestamptz`,
      z.object({ k: share }),
    )
    return found?.k ?? null
  }

  /** Days from a confirmed place to the first invitation of a batch. Null of nobody. */
  async daysToInvite(): Promise<{ readonly p50: number | null; readonly p90: number | null }> {
    const [found] = await rows(
      this.#db,
      sql`
        select percentile_cont(0.5) within group (order by days) as p50,
          percentile_cont(0.9) within group (order by days) as p90
        from (
          select extract(epoch from min(invite.issued_at) - entry.confirmed_at) / 86400 as days
          from gramkit.waitlist_invite invite
          join gramkit.waitlist_entry entry on entry.id = invite.entry_id
          where entry.confirmed_at is not null group by entry.id
        ) waited`,
      z.object({ p50: share, p90: share }),
    )
    return found ?? { p50: null, p90: null }
  }

  /** Counts the sign-ups since an instant, and those that are flagged, frozen or clawed back. */
  async countSignUps(since: Date): Promise<{ readonly some: number; readonly all: number }> {
    const [counted] = await rows(
      this.#db,
      sql`
        select count(*)::integer as "all", count(*) filter (where cardinality(referral.flags) > 0
          or referral.frozen_at is not null or referral.status = 'clawed_back')::integer as some
        from gramkit.waitlist_admission admission
        left join gramkit.referral on referral.invitee_entry_id = admission.entry_id
        where admission.admitted_at >= ${since.toISOString()}::timestamptz`,
      z.object({ some: z.int(), all: z.int() }),
    )
    assert(counted, 'A count answers with one row')
    return counted
  }

  /** Reads what monitoring watches: cheap, as it is asked for again and again. */
  async gauges(now: Date): Promise<GrowthGauges> {
    const day = sql`${addMs(now, -DAY_MS).toISOString()}::timestamptz`
    const month = sql`${addMs(now, -30 * DAY_MS).toISOString()}::timestamptz`
    const [found] = await rows(
      this.#db,
      sql`
        select
          (select coalesce(sum(entries), 0) from gramkit.waitlist_class_count
            where status = 'waiting')::integer as waiting,
          (select count(*) from gramkit.waitlist_entry where joined_at >= ${day})::integer
            as "joinedToday",
          (select avg((outcome is not distinct from 'admitted')::integer) from gramkit.waitlist_invite
            where issued_at >= ${month})::float8 as "redemptionRate",
          (select avg((signed_up_at is not null)::integer) from gramkit.referral
            where created_at >= ${month})::float8 as "referralConversion"`,
      z.object({
        waiting: z.int(),
        joinedToday: z.int(),
        redemptionRate: share,
        referralConversion: share,
      }),
    )
    assert(found, 'A count answers with one row')
    return found
  }
}
