import { readdirSync, readFileSync } from 'node:fs'
import {
  applyDiscounts,
  type Charge,
  CYCLES,
  type Cycle,
  chargesField,
  periodAt,
  priceCharge,
  priceSegment,
  pricingPlugIns,
  prorateChanges,
  type Revision,
  segmentsOf,
} from '@gramkit/core/billing'
import {
  addDays,
  CURRENCIES,
  type Decimal,
  decimalOf,
  decimalText,
  fraction,
  isCurrency,
  parseDecimal,
  readDecimal,
} from '@gramkit/core/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { daysOfPeriod, midnight, monthsOn, nextDay } from './calendar.ts'
import { type NaiveRevision, naiveChanges, naiveRunPrice, naiveRuns } from './changes.ts'
import { naiveDiscounted } from './discounts.ts'
import { type NaiveCharge, naivePrice } from './prices.ts'
import { minorUnits, parse, ratio, whole } from './rational.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const IS_FULL = process.env['GRAMKIT_PROOF'] === '1'
const numRuns = IS_FULL ? 10_000 : 100
const plugIns = pricingPlugIns()

/** A charge as it is stored: what both sides read. */
const stored = (charge: Charge): NaiveCharge => {
  const [text] = z.encode(chargesField, [charge])
  if (text === undefined) throw new Error('no charge')
  return text
}

const decimals = (max: bigint) => fc.bigInt({ min: 0n, max }).map(decimalOf)
const rate = fc.oneof(
  decimals(10n ** 15n),
  fc.nat(100_000).map((cents) => decimalOf(BigInt(cents) * 10n ** 10n)),
)
const quantity = fc.oneof(
  decimals(10n ** 15n),
  fc.nat(2_000).map((units) => decimalOf(BigInt(units) * 10n ** 12n)),
)
const tiers = fc
  .uniqueArray(fc.integer({ min: 1, max: 1_500 }), { maxLength: 6 })
  .map((list) => list.toSorted((one, other) => one - other))
  .chain((list) =>
    fc.tuple(
      ...[...list, null].map((upTo) =>
        fc.record({
          upTo: fc.constant(upTo === null ? null : decimalOf(BigInt(upTo) * 10n ** 12n)),
          rate,
          flatFee: fc.option(rate, { nil: undefined }),
        }),
      ),
    ),
  )
const every = { key: fc.constantFrom('a', 'b', 'c'), title: fc.constant('Title') }
const rounding = fc.constantFrom('half_even', 'half_up', 'up', 'down')
const included = fc.option(quantity, { nil: undefined })
const when = fc.constantFrom('advance', 'arrears')
const constant = <const Value>(value: Value) => fc.constant(value)
const time = fc.oneof(
  fc.record({ meter: constant(undefined), when }),
  fc.record({ meter: constant('gb'), when: constant('arrears') }),
)
const counted = fc.oneof(
  fc.record({ model: constant('per_unit'), rate }),
  fc.record({ model: constant('graduated'), tiers }),
  fc.record({ model: constant('volume'), tiers }),
  fc.record({
    ...{ model: constant('package'), rate },
    size: fc.nat(500).map((units) => decimalOf(BigInt(units + 1) * 10n ** 11n)),
  }),
)

/** Any charge of those that the oracle knows, of either time. */
const charge: fc.Arbitrary<Charge> = fc.oneof(
  fc.record({ ...every, rounding, when, model: constant('flat'), rate }),
  fc
    .tuple(fc.record({ ...every, rounding, included }), time, counted)
    .map(([one, two, three]) => ({ ...one, ...two, ...three })),
)
const currency = fc.constantFrom(...CURRENCIES)

