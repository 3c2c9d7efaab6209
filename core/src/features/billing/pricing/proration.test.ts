import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type Decimal, decimalOf, readDecimal } from '../../../kernel/index.ts'
import { CYCLES, periodAt } from '../periods/billing-period.ts'
import { type Charge, type ChargeInput, readCharges } from './charge.ts'
import { priceSegment } from './price-charge.ts'
import { pricingPlugIns } from './pricing-plug-in.ts'
import { type ChargedLine, prorateChanges } from './proration.ts'
import { type Revision, segmentsOf } from './segments.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 150

const plugIns = pricingPlugIns()
const april = periodAt({ anchorOn: '2028-04-01', cycle: 'monthly', timeZone: 'UTC' }, 0)
const base = { key: 'base', title: 'Base', model: 'flat', when: 'advance' } as const
const seats = { key: 'seats', title: 'Seats', model: 'per_unit', when: 'advance' } as const
const usage = {
  key: 'usage',
  title: 'Usage',
  model: 'per_unit',
  when: 'arrears',
  meter: 'gb',
  included: '30',
  rate: '1',
} as const

function charges(...inputs: readonly ChargeInput[]): Charge[] {
  return readCharges(inputs, { cycle: 'monthly', plugIns })
}

function revision(
  number: number,
  fromOn: string,
  list: readonly Charge[],
  facts: { quantity?: string; proration?: Revision['proration'] } = {},
): Revision {
  const { quantity = '1', proration = 'time' } = facts
  return { number, fromOn, proration, charges: list, quantity: readDecimal(quantity) }
}

const wholeApril = (amount: bigint, chargeKey = 'base'): ChargedLine => ({
  ...{ chargeKey, fromOn: '2028-04-01', untilOn: '2028-05-01', amount },
})

/** Lines as texts: kind, charge, days from and until, amount. */
function linesOf(facts: {
  current: Revision
  changes: readonly Revision[]
  charged: readonly ChargedLine[]
}): string[] {
  return prorateChanges({ period: april, currency: 'USD', ...facts }, plugIns).map((line) =>
    [line.kind, line.chargeKey, line.fromOn.slice(5), line.untilOn.slice(5), line.amount].join(' '),
  )
}

/** Arrears as texts: charge, days from and until, amount at a usage a day. */
function arrearsOf(revisions: readonly Revision[], usagePerDay = '2'): string[] {
  return segmentsOf(april, revisions, 'arrears').map((segment) => {
    const days = daysOf(segment)
    const used = decimalOf(readDecimal(usagePerDay) * BigInt(days))
    const facts = { period: april, currency: 'USD', usage: used } as const
    const { amount } = priceSegment(segment, facts, plugIns)
    const { charge, fromOn, untilOn } = segment
    return [charge.key, fromOn.slice(5), untilOn.slice(5), amount].join(' ')
  })
}

