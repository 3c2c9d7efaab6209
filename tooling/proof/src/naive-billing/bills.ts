import { daysOfPeriod, midnight, nextDay } from './calendar.ts'
import {
  type NaiveLine,
  type NaivePaid,
  naiveChanges,
  naiveRunPrice,
  naiveRuns,
} from './changes.ts'
import { type NaiveDiscount, naiveDiscounted } from './discounts.ts'
import { type NaiveCharge, naivePrice } from './prices.ts'
import { parse, plus, type Rational, ratio } from './rational.ts'
import { type NaiveBillLine, type NaiveTax, naiveTaxed } from './taxes.ts'

/** What a plan costs, as it is written. */
export interface NaivePlan {
  readonly cycle: string
  readonly setupFee: bigint
  readonly charges: readonly NaiveCharge[]
}

/** Something that is done to a subscription on a day. */
export type NaiveDeed =
  | {
      readonly on: string
      readonly does: 'change'
      readonly plan?: NaivePlan | undefined
      readonly quantity?: string | undefined
      /** `time`, `none` or `next_period`. */
      readonly proration: string
    }
  | { readonly on: string; readonly does: 'pause' | 'cancel'; readonly when: string }
  | { readonly on: string; readonly does: 'resume' }

/** What was used on a day, and on which day it was told. */
export interface NaiveUsage {
  readonly meter: string
  readonly on: string
  readonly toldOn: string
  readonly units: string
}

/** All that one subscription is billed by. */
export interface NaiveContract {
  readonly startOn: string
  /** First day of the first period. */
  readonly anchorOn: string
  readonly timeZone: string
  readonly currency: string
  readonly plan: NaivePlan
  readonly quantity: string
  readonly prices: Readonly<Record<string, string>>
  readonly deeds: readonly NaiveDeed[]
  readonly usage: readonly NaiveUsage[]
  /** In the order in which they were redeemed; `times` is on how many bills. */
  readonly discounts: readonly (NaiveDiscount & { readonly times?: number | undefined })[]
  /** For how many days of 24 hours late usage is looked for. */
  readonly acceptedDays: number
  readonly tax: NaiveTax
}

/** What is asked for on a day. */
export interface NaiveBill {
  readonly on: string
  readonly lines: readonly NaiveBillLine[]
  readonly total: bigint
}

interface Revision {
  readonly number: number
  readonly kind: string
  readonly fromOn: string
  readonly proration: string
  readonly plan: NaivePlan
  readonly quantity: string
  readonly prices: Readonly<Record<string, string>>
  /** Nothing where it pauses or ends. */
  readonly charges: readonly NaiveCharge[]
}

interface Asked {
  readonly kind: string
  readonly chargeKey: string | null
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly amount: bigint
}

/** Days whose usage was billed for a charge, of a period of so many days. */
interface Billed {
  readonly charge: NaiveCharge
  readonly days: readonly string[]
  readonly periodDays: number
  readonly units: Rational
}

/** The bills of a subscription up to a day, reckoned by living through it day by day. */
export function naiveBills(contract: NaiveContract, untilOn: string): NaiveBill[] {
  const life = new Life(contract)
  for (let day = contract.startOn; day <= untilOn; day = nextDay(day)) life.live(day)
  return life.bills
}

class Life {
  readonly bills: NaiveBill[] = []
  readonly #contract: NaiveContract
  #revisions: Revision[] = []
  #made = 0
  readonly #uses: number[]
  #schedule: { anchorOn: string; cycle: string }
  /** Bills so far; the next is for the period of that index. */
  #index = 0
  #count = 0
  #isOver = false
  /** Usage that was told before this day is known. */
  #heardUntil = ''
  #charged: Revision | undefined
  #paid: NaivePaid[] = []
  #carried = 0n
  #billed: Billed[] = []

  constructor(contract: NaiveContract) {
    const { plan, quantity, prices, startOn, anchorOn } = contract
    this.#contract = contract
    this.#uses = contract.discounts.map(() => 0)
    this.#schedule = { anchorOn, cycle: plan.cycle }
    this.#revise({ kind: 'start', fromOn: startOn, proration: 'time', plan, quantity, prices })
  }