describe('the oracle', () => {
  test('shares no code with what it checks', () => {
    const folder = new URL('.', import.meta.url)
    const files = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'))
    const imports = files.flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g)].map(
        ([, from]) => from,
      ),
    )
    expect(imports.length).toBeGreaterThan(3)
    expect(imports.filter((from) => !from?.startsWith('./'))).toEqual([])
  })

  test('prices the golden vectors of the page on pricing', () => {
    const page = readFileSync(
      new URL('../../../../docs/explanation/billing-pricing.md', import.meta.url),
      'utf8',
    )
    let count = 0
    for (const section of page.split(/^### /m)) {
      const json = /```json\n([\s\S]*?)```/.exec(section)?.[1]
      if (json === undefined) continue
      const priced: NaiveCharge = JSON.parse(json)
      const rows = section.matchAll(/^\| ([\d.]+) \| ([\d.]+) ([A-Z]{3}) \|/gm)
      for (const [row, units = '', price = '', money = ''] of rows) {
        if (!isCurrency(money)) throw new Error(money)
        const { amount } = parseDecimal(price, money)
        expect([row, naivePrice(priced, parse(units), money)]).toEqual([row, amount])
        count++
      }
    }
    expect(count).toBe(33)
  })

  test('climbs tiers unit by unit', () => {
    const staircase = [
      { upTo: '3', rate: '1.5' },
      { upTo: '7', rate: '0.25' },
      { upTo: null, rate: '2' },
    ]
    const costs = [1.5, 1.5, 1.5, 0.25, 0.25, 0.25, 0.25, 2, 2, 2]
    const graduated = { key: 'a', when: 'arrears', model: 'graduated', tiers: staircase }
    let cents = 0
    for (const [index, cost] of costs.entries()) {
      cents += cost * 100
      expect(naivePrice(graduated, ratio(BigInt(index + 1)), 'USD')).toBe(BigInt(cents))
    }
  })

  test('rounds as the kit says, to the digits of each currency', () => {
    expect(['half_even', 'half_up', 'up', 'down'].map((how) => whole(parse('2.5'), how))).toEqual([
      2n,
      3n,
      3n,
      2n,
    ])
    expect(['half_even', 'half_up', 'up', 'down'].map((how) => whole(parse('-2.5'), how))).toEqual([
      -2n,
      -3n,
      -3n,
      -2n,
    ])
    const each = ['USD', 'JPY', 'KWD', 'XTR'].map((name) => minorUnits(parse('1.2345'), name))
    expect(each).toEqual([123n, 1n, 1_234n, 1n])
  })

  test('counts days through February', () => {
    expect([nextDay('2028-02-28'), nextDay('2027-02-28'), nextDay('2027-12-31')]).toEqual([
      ...['2028-02-29', '2027-03-01', '2028-01-01'],
    ])
    expect([monthsOn('2028-01-31', 1), monthsOn('2028-01-31', 14)]).toEqual([
      ...['2028-02-29', '2029-03-31'],
    ])
  })
})

