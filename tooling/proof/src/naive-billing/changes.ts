import { nextDay } from './calendar.ts'
import { type NaiveCharge, naivePrice } from './prices.ts'
import { parse, type Rational, ratio, times, whole } from './rational.ts'

/** What a subscription costs from a day on. */
export interface NaiveRevision {
  readonly fromOn: string
  /** `time` or `none`. */
  readonly proration: string
  readonly charges: readonly NaiveCharge[]
  readonly quantity: string
}

/** Days in a row on which one charge cost the same. */
export interface NaiveRun {
  readonly charge: NaiveCharge
  readonly quantity: string
  readonly days: readonly string[]
}

/** A line that was charged in advance for days in a row, and what it came to. */
export interface NaivePaid {
  readonly chargeKey: string
  readonly days: readonly string[]
  readonly amount: bigint
}

/** What an invoice says of a charge: days in a row and minor units, below 0 for a credit. */
export interface NaiveLine {
  readonly chargeKey: string
  readonly fromOn: string
  readonly untilOn: string
  readonly amount: bigint
}

/**
 * Which charge was in force on which days: each revision paints its days over those before it.
 *
 * @param revisions in the order in which they took effect; the first was in force as the days began
 */
export function naiveRuns(
  days: readonly string[],
  revisions: readonly NaiveRevision[],
  when: string,
): NaiveRun[] {
  const painted = paint(days, revisions, when)
  const keys = new Set(revisions.flatMap(({ charges }) => charges.map(({ key }) => key)))
  return [...keys].flatMap((key) => {
    const runs: { name: string; charge: NaiveCharge; quantity: string; days: string[] }[] = []
    let before: string | undefined
    for (const [index, day] of days.entries()) {
      const revision = painted[index]
      const charge = revision?.charges.find((each) => each.key === key && each.when === when)
      const name = charge && revision && nameOf(charge, revision.quantity)
      if (charge && revision && name) {
        if (name === before) runs.at(-1)?.days.push(day)
        else runs.push({ name, charge, quantity: revision.quantity, days: [day] })
      }
      before = name
    }
    return runs.map(({ charge, quantity, days: run }) => ({ charge, quantity, days: run }))
  })
}

/** What changes give back and charge of what was paid in advance for the days of a period. */
export function naiveChanges(facts: {
  readonly days: readonly string[]
  readonly revisions: readonly NaiveRevision[]
  readonly paid: readonly NaivePaid[]
  readonly currency: string
}): NaiveLine[] {
  const { days, revisions, paid, currency } = facts
  const [first] = revisions
  if (first === undefined) throw new RangeError('There is always a first revision')
  const names = new Set(
    first.charges.map((charge) => `${charge.key} ${nameOf(charge, first.quantity)}`),
  )
  const runs = naiveRuns(days, revisions, 'advance')
  const stayed = runs.filter(
    ({ charge, quantity, days: run }) =>
      run[0] === days[0] && names.has(`${charge.key} ${nameOf(charge, quantity)}`),
  )
  const credits = paid.flatMap((line): NaiveLine[] => {
    const kept = stayed.find(({ charge }) => charge.key === line.chargeKey)?.days ?? []
    const unused = line.days.filter((day) => !kept.includes(day))
    const share = ratio(BigInt(unused.length), BigInt(line.days.length))
    const amount = -whole(times(ratio(line.amount), share))
    return amount === 0n ? [] : [{ chargeKey: line.chargeKey, ...spanOf(unused), amount }]
  })
  const charges = runs
    .filter((run) => !stayed.includes(run))
    .map((run): NaiveLine => {
      const amount = naiveRunPrice(run, parse(run.quantity), days.length, currency)
      return { chargeKey: run.charge.key, ...spanOf(run.days), amount }
    })
  return [...credits, ...charges]
}

/** What a run costs of a period of so many days. */
export function naiveRunPrice(
  run: NaiveRun,
  quantity: Rational,
  periodDays: number,
  currency: string,
): bigint {
  const share = ratio(BigInt(run.days.length), BigInt(periodDays))
  return naivePrice(run.charge, quantity, currency, share)
}

function paint(
  days: readonly string[],
  revisions: readonly NaiveRevision[],
  when: string,
): (NaiveRevision | undefined)[] {
  let painted: (NaiveRevision | undefined)[] = days.map(() => revisions[0])
  let top = revisions[0]
  for (const revision of revisions.slice(1)) {
    const isOver = days.every((day) => day < revision.fromOn)
    if (isOver) continue
    if (revision.proration === 'time') {
      painted = painted.map((old, index) =>
        (days[index] ?? '') >= revision.fromOn ? revision : old,
      )
    } else if (when === 'arrears' && revision.charges.length > 0) {
      const replaced = top
      painted = painted.map((old) => (old === replaced ? revision : old))
    } else continue
    top = revision
  }
  return painted
}

function nameOf(charge: NaiveCharge, quantity: string): string {
  const { model, meter, included, rate, size, tiers, rounding } = charge
  const counts = model === 'flat' || meter !== undefined ? '' : parse(quantity)
  const text = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))
  return text([model, meter, included, rate, size, tiers, rounding, counts])
}

function spanOf(days: readonly string[]): { fromOn: string; untilOn: string } {
  return { fromOn: days[0] ?? '', untilOn: nextDay(days.at(-1) ?? '') }
}