describe('paid in advance', () => {
  const small = revision(1, '2028-01-01', charges({ ...base, rate: '30' }))
  const large = (number: number, fromOn: string, proration: Revision['proration'] = 'time') =>
    revision(number, fromOn, charges({ ...base, rate: '90' }), { proration })

  test('a change gives back the days that are left and charges them anew', () => {
    const charged = [wholeApril(3_000n)]
    expect(linesOf({ current: small, changes: [large(2, '2028-04-11')], charged })).toEqual([
      'credit base 04-11 05-01 -2000',
      'charge base 04-11 05-01 6000',
    ])
  })

  test('says how', () => {
    const changes = [large(2, '2028-04-11')]
    const facts = { period: april, current: small, changes, charged: [wholeApril(3_000n)] }
    const [credit, charge] = prorateChanges({ ...facts, currency: 'USD' }, plugIns)
    expect(credit?.steps).toEqual([
      { kind: 'charged', amount: '30.00' },
      { kind: 'days', days: '20', of: '30' },
    ])
    expect(charge).toMatchObject({ revision: 2, title: 'Base' })
    expect(charge?.steps).toEqual([
      { kind: 'flat', amount: '90' },
      { kind: 'days', days: '20', of: '30' },
    ])
  })

  test('on the first day everything is given back, on the last one day', () => {
    const charged = [wholeApril(3_000n)]
    expect(linesOf({ current: small, changes: [large(2, '2028-04-01')], charged })).toEqual([
      'credit base 04-01 05-01 -3000',
      'charge base 04-01 05-01 9000',
    ])
    expect(linesOf({ current: small, changes: [large(2, '2028-04-30')], charged })).toEqual([
      'credit base 04-30 05-01 -100',
      'charge base 04-30 05-01 300',
    ])
  })

  test('what is given back is of what was really charged, after discounts', () => {
    const charged = [wholeApril(1_500n)]
    const changes = [large(2, '2028-04-11')]
    expect(linesOf({ current: small, changes, charged })[0]).toBe('credit base 04-11 05-01 -1000')
    expect(linesOf({ current: small, changes, charged: [wholeApril(0n)] })).toEqual([
      'charge base 04-11 05-01 6000',
    ])
  })

  test('changes again and back charge each for the days it stood', () => {
    const changes = [large(2, '2028-04-11'), revision(3, '2028-04-21', small.charges)]
    const charged = [wholeApril(3_000n)]
    const wanted = [
      'credit base 04-11 05-01 -2000',
      'charge base 04-11 04-21 3000',
      'charge base 04-21 05-01 1000',
    ]
    expect(linesOf({ current: small, changes, charged })).toEqual(wanted)
    expect(linesOf({ current: small, changes: changes.toReversed(), charged })).toEqual(wanted)
  })

  test('of two changes on one day the later counts, and a change that is taken back is none', () => {
    const back = revision(3, '2028-04-11', small.charges)
    const charged = [wholeApril(3_000n)]
    expect(linesOf({ current: small, changes: [large(2, '2028-04-11'), back], charged })).toEqual(
      [],
    )
  })

  test('on the day of the change before, a change that changes nothing gives no line', () => {
    const current = large(2, '2028-04-11')
    const charged: ChargedLine[] = [
      { ...wholeApril(3_000n), credited: { fromOn: '2028-04-11', amount: 2_000n } },
      { ...wholeApril(6_000n), fromOn: '2028-04-11' },
    ]
    expect(linesOf({ current, changes: [large(3, '2028-04-11')], charged })).toEqual([])
    const back = revision(3, '2028-04-11', small.charges)
    expect(linesOf({ current, changes: [back], charged })).toEqual([
      'credit base 04-11 05-01 -6000',
      'charge base 04-11 05-01 2000',
    ])
  })

  test('there and back on the first day gives no line', () => {
    const changes = [large(2, '2028-04-01'), revision(3, '2028-04-01', small.charges)]
    expect(linesOf({ current: small, changes, charged: [wholeApril(1_500n)] })).toEqual([])
  })

  test('step by step comes to the same as both changes at once', () => {
    const [one, two] = [large(2, '2028-04-11'), revision(3, '2028-04-21', small.charges)]
    const first = linesOf({ current: small, changes: [one], charged: [wholeApril(3_000n)] })
    expect(first).toEqual(['credit base 04-11 05-01 -2000', 'charge base 04-11 05-01 6000'])
    const charged: ChargedLine[] = [
      { ...wholeApril(3_000n), credited: { fromOn: '2028-04-11', amount: 2_000n } },
      { ...wholeApril(6_000n), fromOn: '2028-04-11' },
    ]
    expect(linesOf({ current: one, changes: [two], charged })).toEqual([
      'credit base 04-21 05-01 -3000',
      'charge base 04-21 05-01 1000',
    ])
  })

  test('days that were given back already are not given back again', () => {
    const given = { fromOn: '2028-04-21', amount: 1_000n }
    const charged = [{ ...wholeApril(3_000n), credited: given }]
    const creditOf = (day: string) =>
      linesOf({ current: small, changes: [revision(2, day, [])], charged })
    expect(creditOf('2028-04-11')).toEqual(['credit base 04-11 04-21 -1000'])
    expect(creditOf('2028-04-21')).toEqual([])
    expect(creditOf('2028-04-26')).toEqual([])
  })

  test('what was given back by hand counts, so that both are never more than the line', () => {
    const end = revision(2, '2028-04-11', [])
    const credited = (amount: bigint) => [
      { ...wholeApril(3_000n), credited: { fromOn: '2028-05-01', amount } },
    ]
    expect(linesOf({ current: small, changes: [end], charged: credited(500n) })).toEqual([
      'credit base 04-11 05-01 -1500',
    ])
    expect(linesOf({ current: small, changes: [end], charged: credited(2_500n) })).toEqual([])
  })

  test('what does not change is left alone', () => {
    const hybrid = charges({ ...base, rate: '30' }, { ...seats, rate: '10' })
    const current = revision(1, '2028-01-01', hybrid, { quantity: '2' })
    const changes = [revision(2, '2028-04-16', hybrid, { quantity: '5' })]
    const charged = [wholeApril(3_000n), wholeApril(2_000n, 'seats')]
    expect(linesOf({ current, changes, charged })).toEqual([
      'credit seats 04-16 05-01 -1000',
      'charge seats 04-16 05-01 2500',
    ])
  })

  test('charges that come and go are charged and given back', () => {
    const current = revision(1, '2028-01-01', charges({ ...base, rate: '30' }))
    const next = revision(2, '2028-04-16', charges({ ...seats, rate: '10' }), { quantity: '3' })
    expect(linesOf({ current, changes: [next], charged: [wholeApril(3_000n)] })).toEqual([
      'credit base 04-16 05-01 -1500',
      'charge seats 04-16 05-01 1500',
    ])
  })

  test('an end gives back what is left', () => {
    const end = revision(2, '2028-04-21', [])
    expect(linesOf({ current: small, changes: [end], charged: [wholeApril(3_000n)] })).toEqual([
      'credit base 04-21 05-01 -1000',
    ])
  })

  test('without reckoning nothing comes of a change in this period, or of an end', () => {
    const charged = [wholeApril(3_000n)]
    const end = revision(2, '2028-04-21', [], { proration: 'none' })
    for (const change of [large(2, '2028-04-11', 'none'), end]) {
      expect(linesOf({ current: small, changes: [change], charged })).toEqual([])
    }
  })

  test('with the next period nothing comes of it in this one', () => {
    const charged = [wholeApril(3_000n)]
    expect(linesOf({ current: small, changes: [large(2, '2028-05-01')], charged })).toEqual([])
  })

  test('a change before the one it changes is a defect', () => {
    const facts = { current: large(2, '2028-04-11'), charged: [] }
    expect(() => linesOf({ ...facts, changes: [small] })).toThrow(/later/)
  })
})

