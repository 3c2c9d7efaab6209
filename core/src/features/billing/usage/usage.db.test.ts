import pg from 'pg'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, decimalText, newId, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { Aggregation, MeterInput } from './meter.ts'
import type { UsageEventInput } from './usage-event.ts'

const NOW = new Date('2028-03-01T12:00:00Z')
const [FEBRUARY, MARCH, APRIL] = [monthOf('02', '03'), monthOf('03', '04'), monthOf('04', '05')]

/** A month of 2028 as a period. */
function monthOf(month: string, next: string) {
  const [periodStartOn, periodEndOn] = [`2028-${month}-01`, `2028-${next}-01`]
  return {
    ...{ periodStartOn, periodEndOn },
    ...{ startsAt: new Date(periodStartOn), endsAt: new Date(periodEndOn) },
  }
}

const clock = new VirtualClock(NOW)
const { database, services, close } = await testPlatform({ clock, poolSize: 12 })
afterAll(close)

let billing: TenantBilling
let customerId: string

beforeEach(async () => {
  billing = await aTenant(services)
  customerId = (await aCustomer(billing)).id
})

async function aMeter(aggregation: Aggregation, fields: Partial<MeterInput> = {}): Promise<string> {
  const code = `m-${newId()}`
  const valueProperty = aggregation === 'count' ? null : 'value'
  await billing.meters.create({
    ...{ code, name: 'Calls', unit: 'call', aggregation, valueProperty },
    ...fields,
  })
  return code
}

function anEvent(meter: string, fields: Partial<UsageEventInput> = {}): UsageEventInput {
  return { id: newId(), customerId, meter, at: NOW, properties: { value: 1 }, ...fields }
}

/** Records events of some values at some moments. */
async function use(meter: string, values: readonly (readonly [string, string | number])[]) {
  const events = values.map(([at, value]) =>
    anEvent(meter, { at: new Date(at), properties: { value } }),
  )
  expect((await billing.usage.recordBatch(events)).refused).toEqual([])
}

async function totalOf(meter: string, span = FEBRUARY): Promise<string | undefined> {
  const [total] = await billing.usage.totals([{ customerId, meter, ...span }])
  return total && decimalText(total.quantity)
}

describe('a meter', () => {
  test.each([
    [{ code: 'Capital' }, 'code'],
    [{ name: 'x'.repeat(500) }, 'name'],
    [{ unit: '' }, 'unit'],
    [{ aggregation: 'median' }, 'aggregation'],
    [{ valueProperty: null }, 'valueProperty'],
    [{ aggregation: 'count' }, 'valueProperty'],
    [{ late: 'ignored' }, 'late'],
    [{ acceptedDays: 0 }, 'acceptedDays'],
    [{ acceptedDays: 401 }, 'acceptedDays'],
  ])('with %o is refused with a clear word', async (wrong, field) => {
    const given = { code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum', ...wrong }
    const made = billing.meters.create({ valueProperty: 'value', ...given } as never)
    await expect(made).rejects.toMatchObject({ code: 'kernel.invalid_value', details: { field } })
    expect((await billing.meters.list()).items).toEqual([])
  })

  test('has a code that is free in its tenant', async () => {
    const code = await aMeter('sum')
    await expect(aMeter('count', { code })).rejects.toMatchObject({ code: 'billing.code_taken' })
    expect(await billing.meters.getByCode(code)).toMatchObject({ code, acceptedDays: 35 })
  })
})

describe('an event', () => {
  test('that is told twice is counted once', async () => {
    const event = anEvent(await aMeter('sum'), { at: FEBRUARY.startsAt })
    expect(await billing.usage.record(event)).toBe('accepted')
    expect(await billing.usage.record(event)).toBe('duplicate')
    expect(await totalOf(event.meter)).toBe('1')
  })

  test('of another source with the same id is another', async () => {
    const event = anEvent(await aMeter('sum'))
    await billing.usage.record(event)
    expect(await billing.usage.record({ ...event, source: 'edge' })).toBe('accepted')
  })

  test.each([
    ['value', { properties: { value: 2 } }],
    ['property', { properties: { value: 1, region: 'eu' } }],
    ['moment', { at: new Date(NOW.getTime() - 1) }],
  ])('with the id of another and another %s is a conflict that names it', async (_, other) => {
    const event = anEvent(await aMeter('sum'))
    await billing.usage.record(event)
    await expect(billing.usage.record({ ...event, ...other })).rejects.toMatchObject({
      ...{ code: 'billing.usage_conflict', details: { source: 'api', eventId: event.id } },
    })
    expect(await totalOf(event.meter, MARCH)).toBe('1')
  })

  test.each<[string, Partial<UsageEventInput> | object, string]>([
    ['without an id', { id: '' }, 'invalid'],
    ['with spaces in its id', { id: 'a b' }, 'invalid'],
    ['of nobody', { customerId: newId() }, 'unknown_customer'],
    ['of no meter', { meter: 'nothing' }, 'unknown_meter'],
    ['without its value', { properties: {} }, 'invalid'],
    ['of a negative value', { properties: { value: -1 } }, 'invalid'],
    ['of an absurd value', { properties: { value: '1000000000000001' } }, 'invalid'],
    ['of a value that is no number', { properties: { value: 'many' } }, 'invalid'],
    ['of more than 12 places', { properties: { value: 1e-13 } }, 'invalid'],
    ['with a tree of properties', { properties: { value: 1, more: {} } }, 'invalid'],
    ['with a zero byte', { properties: { value: 1, more: 'a\0' } }, 'invalid'],
    ['with half a character', { properties: { value: 1, more: '\ud800' } }, 'invalid'],
    ['with long properties', { properties: { value: 1, more: 'x'.repeat(501) } }, 'invalid'],
    [
      'with many properties',
      { properties: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`p${n}`, n])) },
      'invalid',
    ],
    ['with the name of a prototype', { properties: JSON.parse('{"__proto__":1}') }, 'invalid'],
    ['at no moment', { at: new Date(Number.NaN) }, 'invalid'],
    ['with something else', { cost: 1 }, 'invalid'],
    ['in the future', { at: new Date(NOW.getTime() + 300_001) }, 'in_future'],
    ['too long ago', { at: new Date(NOW.getTime() - 35 * DAY_MS) }, 'too_old'],
  ])('%s is not counted', async (_, wrong, reason) => {
    const right = anEvent(await aMeter('sum'))
    const given = { ...anEvent(right.meter), ...wrong } as UsageEventInput
    expect(await billing.usage.recordBatch([given, right])).toEqual({
      ...{ accepted: 1, duplicates: 0 },
      refused: [{ index: 0, reason, problem: expect.stringMatching(/^\S+.+/) }],
    })
    await expect(billing.usage.record(given)).rejects.toMatchObject({
      ...{ code: 'billing.usage_refused', details: { reason } },
    })
    expect(await totalOf(right.meter, MARCH)).toBe('1')
  })
})

