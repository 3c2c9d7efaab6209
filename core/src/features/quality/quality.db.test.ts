import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { coreHost, GROWTH_DUE_WORK, GROWTH_SUBSCRIPTIONS, startJobs } from '../../jobs.ts'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { auditEntry, outboxEvent } from '../../schema.ts'
import { testPlatform } from '../../testing/platform.ts'
import { qualityThresholds } from './thresholds.ts'

const MINUTE_MS = 60_000
const FINE = { churn: 0.12, fraud: 0.02, engagement: 0.75 }
const BAD = { ...FINE, churn: 0.21 }
const by = { actor: 'admin', reason: 'an attack' }

const clock = new VirtualClock(new Date('2026-07-01T12:00:00.000Z'))
const { platform, services, close } = await testPlatform({ clock, poolSize: 16 })
const { quality, qualitySnapshots } = services
const db = platform.database.executor

afterAll(close)

const post = (metrics: Parameters<typeof qualitySnapshots.post>[0]) =>
  qualitySnapshots.post(metrics, 'admin')
const versionNow = async () => (await quality.history()).items[0]?.version ?? 0
const eventsOf = async (name: string) =>
  (
    await db.select().from(outboxEvent).where(eq(outboxEvent.name, name)).orderBy(outboxEvent.seq)
  ).map(({ payload }) => payload)

test('a fresh install keeps the gate open and says why', async () => {
  expect(await quality.evaluate()).toBeUndefined()
  await qualitySnapshots.measure()
  expect(await quality.gate()).toEqual({
    state: 'open',
    isIssuingAllowed: true,
    isRedeemingAllowed: true,
    batchFactor: 1,
    reasons: [{ code: 'no_sample', value: null, threshold: null }],
    override: null,
  })
  expect(await quality.standing()).toMatchObject({ trust: null, health: 'healthy' })
  await quality.requireIssuing()
  await quality.requireRedeeming()
})

test.each(['NaN', '-0.1', '1.1', 'Infinity'])('the database keeps no rate of %s', async (rate) => {
  const insert = db.execute(`
    insert into gramkit.quality_snapshot (id, source, actor, churn_rate, churn_sample, fraud_sample,
      engagement_sample, created_at)
    values ('${newId()}', 'posted', 'admin', '${rate}', 1, 1, 1, now())`)
  await expect(insert).rejects.toMatchObject({
    cause: { constraint: 'quality_snapshot_rates_check' },
  })
})

test.each(['update', 'delete'])('the application may not %s what the gate was', async (verb) => {
  const statement =
    verb === 'update'
      ? sql`update gramkit.quality_gate_change set reason = ''`
      : sql`delete from gramkit.quality_gate_change`
  await expect(db.execute(statement)).rejects.toMatchObject({ cause: { code: '42501' } })
})

