import { expect } from 'vitest'
import { z } from 'zod'
import { seededChance } from '../harness/chance.ts'
import { Launch, STORY_DAYS } from '../harness/launch.ts'
import { proof } from '../harness/proof.ts'

/** The story is of this seed: with another one people do other things. */
const SEED = 1

const booksShape = z.object({
  granted: z.number(),
  minted: z.number(),
  putBack: z.number(),
  clawedBack: z.number(),
})

proof('launch a launch governs itself from the first join to the last reward', async (proof) => {
  const people = proof.isFull ? 10_000 : 1_000
  const play = async () => {
    await using launch = await Launch.start({ people, chance: seededChance(SEED) })
    for (let day = 0; day < STORY_DAYS; day++) await launch.playDay(day)
    await checkQueue(launch)
    await checkGate(launch)
    await checkAlerts(launch)
    await checkRewards(launch)
    // Awaited here: the launch ends with this block.
    return await countsOf(launch)
  }
  const began = performance.now()
  const [counts, again] = await Promise.all([play(), play()])
  expect(again).toEqual(counts)
  proof.report({ people, ...counts, seconds: Math.round((performance.now() - began) / 1_000) })
})

/** Nobody was let in or invited twice, and the counts of the queue are those of its rows. */
async function checkQueue(launch: Launch): Promise<void> {
  const broken = await launch.counts(
    `select 'invited twice at once' as name, count(*)::int as count from (
       select entry_id from gramkit.waitlist_invite where ended_at is null
       group by 1 having count(*) > 1) twice
     union all select 'admitted without an account', count(*)::int from gramkit.waitlist_entry e
       where status = 'admitted' and not exists (
         select from gramkit.waitlist_admission a where a.entry_id = e.id and a.user_id = e.user_id)
     union all select 'codes used by several', count(*)::int from (
       select invitation_id from gramkit.waitlist_admission group by 1 having count(*) > 1) several
     union all select 'counted otherwise', count(*)::int from (
       select class_id, status, sum(entries) from gramkit.waitlist_class_count
       group by 1, 2 having sum(entries) > 0
       except select class_id, status, count(*) from gramkit.waitlist_entry group by 1, 2) differing`,
  )
  expect(presentIn(broken)).toEqual([])
}

/** The gate slowed, closed while the growth was bad, and opened only when it was good again. */
async function checkGate(launch: Launch): Promise<void> {
  const changes = await launch.rows(
    z.object({ state: z.string() }),
    'select state from gramkit.quality_gate_change order by version',
  )
  const states = changes.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])
  const course = ['open', 'slowed', 'closed', 'open']
  expect(states.slice(0, course.length)).toEqual(course)
  const broken = await launch.counts(
    `${SNAPSHOTS}
     select 'open at figures that do not open it' as name, count(*)::int as count from snapshot
       where state = 'open' and (trust <= 0.8 or churn >= 0.15)
     union all select 'not closed at figures that close it', count(*)::int from snapshot
       where state <> 'closed' and (trust < 0.7 or churn > 0.2)
     union all select 'more invited than the gate lets through', count(*)::int
       from gramkit.waitlist_batch where generated > case gate_state
         when 'open' then requested when 'slowed' then (requested + 1) / 2 else 0 end`,
  )
  expect(presentIn(broken)).toEqual([])
  const happened = await launch.counts(
    `${SNAPSHOTS}
     select 'closed still at figures that would not close it' as name, count(*)::int as count
       from snapshot where state = 'closed' and trust >= 0.7 and churn <= 0.2
     union all select 'batches ' || gate_state, count(*)::int
       from gramkit.waitlist_batch where generated > 0 or refusal is not null group by 1
     union all select 'batches after it opened again', count(*)::int from gramkit.waitlist_batch
       where generated > 0 and created_at > (
         select max(created_at) from gramkit.quality_gate_change where state = 'closed')`,
  )
  expect(presentIn(happened)).toEqual(
    expect.arrayContaining([
      'closed still at figures that would not close it',
      ...['batches open', 'batches slowed', 'batches closed', 'batches after it opened again'],
    ]),
  )
}