describe('paid in arrears', () => {
  const flat = { ...base, when: 'arrears' } as const
  const cheap = revision(1, '2028-01-01', charges({ ...flat, rate: '30' }, usage))

  test('the whole period is not a share: what is included is whole', () => {
    expect(arrearsOf([cheap])).toEqual(['base 04-01 05-01 3000', 'usage 04-01 05-01 3000'])
  })

  test('each charge is for the days in which it was in force, and includes its share', () => {
    const list = charges({ ...flat, rate: '90' }, { ...usage, included: '60', rate: '2' })
    expect(arrearsOf([cheap, revision(2, '2028-04-11', list)])).toEqual([
      ...['base 04-01 04-11 1000', 'base 04-11 05-01 6000'],
      // 20 of which 10 are included; 40 of which 40 are.
      ...['usage 04-01 04-11 1000', 'usage 04-11 05-01 0'],
    ])
  })

  test('usage of an unchanged price is one segment, whatever else changed', () => {
    const list = charges({ ...flat, rate: '90' }, usage)
    expect(arrearsOf([cheap, revision(2, '2028-04-11', list, { quantity: '7' })])).toEqual([
      ...['base 04-01 04-11 1000', 'base 04-11 05-01 6000'],
      'usage 04-01 05-01 3000',
    ])
  })

  test('of revisions before the period the last counts', () => {
    const old = revision(0, '2027-01-01', charges({ ...flat, rate: '500' }))
    const today = revision(2, '2028-04-01', charges({ ...flat, rate: '60' }))
    expect(arrearsOf([today, old, cheap])).toEqual(['base 04-01 05-01 6000'])
  })

  test('without reckoning the new terms count from where the old ones began', () => {
    const none = { proration: 'none' } as const
    const next = revision(2, '2028-04-21', charges({ ...flat, rate: '60' }), none)
    expect(arrearsOf([cheap, next])).toEqual(['base 04-01 05-01 6000'])
  })

  test('an end charges what was used up to it, and without reckoning the whole period', () => {
    const end = (proration: Revision['proration']) => revision(2, '2028-04-11', [], { proration })
    expect(arrearsOf([cheap, end('time')])).toEqual([
      'base 04-01 04-11 1000',
      'usage 04-01 04-11 1000',
    ])
    expect(arrearsOf([cheap, end('none')])).toEqual(arrearsOf([cheap]))
  })

  test('an end of an earlier period has ended it, however it was reckoned', () => {
    const end = revision(2, '2028-03-11', [], { proration: 'none' })
    expect(arrearsOf([cheap, end])).toEqual([])
  })

  test('a change of title is no change', () => {
    const list = charges({ ...flat, rate: '30', title: 'Basis' }, usage)
    expect(arrearsOf([cheap, revision(2, '2028-04-11', list)])).toEqual(arrearsOf([cheap]))
  })

  test('usage without a count is a defect', () => {
    const [segment] = segmentsOf(april, [revision(1, '2028-01-01', charges(usage))], 'arrears')
    if (segment === undefined) throw new Error('no segment')
    const facts = { period: april, currency: 'USD' } as const
    expect(() => priceSegment(segment, facts, plugIns)).toThrow(/what its meter counted/)
  })
})