describe('the gate', () => {
  beforeEach(async () => {
    clock.advance(DAY_MS)
    await post(FINE)
  })

  test('slows, closes, stays closed and opens again over a series, each change told once', async () => {
    const [before, told] = [await versionNow(), (await eventsOf('gate.changed')).length]
    const states: string[] = []
    for (const churn of [0.12, 0.16, 0.19, 0.21, 0.19, 0.15, 0.2, 0.149]) {
      await post({ ...FINE, churn })
      states.push((await quality.gate()).state)
    }
    expect(states.join(' ')).toBe('open slowed slowed closed closed closed closed open')
    const changes = (await eventsOf('gate.changed')).slice(told)
    expect(changes).toMatchObject([
      { was: 'open', state: 'slowed', reasons: ['churn_not_recovered'] },
      { was: 'slowed', state: 'closed', reasons: ['churn_high'] },
      { was: 'closed', state: 'open', reasons: [] },
    ])
    const { items } = await quality.history({ limit: 4 })
    expect(items.map(({ version, state, reasons }) => [version, state, reasons[0]?.code])).toEqual([
      [before + 4, 'open', undefined],
      [before + 3, 'closed', 'churn_not_recovered'],
      [before + 2, 'closed', 'churn_high'],
      [before + 1, 'slowed', 'churn_not_recovered'],
    ])
  })

  test('lets out nothing while it is closed, half while it is slowed, and says why', async () => {
    await post({ ...FINE, churn: 0.16 })
    expect(await quality.requireIssuing()).toMatchObject({ state: 'slowed', batchFactor: 0.5 })
    await post(BAD)
    await expect(quality.requireIssuing()).rejects.toMatchObject({
      code: 'quality.gate_closed',
      kind: 'locked',
      details: { reasons: 'churn_high (0.21, threshold 0.2)' },
    })
    // A closed gate stops issuing alone.
    await quality.requireRedeeming()
    await post({ ...BAD, sample: 99 })
    expect(await quality.gate()).toMatchObject({
      state: 'open',
      reasons: [{ code: 'no_sample' }],
    })
  })

  test('is changed once, and alerts once, by evaluators at once', async () => {
    const [before, alerts] = [await versionNow(), (await eventsOf('alert.opened')).length]
    // Figures that nobody has evaluated yet.
    await db.execute(sql`
      insert into gramkit.quality_snapshot (id, source, actor, churn_rate, churn_sample,
        fraud_sample, engagement_sample, created_at)
      values (${newId()}, 'measured', 'system', 0.21, 500, 0, 0, ${clock.now().toISOString()})`)
    // All begin before one of them evaluates.
    const { promise, resolve } = Promise.withResolvers<void>()
    let begun = 0
    const evaluates = () =>
      services.transaction(async (tx) => {
        await tx.repos.users.listStaff()
        begun += 1
        if (begun === 12) resolve()
        await promise
        return tx.quality.evaluate()
      })
    const changes = await Promise.all(Array.from({ length: 12 }, evaluates))
    expect(changes.filter((change) => change !== undefined)).toHaveLength(1)
    expect(await versionNow()).toBe(before + 1)
    expect((await eventsOf('alert.opened')).slice(alerts)).toMatchObject([
      { metric: 'churn', severity: 'critical', value: 0.21, threshold: 0.2 },
    ])
  })

  test('is evaluated at once when its thresholds change', async () => {
    await using jobs = await startJobs({
      ...{ database: platform.database, host: coreHost(platform), roles: [], jobs: [] },
      subscriptions: GROWTH_SUBSCRIPTIONS.filter(({ event }) => event.name === 'setting.changed'),
      dueWork: GROWTH_DUE_WORK.filter(({ name }) => name === 'quality.evaluate_due'),
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    })
    const { initial } = qualityThresholds
    const strict = { ...initial, churn: { ...initial.churn, closesAbove: 0.11, tolerated: 0.1 } }
    const change = { actor: 'admin', reason: 'stricter' }
    await services.settings.change(qualityThresholds, {
      ...change,
      value: { ...strict, churn: { ...strict.churn, opensBelow: 0.1 } },
    })
    await jobs.settle()
    expect(await quality.gate()).toMatchObject({ state: 'closed' })
    await services.settings.change(qualityThresholds, { ...change, value: initial })
    await jobs.settle()
    expect(await quality.gate()).toMatchObject({ state: 'open' })
    const value = { ...initial, fraud: { ...initial.fraud, weight: Number.NaN } }
    await expect(
      services.settings.change(qualityThresholds, { ...change, value }),
    ).rejects.toMatchObject({
      code: 'kernel.invalid_value',
      details: { field: 'quality.thresholds.fraud.weight' },
    })
  })
})