test.each([
  'update gramkit.billing_usage_event set quantity = 0',
  'delete from gramkit.billing_usage_event',
  "update gramkit.billing_meter set aggregation = 'max'",
  'update gramkit.billing_usage_reading set quantity = 0',
  'delete from gramkit.billing_usage_reading',
])('the application may not %s', async (statement) => {
  const app = new pg.Client(database.appUrl)
  await app.connect()
  await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' })
  await app.end()
})

describe('a batch', () => {
  test('has 1 to 10,000 events', async () => {
    for (const events of [[], Array(10_001).fill(anEvent('calls'))]) {
      const told = billing.usage.recordBatch(events)
      await expect(told).rejects.toMatchObject({ details: { field: 'events' } })
    }
  })

  test('counts the first of two with one id, and names the other', async () => {
    const first = anEvent(await aMeter('sum'), { properties: { value: 5 } })
    const second = { ...first, properties: { value: 3 } }
    expect(await billing.usage.recordBatch([first, second, first])).toMatchObject({
      ...{ accepted: 1, duplicates: 1, refused: [{ index: 1, reason: 'conflict' }] },
    })
    expect(await totalOf(first.meter, MARCH)).toBe('5')
  })

  test('that many send at once in any order is counted once', async () => {
    const meter = await aMeter('sum')
    const events = Array.from({ length: 300 }, () => anEvent(meter))
    const batches = Array.from({ length: 8 }, (_, n) =>
      n % 2 === 0 ? [...events.slice(n * 10), ...events.slice(0, n * 10)] : events.toReversed(),
    )
    const reports = await Promise.all(batches.map((batch) => billing.usage.recordBatch(batch)))
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300)
    expect(reports.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(7 * 300)
    expect(await totalOf(meter, MARCH)).toBe('300')
  })
})