  /** Bills what the day begins with, and then does what is done on it. */
  live(day: string): void {
    // Usage is told after the bills of a day and before its deeds.
    this.#heardUntil = day
    while (this.#bill(day));
    for (const deed of this.#contract.deeds.filter(({ on }) => on === day)) this.#do(deed)
    this.#heardUntil = nextDay(day)
    while (this.#bill(day));
  }

  /** What is ahead is forgotten with each deed, and said again where it shall stay. */
  #do(deed: NaiveDeed): void {
    const ahead = this.#revisions.findLast(({ fromOn }) => fromOn > deed.on)
    const now = this.#inForce(deed.on)
    const isToday =
      deed.does === 'resume' ||
      (deed.does === 'change' ? deed.proration !== 'next_period' : deed.when === 'now')
    const fromOn = isToday ? deed.on : this.#nextPeriod(deed.on)
    const base = ahead?.fromOn === fromOn ? ahead : now
    const { plan, quantity, prices } = base
    const same = { plan, quantity, prices, proration: 'time', fromOn }
    const isEndAhead = ahead?.kind === 'cancel'
    const isStopAhead = isEndAhead || ahead?.kind === 'pause'
    if (deed.does === 'resume') {
      const isPaused = now.kind === 'pause'
      const from = ahead && !isPaused ? ahead.fromOn : deed.on
      this.#revise({ ...same, kind: 'resume', fromOn: from })
      if (ahead && isPaused && isEndAhead) this.#revise(ahead)
    } else if (deed.does === 'change') {
      const changed = {
        ...{ ...same, kind: 'change', proration: isToday ? deed.proration : 'time' },
        ...{ plan: deed.plan ?? plan, quantity: deed.quantity ?? quantity },
        prices: deed.plan ? {} : prices,
      }
      this.#revise(changed)
      if (!ahead || (!isStopAhead && !isToday)) return
      const { kind, fromOn: later, proration } = ahead
      const isOther = !isStopAhead && ahead.plan !== now.plan
      const terms = isOther ? { ...ahead, quantity: deed.quantity ?? ahead.quantity } : changed
      this.#revise({ ...terms, kind, fromOn: later, proration })
    } else {
      this.#revise({ ...same, kind: deed.does })
      if (ahead && deed.does === 'pause' && isEndAhead) this.#revise(ahead)
    }
  }

  #revise(made: Omit<Revision, 'number' | 'charges'>): void {
    this.#revisions = this.#revisions.filter(({ fromOn }) => fromOn <= made.fromOn)
    const isNothing = made.kind === 'pause' || made.kind === 'cancel'
    const charges = made.plan.charges.map((charge) => {
      const price = made.prices[charge.key]
      return price === undefined ? charge : { ...charge, rate: price }
    })
    this.#revisions.push({
      ...{ ...made, number: this.#made++ },
      charges: isNothing ? [] : charges,
    })
  }

  #nextPeriod(day: string): string {
    const { anchorOn } = this.#schedule
    if (day < anchorOn || this.#index === 0) return anchorOn
    return nextDay(this.#days(this.#index - 1).at(-1) ?? '')
  }

  #days(index: number): string[] {
    return daysOfPeriod(this.#schedule.anchorOn, this.#schedule.cycle, index)
  }

  /** The revision in force on a day: of those of one day the last. */
  #inForce(day: string): Revision {
    const [first, ...others] = this.#revisions.filter(({ fromOn }) => fromOn <= day)
    if (!first) throw new RangeError('Nothing is in force yet')
    return others.reduce((best, one) => (one.fromOn >= best.fromOn ? one : best), first)
  }