describe('an override', () => {
  beforeEach(async () => {
    clock.advance(DAY_MS)
    await post(FINE)
  })
  const until = () => addMs(clock.now(), 60 * MINUTE_MS)

  test('stands above the figures until its instant, by the clock alone', async () => {
    await post(BAD)
    const end = until()
    expect(await quality.override({ ...by, state: 'open', until: end })).toMatchObject({
      state: 'open',
      reasons: [{ code: 'overridden' }],
      override: { state: 'open', until: end, actor: 'admin', reason: 'an attack' },
    })
    // The figures go on being watched below it.
    await post({ ...BAD, churn: 0.19 })
    clock.advance(60 * MINUTE_MS - 1)
    expect(await quality.gate()).toMatchObject({ state: 'open', batchFactor: 1 })
    clock.advance(1)
    const version = await versionNow()
    expect(await quality.gate()).toMatchObject({
      state: 'closed',
      override: null,
      reasons: [{ code: 'churn_not_recovered' }],
    })
    expect(await versionNow()).toBe(version)
  })

  test('is over in the history and told, once, by the scheduled evaluation', async () => {
    await quality.override({ ...by, state: 'closed', until: until() })
    const evaluation = GROWTH_DUE_WORK.find(({ name }) => name === 'quality.evaluate_due')
    expect(await evaluation?.nextDueAt(services)).toEqual(until())
    expect(await evaluation?.runDue(services)).toBe(0)
    clock.advance(60 * MINUTE_MS)
    expect(await evaluation?.runDue(services)).toBe(1)
    expect(await evaluation?.runDue(services)).toBe(0)
    expect(await evaluation?.nextDueAt(services)).toBeNull()
    expect((await quality.history()).items[0]).toMatchObject({
      state: 'open',
      overrideState: null,
      actor: 'system',
      reason: 'override_over',
    })
    expect((await eventsOf('gate.changed')).at(-1)).toMatchObject({ was: 'closed', state: 'open' })
  })

  test('is ended by hand, and audited with who did it and why', async () => {
    await quality.override({ ...by, state: 'closed', until: until() })
    const ended = await quality.endOverride({ actor: 'admin', reason: 'it is over' })
    expect(ended).toMatchObject({ state: 'open', override: null })
    const version = await versionNow()
    await quality.endOverride({ actor: 'admin', reason: 'again' })
    expect(await versionNow()).toBe(version)
    const audit = await db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.subject, 'gate:growth'))
      .orderBy(auditEntry.id)
    expect(audit.slice(-2)).toMatchObject([
      {
        action: 'gate.overridden',
        actor: 'admin',
        facts: { state: 'closed', ...{ reason: by.reason } },
      },
      { action: 'gate.override_ended', facts: { reason: 'it is over' } },
    ])
    expect(await eventsOf('gate.overridden')).toContainEqual(
      expect.objectContaining({ state: 'closed', actor: 'admin' }),
    )
  })

  test.each([
    ['an instant that has passed', () => clock.now(), 'x', 'until'],
    ['no instant', () => new Date(Number.NaN), 'x', 'until'],
    ['more than 30 days', () => addMs(clock.now(), 30 * DAY_MS + 1), 'x', 'until'],
    ['no reason', until, ' ', 'reason'],
  ])('is refused with %s', async (_what, at, reason, field) => {
    const wanted = { actor: 'admin', reason, state: 'open', until: at() } as const
    await expect(quality.override(wanted)).rejects.toMatchObject({ details: { field } })
  })
})

test('redeeming has a switch of its own', async () => {
  await quality.setRedeeming({ ...by, isAllowed: false })
  await expect(quality.requireRedeeming()).rejects.toMatchObject({
    code: 'quality.redeeming_stopped',
  })
  expect(await quality.gate()).toMatchObject({ isIssuingAllowed: true, isRedeemingAllowed: false })
  const version = await versionNow()
  await quality.setRedeeming({ ...by, isAllowed: false })
  expect(await versionNow()).toBe(version)
  await post(BAD)
  await post(FINE)
  expect(await quality.gate()).toMatchObject({ isRedeemingAllowed: false })
  await quality.setRedeeming({ ...by, isAllowed: true })
  await quality.requireRedeeming()
})

