import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from './features/waitlist/index.ts'
import { addDays, addMs, DAY_MS, newId, VirtualClock } from './kernel/index.ts'
import { aPerson } from './testing/people.ts'
import { testPlatform } from './testing/platform.ts'

// A Monday.
const MONDAY = '2029-12-31'
const clock = new VirtualClock(new Date(`${MONDAY}T12:00:00.000Z`))
const { services, close } = await testPlatform({
  clock,
  codeSecret: 'a secret of at least thirty-two characters',
  // Nothing is sent, as nobody works here.
  mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'app@example.org' },
})
const { admissions, batches, growth, qualitySnapshots, referrals, repos, waitlist } = services

const wish = { useCase: 'Test', persona: 'other' as const }

async function joins(referralCode?: string): Promise<Entry & { userId: string }> {
  const { id: userId } = await aPerson(services)
  const { entry } = await waitlist.join({ ...wish, userId, referralCode })
  if (referralCode) await referrals.join(entry.id)
  return { ...entry, userId }
}

/** Invites all who wait, and lets these in. */
async function letIn(people: readonly (Entry & { userId: string })[]): Promise<void> {
  await batches.generate({ size: 100, actor: 'admin' })
  for (const { id: entryId, userId } of people) {
    const { items } = await batches.codes({}, { limit: 100 })
    const code = items.find(({ invite }) => invite.entryId === entryId)?.code ?? ''
    const { invitationId } = await admissions.redeem({ code, userId })
    await referrals.signUp({ entryId, inviterEntryId: null, invitationId })
  }
}

beforeAll(async () => {
  // In the first week: one who brings two, of whom one stays; one who is let in; one who is invited
  // alone; one who did not confirm their address.
  const inviter = await joins()
  const other = await joins()
  await joins()
  await waitlist.join({ ...wish, email: `${newId()}@example.org` })
  clock.advance(2 * DAY_MS)
  await letIn([inviter, other])
  const invitees = [await joins(inviter.referralCode), await joins(inviter.referralCode)]
  clock.advance(DAY_MS)
  await letIn(invitees)
  for (const day of [3, 4, 5]) {
    await repos.activeDays.insert(invitees[0]?.userId ?? '', addDays(MONDAY, day))
  }
  await repos.activeDays.insert(inviter.userId, addDays(MONDAY, 3))
  await repos.activeDays.insert(inviter.userId, addDays(MONDAY, 11))
  // In the third week one more joins.
  clock.advance(14 * DAY_MS)
  await referrals.checkDue()
  await joins()
})

afterAll(close)

test('the funnel tells how many came how far, each step of the one before', async () => {
  const { funnel } = await growth.analytics()
  expect(funnel).toEqual([
    { step: 'joined', people: 7, ofPrevious: null },
    { step: 'confirmed', people: 6, ofPrevious: 6 / 7 },
    { step: 'invited', people: 5, ofPrevious: 5 / 6 },
    { step: 'admitted', people: 4, ofPrevious: 4 / 5 },
    { step: 'referred', people: 1, ofPrevious: 1 / 4 },
    { step: 'qualified', people: 1, ofPrevious: 1 },
  ])
  const [control, ...trials] = await growth.byCohort()
  expect(trials).toEqual([])
  expect(control).toEqual({ cohort: 'control', funnel })
})

test('one person brings so many in two weeks, of those who had two weeks', async () => {
  // Five confirmed people of the first week, who brought two.
  expect((await growth.analytics()).kFactor).toBe(2 / 5)
  expect(await repos.growth.kFactor(addMs(clock.now(), -10 * DAY_MS))).toBeNull()
})

test('cohorts are the weeks of joining, and tell when who was let in came', async () => {
  const { cohorts } = await growth.analytics()
  expect(cohorts).toEqual([
    {
      week: MONDAY,
      ...{ joined: 6, confirmed: 5, invited: 5, admitted: 4, referred: 1, qualified: 1 },
      activeByWeek: [2, 1, 0, 0, 0, 0, 0, 0, 0],
    },
    {
      week: addDays(MONDAY, 14),
      ...{ joined: 1, confirmed: 1, invited: 0, admitted: 0, referred: 0, qualified: 0 },
      activeByWeek: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
  ])
})

test('the time to an invitation is that of a batch, from a confirmed place', async () => {
  // Three waited two days, two waited one.
  const { p50, p90 } = (await growth.analytics()).timeToInvite
  expect(p50).toBeCloseTo(2, 2)
  expect(p90).toBeCloseTo(2, 2)
})

test('each of sixty days tells what happened, and days without anything too', async () => {
  const { series } = await growth.analytics()
  expect(series).toHaveLength(60)
  expect(series.at(-1)).toEqual({ day: addDays(MONDAY, 17), joined: 1, invited: 0, admitted: 0 })
  expect(series.filter(({ joined, invited }) => joined + invited > 0)).toEqual([
    { day: MONDAY, joined: 4, invited: 0, admitted: 0 },
    { day: addDays(MONDAY, 2), joined: 2, invited: 3, admitted: 2 },
    { day: addDays(MONDAY, 3), joined: 0, invited: 2, admitted: 2 },
    { day: addDays(MONDAY, 17), joined: 1, invited: 0, admitted: 0 },
  ])
})

test('monitoring watches who waits, who came today, and what became of invitations', async () => {
  expect(await growth.gauges()).toEqual({
    waiting: 1,
    joinedToday: 1,
    redemptionRate: 4 / 5,
    referralConversion: 1,
  })
})

test('a sign-up that is clawed back, frozen or flagged is fraud among those of 30 days', async () => {
  const fraud = async () => (await qualitySnapshots.measure()).metrics.fraud
  expect(await fraud()).toEqual({ rate: 0, sample: 4 })
  const { items } = await repos.referrals.list()
  const by = { actor: 'admin', reason: 'made up' }
  await referrals.freeze(items[0]?.id ?? '', by)
  await referrals.clawBack(items[1]?.id ?? '', by)
  expect(await fraud()).toEqual({ rate: 0.5, sample: 4 })
  clock.advance(31 * DAY_MS)
  expect(await fraud()).toEqual({ rate: null, sample: 0 })
})

test('nothing is known where nobody is', async () => {
  const empty = await testPlatform({ clock })
  const { funnel, kFactor, cohorts, timeToInvite } = await empty.services.growth.analytics()
  expect(funnel.every(({ people, ofPrevious }) => people === 0 && ofPrevious === null)).toBe(true)
  expect({ kFactor, cohorts, timeToInvite }).toEqual({
    ...{ kFactor: null, cohorts: [], timeToInvite: { p50: null, p90: null } },
  })
  expect(await empty.services.growth.gauges()).toMatchObject({
    ...{ waiting: 0, redemptionRate: null, referralConversion: null },
  })
  await empty.close()
})