  #bill(today: string): boolean {
    if (this.#isOver) return false
    const boundary =
      this.#index === 0
        ? this.#schedule.anchorOn
        : nextDay(this.#days(this.#index - 1).at(-1) ?? '')
    const inForce = this.#inForce(boundary)
    const isEnd = inForce.kind === 'cancel'
    const on = isEnd ? inForce.fromOn : boundary
    if (on > today) return false
    const ended = this.#index > 0 ? this.#days(this.#index - 1) : undefined
    const asked = ended ? [...this.#changes(ended), ...this.#arrears(ended)] : []
    if (!isEnd) {
      if (inForce.plan.cycle !== this.#schedule.cycle) {
        this.#schedule = { anchorOn: boundary, cycle: inForce.plan.cycle }
        this.#index = 0
      }
      asked.push(...this.#advance(inForce))
      const fee = inForce.plan.setupFee
      if (this.#count === 0 && fee > 0n && inForce.charges.length > 0)
        asked.push({ kind: 'setup_fee', chargeKey: 'setup_fee', ...NO_DAYS, amount: fee })
    }
    this.#ask(on, asked)
    this.#charged = inForce
    this.#index++
    this.#count++
    this.#isOver = isEnd || this.#schedule.cycle === 'one_time'
    return true
  }

  #changes(days: readonly string[]): Asked[] {
    const { currency } = this.#contract
    const charged = this.#charged
    if (!charged) return []
    const later = this.#revisions.filter(
      ({ number, fromOn }) => number > charged.number && fromOn >= charged.fromOn,
    )
    const revisions = [charged, ...sorted(later)]
    const lines = naiveChanges({ days, revisions, paid: this.#paid, currency })
    return lines.map((line: NaiveLine) => ({
      ...line,
      kind: line.amount < 0n ? 'credit' : 'change',
    }))
  }

  #arrears(days: readonly string[]): Asked[] {
    const [start = ''] = days
    const before = sorted(this.#revisions.filter(({ fromOn }) => fromOn < start)).slice(-1)
    const within = sorted(this.#revisions.filter(({ fromOn }) => fromOn >= start))
    const { currency } = this.#contract
    const late = new Set<string>()
    const billed: Billed[] = []
    const lines = naiveRuns(days, [...before, ...within], 'arrears').flatMap((run): Asked[] => {
      const { charge } = run
      const span = { fromOn: run.days[0] ?? '', untilOn: nextDay(run.days.at(-1) ?? '') }
      const chargeKey = charge.key
      if (charge.meter === undefined) {
        const amount = naiveRunPrice(run, parse(run.quantity), days.length, currency)
        return [{ kind: 'arrears', chargeKey, ...span, amount }]
      }
      const units = this.#used(charge.meter, run.days)
      const amount = naiveRunPrice(run, units, days.length, currency)
      const isFirst = !late.has(chargeKey)
      late.add(chargeKey)
      const more = isFirst ? this.#late(chargeKey, run.days) : 0n
      billed.push({ charge, days: run.days, periodDays: days.length, units })
      return [
        { kind: 'arrears', chargeKey, ...span, amount },
        ...(more === 0n ? [] : [{ kind: 'late', chargeKey, ...span, amount: more }]),
      ]
    })
    this.#billed.push(...billed)
    return lines
  }

  /** What usage of days that were billed has come to cost since. */
  #late(key: string, days: readonly string[]): bigint {
    const { timeZone, acceptedDays, currency } = this.#contract
    const from = midnight(days[0] ?? '', timeZone).getTime() - acceptedDays * 86_400_000
    let more = 0n
    this.#billed = this.#billed.map((billed) => {
      const until = midnight(nextDay(billed.days.at(-1) ?? ''), timeZone).getTime()
      const { charge, periodDays } = billed
      if (charge.key !== key || charge.meter === undefined || until <= from) return billed
      const units = this.#used(charge.meter, billed.days)
      const share = ratio(BigInt(billed.days.length), BigInt(periodDays))
      const price = (of: Rational) => naivePrice(charge, of, currency, share)
      more += price(units) - price(billed.units)
      return { ...billed, units }
    })
    return more
  }

  #used(meter: string, days: readonly string[]): Rational {
    const told = this.#contract.usage.filter(
      (each) => each.meter === meter && each.toldOn < this.#heardUntil && days.includes(each.on),
    )
    return plus(ratio(0n), ...told.map(({ units }) => parse(units)))
  }

  #advance(inForce: Revision): Asked[] {
    const days = this.#days(this.#index)
    const span = { fromOn: days[0] ?? '', untilOn: nextDay(days.at(-1) ?? '') }
    return inForce.charges
      .filter(({ when }) => when === 'advance')
      .map((charge) => ({
        ...{ kind: 'advance', chargeKey: charge.key, ...span },
        amount: naivePrice(charge, parse(inForce.quantity), this.#contract.currency),
      }))
  }

  /** Takes discounts off, carries what is given back beyond what is asked for, and taxes the rest. */
  #ask(on: string, asked: readonly Asked[]): void {
    const { discounts, tax } = this.#contract
    this.#paid = []
    if (asked.length === 0) return
    const running = discounts.map((each, index) =>
      each.times !== undefined && (this.#uses[index] ?? 0) >= each.times ? { amount: 0n } : each,
    )
    const named = asked.map(({ amount }) => ({ planId: '', amount }))
    for (const index of running.keys()) {
      const [without, with_] = [index, index + 1].map((count) =>
        sum(naiveDiscounted(named, running.slice(0, count))),
      )
      if (without !== with_) this.#uses[index] = (this.#uses[index] ?? 0) + 1
    }
    const left = naiveDiscounted(named, running)
    const lines = asked.map((line, index) => ({ ...line, left: left[index] ?? 0n }))
    const free = (kind: string, amount: bigint) =>
      lines.push({ kind, chargeKey: null, ...NO_DAYS, amount, left: amount })
    if (this.#carried > 0n) free('carried', -this.#carried)
    const total = sum(lines.map((line) => line.left))
    if (total < 0n) free('carry', -total)
    this.#carried = total < 0n ? -total : 0n
    for (const { kind, chargeKey, fromOn, untilOn, left: amount } of lines) {
      if (kind !== 'advance' || chargeKey === null || !fromOn || !untilOn) continue
      const days: string[] = []
      for (let day = fromOn; day < untilOn; day = nextDay(day)) days.push(day)
      this.#paid.push({ chargeKey, days, amount })
    }
    this.bills.push({ on, ...naiveTaxed(lines, tax, on) })
  }
}

const NO_DAYS = { fromOn: null, untilOn: null }

function sorted(revisions: readonly Revision[]): Revision[] {
  return revisions.toSorted((one, other) =>
    one.fromOn === other.fromOn ? one.number - other.number : one.fromOn < other.fromOn ? -1 : 1,
  )
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