describe('at random', { timeout: 120_000 }, () => {
  const cycle = fc.constantFrom(...CYCLES.filter((each) => each !== 'one_time'))
  const period = fc
    .tuple(cycle, fc.nat(30))
    .map(([each, index]) =>
      periodAt({ anchorOn: '2027-12-31', cycle: each, timeZone: 'Europe/Berlin' }, index),
    )
  const rate = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(decimalOf)
  const steps = fc.array(
    fc.record({ day: fc.nat(400), rate, proration: fc.constantFrom('time', 'none') }),
    { maxLength: 6 },
  )
  const flat = (when: Charge['when'], each: Decimal): Charge => ({
    ...{ ...base, when, rate: each, rounding: 'half_even' },
  })
  const revisionsOf = (
    of: ReturnType<typeof periodAt>,
    first: Decimal,
    list: readonly { day: number; rate: Decimal; proration: Revision['proration'] }[],
    when: Charge['when'],
  ): [Revision, ...Revision[]] => {
    const at = (
      number: number,
      fromOn: string,
      each: Decimal,
      proration: Revision['proration'],
    ) => ({ number, fromOn, proration, charges: [flat(when, each)], quantity: readDecimal('1') })
    return [
      at(0, of.startOn, first, 'time'),
      ...list.map((step, index) =>
        at(index + 1, addDays(of.startOn, step.day % of.days), step.rate, step.proration),
      ),
    ]
  }

  test('segments of a charge tile the period', () => {
    fc.assert(
      fc.property(period, rate, steps, (of, first, list) => {
        for (const when of ['advance', 'arrears'] as const) {
          const segments = segmentsOf(of, revisionsOf(of, first, list, when), when)
          expect(segments[0]?.fromOn).toBe(of.startOn)
          expect(segments.at(-1)?.untilOn).toBe(of.endOn)
          for (const [index, { fromOn }] of segments.slice(1).entries()) {
            expect(segments[index]?.untilOn).toBe(fromOn)
          }
        }
      }),
      { numRuns },
    )
  })

  test('the parts of a period come to the whole, but for half a minor unit each', () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 12 })
    fc.assert(
      fc.property(period, rate, cuts, (of, each, days) => {
        const inside = days.map((day) => addDays(of.startOn, day % of.days)).toSorted()
        const edges = [of.startOn, ...inside, of.endOn]
        const charge = flat('arrears', each)
        const price = (fromOn: string, untilOn: string) => {
          const segment = { charge, revision: 1, quantity: readDecimal('1'), fromOn, untilOn }
          return priceSegment(segment, { period: of, currency: 'USD' }, plugIns).amount
        }
        const parts = edges.slice(1).map((until, index) => price(edges[index] ?? until, until))
        const difference = parts.reduce((sum, part) => sum + part, -price(of.startOn, of.endOn))
        const size = difference < 0n ? -difference : difference
        expect(2n * size <= BigInt(parts.length + 1)).toBe(true)
      }),
      { numRuns },
    )
  })

  test('changes never give back more than was charged, in whatever order they are told', () => {
    fc.assert(
      fc.property(period, rate, steps, fc.bigInt(0n, 10n ** 12n), (of, first, list, amount) => {
        const [current, ...changes] = revisionsOf(of, first, list, 'advance')
        const charged = [{ chargeKey: 'base', fromOn: of.startOn, untilOn: of.endOn, amount }]
        const facts = { period: of, current, charged, currency: 'USD' } as const
        const lines = prorateChanges({ ...facts, changes }, plugIns)
        const back = lines.reduce(
          (sum, line) => sum + (line.kind === 'credit' ? line.amount : 0n),
          0n,
        )
        expect(-back <= amount && back <= 0n).toBe(true)
        const days = lines.reduce(
          (sum, line) => sum + (line.kind === 'charge' ? daysOf(line) : -daysOf(line)),
          0,
        )
        // What is given back is charged anew, day for day, unless nothing was charged for it.
        if (back < 0n) expect(days).toBe(0)
        expect(prorateChanges({ ...facts, changes: changes.toReversed() }, plugIns)).toEqual(lines)
      }),
      { numRuns },
    )
  })

  test('changes one by one, each committed, never give back more than was charged', () => {
    fc.assert(
      fc.property(period, rate, steps, (of, first, list) => {
        const inOrder = list
          .map((step) => ({ ...step, day: step.day % of.days }))
          .toSorted((one, other) => one.day - other.day)
        const [start, ...changes] = revisionsOf(of, first, inOrder, 'advance')
        const whole = { charge: flat('advance', first), revision: 0, quantity: start.quantity }
        const span = { fromOn: of.startOn, untilOn: of.endOn }
        const priced = priceSegment({ ...whole, ...span }, { period: of, currency: 'USD' }, plugIns)
        let charged: ChargedLine[] = [{ ...span, chargeKey: 'base', amount: priced.amount }]
        let current = start
        for (const change of changes) {
          const facts = {
            period: of,
            current,
            changes: [change],
            charged,
            currency: 'USD',
          } as const
          const lines = prorateChanges(facts, plugIns)
          const credits = new Map(
            lines.flatMap((line) => (line.kind === 'credit' ? [[line.line, line] as const] : [])),
          )
          charged = [
            ...charged.map((line) => {
              const credit = credits.get(line)
              if (credit === undefined) return line
              const before = line.credited?.amount ?? 0n
              const credited = { fromOn: credit.fromOn, amount: before - credit.amount }
              return { ...line, credited }
            }),
            ...lines.filter(({ kind }) => kind === 'charge'),
          ]
          if (change.proration === 'time') current = change
          for (const { amount, credited } of charged) {
            expect((credited?.amount ?? 0n) <= amount).toBe(true)
          }
        }
        // Each day is charged once, by the terms that were in force.
        const net = charged.reduce(
          (sum, { amount, credited }) => sum + amount - (credited?.amount ?? 0n),
          0n,
        )
        const parts = segmentsOf(of, [start, ...changes], 'advance')
        const wanted = parts.reduce(
          (sum, part) => sum + priceSegment(part, { period: of, currency: 'USD' }, plugIns).amount,
          0n,
        )
        const difference = net < wanted ? wanted - net : net - wanted
        expect(difference <= BigInt(charged.length + parts.length)).toBe(true)
      }),
      { numRuns },
    )
  })
})

function daysOf({ fromOn, untilOn }: { fromOn: string; untilOn: string }): number {
  return (Date.parse(untilOn) - Date.parse(fromOn)) / 86_400_000
}