describe('a total', () => {
  const values = [
    ['2028-01-31T23:59:59.999Z', 100],
    ['2028-02-01T00:00:00.000Z', 4],
    ['2028-02-15T12:00:00.000Z', '0.000000000001'],
    ['2028-02-29T23:59:59.999Z', 7],
    ['2028-02-29T23:59:59.999Z', 7],
    ['2028-03-01T00:00:00.000Z', 50],
  ] as const

  test.each<[Aggregation, string, string]>([
    ['sum', '18.000000000001', '50'],
    ['count', '4', '1'],
    ['max', '7', '50'],
    ['unique', '3', '1'],
    ['last', '7', '50'],
    // 14.5 of 29 days at 4, 14.5 days less a millisecond at 10^-12, a millisecond at 7.
    ['weighted', '2.000000002794', '50'],
  ])('of %s counts an event at the end of a period in the next', async (aggregation, one, two) => {
    const meter = await aMeter(aggregation)
    await use(meter, values)
    expect(await totalOf(meter)).toBe(one)
    expect(await totalOf(meter, MARCH)).toBe(two)
    const other = (await aCustomer(billing)).id
    const spans = [FEBRUARY, MARCH].map((span) => ({ customerId, meter, ...span }))
    const [none, ...same] = await billing.usage.totals([
      { customerId: other, meter, ...FEBRUARY },
      ...spans,
    ])
    expect(none?.quantity).toBe(0n)
    expect(same.map(({ quantity }) => decimalText(quantity))).toEqual([one, two])
  })

  test('by time holds the level from before the period', async () => {
    const meter = await aMeter('weighted')
    await use(meter, [['2028-01-29T00:00:00Z', 10]])
    expect(await totalOf(meter)).toBe('10')
    await use(meter, [['2028-02-15T12:00:00Z', 30]])
    expect(await totalOf(meter)).toBe('20')
  })

  test('of the last is the same whatever order events came in', async () => {
    const meter = await aMeter('last')
    const events = ['b', 'a', 'c'].map((id, value) =>
      anEvent(meter, { id, at: FEBRUARY.startsAt, properties: { value } }),
    )
    for (const event of events) await billing.usage.record(event)
    expect(await totalOf(meter)).toBe('2')
  })

  test('of many meters and customers comes in the order of the questions', async () => {
    const meters = [await aMeter('max'), await aMeter('count'), await aMeter('max')]
    for (const [n, meter] of meters.entries()) {
      await use(meter, [['2028-02-01T00:00:00Z', n + 5]])
    }
    const spans = meters.map((meter) => ({ customerId, meter, ...FEBRUARY }))
    const totals = await billing.usage.totals(spans.toReversed())
    expect(totals.map(({ quantity }) => decimalText(quantity))).toEqual(['7', '1', '5'])
  })

  test('of no meter or no time is refused', async () => {
    const nothing = billing.usage.totals([{ customerId, meter: 'nothing', ...FEBRUARY }])
    await expect(nothing).rejects.toMatchObject({ code: 'kernel.not_found' })
    const { startsAt } = FEBRUARY
    const meter = await aMeter('sum')
    const never = billing.usage.totals([{ customerId, meter, startsAt, endsAt: startsAt }])
    await expect(never).rejects.toMatchObject({ details: { field: 'endsAt' } })
  })
})

describe('usage that is billed', () => {
  let subscriptionId: string
  beforeEach(async () => {
    const { id: planId } = await aPlan(billing)
    await billing.plans.publish(planId)
    subscriptionId = (await billing.subscriptions.create({ customerId, planId })).id
  })
  const read = (meter: string, span: typeof FEBRUARY) =>
    billing.usage.read([{ subscriptionId, customerId, meter, ...span }])
  const late = { id: 'late', at: new Date('2028-02-29T23:00:00Z'), properties: { value: 5 } }

  async function bill(meter: string, span: typeof FEBRUARY) {
    return billing.transaction(async (tx) => {
      const totals = await tx.usage.read([{ subscriptionId, customerId, meter, ...span }])
      await tx.usage.bill(totals)
      return totals
    })
  }

  test.each<[Aggregation, bigint, bigint]>([
    ['sum', 3n, 8n],
    ['count', 1n, 2n],
    ['max', 3n, 5n],
    ['unique', 1n, 2n],
    ['last', 3n, 5n],
  ])('by %s and comes late lands in the next period once', async (aggregation, billed, now) => {
    const meter = await aMeter(aggregation)
    await use(meter, [['2028-02-28T00:00:00Z', 3]])
    expect(await bill(meter, FEBRUARY)).toMatchObject([{ quantity: billed * 10n ** 12n, late: [] }])
    expect(await billing.usage.record(anEvent(meter, late))).toBe('accepted')
    const difference = { ...FEBRUARY, billed: billed * 10n ** 12n, quantity: now * 10n ** 12n }
    // Reading bills nothing.
    expect(await read(meter, MARCH)).toMatchObject([{ quantity: 0n, late: [difference] }])
    expect(await bill(meter, MARCH)).toMatchObject([{ quantity: 0n, late: [difference] }])
    expect(await bill(meter, APRIL)).toMatchObject([{ quantity: 0n, late: [] }])
  })

  test('is refused late by a meter that says so, unless it was told in time', async () => {
    const meter = await aMeter('sum', { late: 'refused' })
    const inTime = anEvent(meter, { ...late, id: 'in-time' })
    await billing.usage.record(inTime)
    await bill(meter, FEBRUARY)
    const open = anEvent(meter, { at: MARCH.startsAt })
    const events = [anEvent(meter, late), inTime, open]
    expect(await billing.usage.recordBatch(events)).toMatchObject({
      ...{ accepted: 1, duplicates: 1, refused: [{ index: 0, reason: 'late' }] },
    })
    expect(await totalOf(meter)).toBe('5')
  })

  test('is billed once at a boundary', async () => {
    const meter = await aMeter('sum')
    await bill(meter, FEBRUARY)
    await expect(bill(meter, FEBRUARY)).rejects.toMatchObject({ cause: { code: '23505' } })
  })
})