describe('figures that an admin gives', () => {
  test.each([
    ['churn', { ...FINE, churn: Number.NaN }],
    ['fraud', { ...FINE, fraud: -0.01 }],
    ['engagement', { ...FINE, engagement: 1e9 }],
    ['engagement', JSON.parse('{ "churn": 0.1, "fraud": 0 }')],
    ['sample', { ...FINE, sample: 0.5 }],
    ['sample', { ...FINE, sample: 1e12 }],
  ])('are refused by their field: %s', async (field, metrics) => {
    const version = await versionNow()
    await expect(post(metrics)).rejects.toMatchObject({
      code: 'kernel.invalid_value',
      details: { field },
    })
    expect(await versionNow()).toBe(version)
  })

  test('count until the kit counts again, and are audited', async () => {
    clock.advance(DAY_MS)
    const { id } = await post(BAD)
    expect(await quality.standing()).toMatchObject({ health: 'critical', trust: 0.88 })
    expect(
      await db
        .select()
        .from(auditEntry)
        .where(eq(auditEntry.subject, `quality_snapshot:${id}`)),
    ).toMatchObject([{ actor: 'admin', action: 'quality.posted', facts: { churn: '0.21' } }])
    await qualitySnapshots.measure()
    expect(await quality.standing()).toMatchObject({ health: 'healthy', trust: null })
  })
})

describe('measuring', () => {
  test('counts who came when, once an hour however many processes try', async () => {
    clock.advance(100 * DAY_MS)
    // 200 people came 40 days ago, 60 of them not since, 90 in this week; 50 more this week alone.
    await db.execute(sql`
      with person as (
        insert into gramkit.user_account (id, kind, telegram_id, created_at, updated_at, last_seen_at)
        select gen_random_uuid(), 'registered', 5000000 + n, now(), now(), now()
        from generate_series(1, 250) n returning id, telegram_id - 5000000 as n
      )
      insert into gramkit.user_active_day (user_id, day)
      select id, (${clock.now().toISOString()}::timestamptz at time zone 'UTC')::date - ago
      from person cross join (values (40), (20), (2)) day (ago)
      where (ago = 40 and n <= 200) or (ago = 20 and n <= 140) or (ago = 2 and (n <= 90 or n > 200))`)
    const before = (await qualitySnapshots.list({ from: clock.now(), to: clock.now() })).length
    const counts = await Promise.all(Array.from({ length: 6 }, () => qualitySnapshots.measureDue()))
    expect(counts.reduce((sum, count) => sum + count)).toBe(1)
    const taken = await qualitySnapshots.list({ from: clock.now(), to: clock.now() })
    expect(taken).toHaveLength(before + 1)
    expect(taken.at(-1)?.metrics).toEqual({
      churn: { rate: 0.3, sample: 200 },
      fraud: { rate: null, sample: 0 },
      engagement: { rate: 140 / 190, sample: 190 },
    })
    // 1 - 2 (0.3 - 0.15), and churn alone would close it.
    expect(await quality.standing()).toMatchObject({ trust: 0.7, health: 'critical' })
    clock.advance(60 * MINUTE_MS - 1)
    expect(await qualitySnapshots.measureDue()).toBe(0)
    clock.advance(1)
    expect(await qualitySnapshots.measureDue()).toBe(1)
  })

  test('shows each snapshot of a month, and one a day of a longer time', async () => {
    const [from, to] = [clock.now(), addMs(clock.now(), 2 * DAY_MS)]
    for (let hour = 0; hour < 4; hour += 1) {
      clock.advance(8 * 60 * MINUTE_MS)
      await post(FINE)
    }
    expect(await qualitySnapshots.list({ from: addMs(from, 1), to })).toHaveLength(4)
    const daily = await qualitySnapshots.list({
      from: addMs(from, 1),
      to: addMs(from, 40 * DAY_MS),
    })
    const days = daily.map(({ createdAt }) => createdAt.toISOString().slice(0, 10))
    expect(new Set(days).size).toBe(daily.length)
    expect(daily.at(-1)?.createdAt).toEqual(clock.now())
    await expect(qualitySnapshots.list({ from: to, to: from })).rejects.toMatchObject({
      details: { field: 'to' },
    })
  })
})