/** What was known at each hour, and how the gate stood by it; rates of too few people are not. */
const SNAPSHOTS = `with snapshot as (
  select trust, case when churn_sample >= 100 then churn_rate end as churn, (
    select state from gramkit.quality_gate_change c
    where c.created_at <= s.created_at order by version desc limit 1) as state
  from gramkit.quality_snapshot s)`

/** Alerts were raised, told, told again while nobody looked at them, and resolved in the end. */
async function checkAlerts(launch: Launch): Promise<void> {
  const { opened = 0, escalated = 0 } = await launch.counts(
    `select 'opened' as name, count(*)::int as count from gramkit.quality_alert
     union all select 'escalated', sum(escalations)::int from gramkit.quality_alert`,
  )
  expect(opened).toBeGreaterThan(0)
  expect(escalated).toBeGreaterThan(0)
  const broken = await launch.counts(
    `select 'critical still' as name, count(*)::int as count from gramkit.quality_alert
       where severity = 'critical' and resolved_at is null
     union all select 'told too rarely or too often', count(*)::int from gramkit.quality_alert
       where escalations <> case when severity = 'critical' then 3 else 0 end`,
  )
  expect(presentIn(broken)).toEqual([])
  const told = (await launch.toldAdmin()).filter((text) => text.includes('the threshold is'))
  expect(told).toHaveLength(opened + escalated)
  for (const minutes of [5, 15, 30]) {
    const again = told.filter((text) => text.includes(`for ${minutes} minutes`))
    expect(again).toHaveLength(escalated / 3)
  }
}

/** What was granted is what was minted, what came back, what was taken back, and what is left. */
async function checkRewards(launch: Launch): Promise<void> {
  const sum = (reason: string) =>
    `(select coalesce(sum(amount), 0)::int from gramkit.balance_transfer where reason = '${reason}')`
  const books = await launch.row(
    booksShape.extend({ balance: z.number() }),
    `select ${sum('reward.granted')} as granted, ${sum('reward.minted')} as minted,
            ${sum('reward.put_back')} as "putBack", ${sum('reward.clawed_back')} as "clawedBack",
            (select coalesce(sum(balance), 0)::int from gramkit.balance_account
             where unit = 'invite_codes' and user_id is not null) as balance`,
  )
  const rows = await launch.row(
    booksShape,
    `select (select coalesce(sum(codes), 0)::int from gramkit.referral_reward) as granted,
            (select count(*)::int from gramkit.referral_code) as minted,
            (select count(*)::int from gramkit.referral_code c
             join gramkit.invitation i on i.id = c.invitation_id
             where i.status in ('expired', 'revoked')) as "putBack",
            (select coalesce(sum(codes), 0)::int from gramkit.referral_reward
             where clawed_back_at is not null) as "clawedBack"`,
  )
  const { balance, ...moved } = books
  expect(moved).toEqual(rows)
  for (const amount of Object.values(rows)) expect(amount).toBeGreaterThan(0)
  expect(rows.granted - rows.clawedBack - rows.minted + rows.putBack).toBe(balance)
  expect(await launch.verifyLedger()).toMatchObject({ ok: true, differences: [] })
}

/** How many of everything there are. */
function countsOf(launch: Launch): Promise<Record<string, number>> {
  return launch.counts(
    `select 'entries ' || status as name, count(*)::int as count
       from gramkit.waitlist_entry group by 1
     union all select 'referrals ' || status, count(*)::int from gramkit.referral group by 1
     union all select 'rewards ' || tier || case when clawed_back_at is null then '' else ' taken back' end,
       count(*)::int from gramkit.referral_reward group by 1
     union all select 'batches' || case when refusal is null then '' else ' refused' end,
       count(*)::int from gramkit.waitlist_batch group by 1
     union all select 'gate ' || state, count(*)::int from gramkit.quality_gate_change group by 1
     union all select 'events ' || name, count(*)::int from gramkit.outbox_event
       where name like any(array['alert.%', 'batch.%', 'gate.%', 'referral.%', 'reward.%', 'waitlist.%'])
       group by 1
     order by 1`,
  )
}

/** Names of what there is any of. */
function presentIn(counts: Readonly<Record<string, number>>): string[] {
  return Object.keys(counts).filter((name) => counts[name] !== 0)
}