describe('the kit and the oracle agree', { timeout: 300_000 }, () => {
  test('on prices of any charge', () => {
    const share = fc.option(
      fc.tuple(fc.nat(366), fc.integer({ min: 1, max: 366 })).map(([one, two]) => ({
        days: BigInt(Math.min(one, two)),
        of: BigInt(Math.max(one, two)),
      })),
      { nil: undefined },
    )
    fc.assert(
      fc.property(charge, quantity, currency, share, (each, units, money, part) => {
        const facts = { quantity: units, currency: money }
        const fractional = part && { share: fraction(part.days, part.of) }
        const { amount } = priceCharge(each, { ...facts, ...fractional }, plugIns)
        const wanted = naivePrice(
          stored(each),
          parse(decimalText(units)),
          money,
          part && ratio(part.days, part.of),
        )
        expect(amount).toBe(wanted)
      }),
      { numRuns },
    )
  })

  test('on periods and their midnights, in any zone', () => {
    const timeZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    const anchorOn = fc.nat(9_000).map((days) => addDays('2024-01-01', days))
    fc.assert(
      fc.property(
        timeZone,
        anchorOn,
        fc.constantFrom(...CYCLES),
        fc.nat(26),
        (zone, on, cycle, n) => {
          const index = cycle === 'one_time' ? 0 : n
          const period = periodAt({ anchorOn: on, cycle, timeZone: zone }, index)
          const days = daysOfPeriod(on, cycle, index)
          expect([period.startOn, period.endOn, period.days]).toEqual([
            ...[days[0], nextDay(days.at(-1) ?? ''), days.length],
          ])
          expect(period.startsAt).toEqual(midnight(period.startOn, zone))
        },
      ),
      { numRuns: IS_FULL ? 10_000 : 40 },
    )
  })

  test('on discounts', () => {
    const minor = fc.bigInt({ min: 0n, max: 10n ** 9n })
    const planIds = fc.option(fc.subarray(['a', 'b', 'c']), { nil: undefined })
    const lines = fc.array(
      fc.record({ planId: every.key, amount: fc.bigInt({ min: -1_000n, max: 10n ** 9n }) }),
      { maxLength: 8 },
    )
    const percent = fc.bigInt({ min: 0n, max: 10n ** 14n }).map(decimalOf)
    const terms = fc.oneof(
      fc.record({ amount: minor }),
      fc.record({ percent, atMost: fc.option(minor, { nil: undefined }) }),
    )
    const discounts = fc.array(fc.record({ terms, planIds }), { maxLength: 5 })
    fc.assert(
      fc.property(lines, discounts, (list, given) => {
        const named = given.map((discount, index) => ({ id: String(index), ...discount }))
        const { perLine } = applyDiscounts(list, named)
        const left = list.map(({ amount }, index) => amount - (perLine[index] ?? 0n))
        const wanted = given.map(({ terms: each, planIds: only }) => ({
          ...('percent' in each ? { ...each, percent: decimalText(each.percent) } : each),
          planIds: only,
        }))
        expect(left).toEqual(naiveDiscounted(list, wanted))
      }),
      { numRuns },
    )
  })

  const revision = fc.record({
    day: fc.nat(400),
    /** Of few charges, so that some stay as they were. */
    picks: fc.array(fc.nat(10), { maxLength: 4 }),
    quantity: fc.nat(5).map((units) => readDecimal(String(units))),
    proration: fc.constantFrom('time', 'none'),
  })
  const changed = fc.tuple(
    fc.constantFrom(...CYCLES.filter((each) => each !== 'one_time')),
    fc.nat(20),
    fc.array(revision, { minLength: 1, maxLength: 5 }),
    fc.array(charge, { minLength: 2, maxLength: 5 }),
  )
  type Drawn = ReturnType<typeof drawn>
  function drawn([cycle, index, list, pool]: Draw) {
    const schedule = { anchorOn: '2027-10-31', cycle, timeZone: 'America/New_York' }
    const period = periodAt(schedule, index)
    const days = daysOfPeriod('2027-10-31', cycle, index)
    const sorted = list
      .map((each, at) => ({ ...each, day: at === 0 ? 0 : each.day % period.days }))
      .toSorted((one, other) => one.day - other.day)
    const revisions = sorted.map(
      ({ day, picks, ...rest }, number): Revision => ({
        ...{ ...rest, number, fromOn: addDays(period.startOn, day) },
        charges: picked(pool, picks),
      }),
    )
    const naive = revisions.map(
      (each): NaiveRevision => ({
        ...{ fromOn: each.fromOn, proration: each.proration },
        charges: each.charges.map(stored),
        quantity: decimalText(each.quantity),
      }),
    )
    return { period, days, revisions, naive }
  }
  const texts = (
    lines: readonly { chargeKey: string; fromOn: string; untilOn: string; amount: bigint }[],
  ) =>
    lines
      .map(({ chargeKey, fromOn, untilOn, amount }) =>
        [chargeKey, fromOn, untilOn, amount].join(' '),
      )
      .toSorted()

  test('on what changes within a period give back and charge', () => {
    const paidFor = (at: Drawn) =>
      (at.naive[0]?.charges ?? [])
        .filter((each) => each.when === 'advance')
        .map(({ key }) => ({ chargeKey: key, days: at.days, amount: 12_345n }))
    fc.assert(
      fc.property(changed, currency, (draw, money) => {
        const at = drawn(draw)
        const [current, ...changes] = at.revisions
        if (current === undefined) throw new Error('no revision')
        const paid = paidFor(at)
        const charged = paid.map(({ chargeKey, amount }) => ({
          ...{ chargeKey, amount, fromOn: at.period.startOn, untilOn: at.period.endOn },
        }))
        const facts = { period: at.period, current, changes, charged, currency: money }
        const naive = { days: at.days, revisions: at.naive, paid, currency: money }
        expect(texts(prorateChanges(facts, plugIns))).toEqual(texts(naiveChanges(naive)))
      }),
      { numRuns },
    )
  })

  test('on what is paid in arrears for a period with changes', () => {
    const perDay = decimals(10n ** 14n)
    fc.assert(
      fc.property(changed, currency, perDay, (draw, money, daily) => {
        const { period, days, revisions, naive } = drawn(draw)
        const segments = segmentsOf(period, revisions, 'arrears').map((segment) => {
          const { charge: of, fromOn, untilOn } = segment
          const count = (Date.parse(untilOn) - Date.parse(fromOn)) / 86_400_000
          const usage: Decimal = decimalOf(daily * BigInt(count))
          const { amount } = priceSegment(segment, { period, currency: money, usage }, plugIns)
          return { chargeKey: of.key, fromOn, untilOn, amount }
        })
        const runs = naiveRuns(days, naive, 'arrears').map((run) => {
          const used = parse(decimalText(decimalOf(daily * BigInt(run.days.length))))
          const units = run.charge.meter === undefined ? parse(run.quantity) : used
          const amount = naiveRunPrice(run, units, days.length, money)
          const [fromOn = '', last = ''] = [run.days[0], run.days.at(-1)]
          return { chargeKey: run.charge.key, fromOn, untilOn: nextDay(last), amount }
        })
        expect(texts(segments)).toEqual(texts(runs))
      }),
      { numRuns },
    )
  })
})

type Draw = [cycle: Cycle, index: number, revisions: DrawnRevision[], pool: Charge[]]

interface DrawnRevision {
  readonly day: number
  readonly picks: readonly number[]
  readonly quantity: Decimal
  readonly proration: 'time' | 'none'
}

function picked(pool: readonly Charge[], picks: readonly number[]): Charge[] {
  const chosen = picks.flatMap((pick) => pool[pick % pool.length] ?? [])
  return [...new Map(chosen.map((each) => [each.key, each])).values()]
}
