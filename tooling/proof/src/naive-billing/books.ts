import { nextDay } from './calendar.ts'
import { ratio, whole } from './rational.ts'

/** A line of an invoice as books see it, in minor units. */
export interface NaiveSoldLine {
  readonly kind: string
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly net: bigint
  readonly tax: bigint
  /** Whether it carries on what no bill comes for any more, as the subscription ended. */
  readonly isLeft: boolean
  /** What a credit note took back of it, if one did. */
  readonly note: { readonly on: string; readonly net: bigint; readonly tax: bigint } | undefined
}

/** An invoice that was finalized, with what it says at the end. */
export interface NaiveSold {
  readonly issuedOn: string
  readonly state: string
  readonly total: bigint
  readonly paid: bigint
  /** By credit notes. */
  readonly credited: bigint
  readonly lines: readonly NaiveSoldLine[]
}

/** What became of money, added up. */
export interface NaiveMoney {
  /** Of what came, what invoices took, and what was left to customers. */
  readonly taken: bigint
  readonly left: bigint
  /** Of what went back, what invoices ask for again, and what customers had left. */
  readonly reopened: bigint
  readonly fromCredit: bigint
  /** Given to customers for nothing. */
  readonly granted: bigint
  /** What credit notes made of what was paid: credit. */
  readonly released: bigint
}

/** What is in each account: what is owned and spent above 0, what is owed and earned below. */
export type NaiveBalances = Readonly<Record<string, bigint>>

/** The books of one currency, reckoned from invoices and what became of money. */
export function naiveBooks(
  invoices: readonly NaiveSold[],
  money: NaiveMoney,
  /** The first day that nothing was earned of yet. */
  openOn: string,
): NaiveBalances {
  const standing = invoices.filter(({ state }) => state !== 'void')
  const lines = standing.flatMap(({ issuedOn, lines: each }) => {
    // A credit note earns all lines of its invoice up to its day.
    const earnedOn = each.map(({ note }) => note?.on ?? openOn).reduce(most, openOn)
    return each.map((line) => ({ ...line, issuedOn, earnedOn }))
  })
  const owed = (isLost: boolean): bigint =>
    sum(
      standing
        .filter(({ state }) => (state === 'uncollectible') === isLost)
        .map(({ total, paid, credited }) => total - paid - credited),
    )
  const paid = sum(standing.map((invoice) => invoice.paid))
  // What invoices have been paid is money that came and stayed, and credit; a credit note lets go of
  // some of it.
  const byCredit = paid + money.released - money.taken + money.reopened
  const isCarried = ({ kind }: NaiveSoldLine) => kind === 'carry' || kind === 'carried'
  // What is carried on and no bill comes for is the customer's, with its tax.
  const unused = lines.filter(({ isLeft }) => isLeft)
  const [unusedNet, unusedTax] = [
    sum(unused.map(({ net }) => net)),
    sum(unused.map(({ tax }) => tax)),
  ]
  const gained = money.left + money.granted + money.released + unusedNet + unusedTax
  const credit = gained - money.fromCredit - byCredit
  const earned = lines.filter((line) => !isCarried(line)).map((line) => earn(line, line.earnedOn))
  return {
    receivable: owed(false),
    badDebt: owed(true),
    cash: money.taken + money.left - money.reopened - money.fromCredit,
    customerCredit: -credit,
    concession: money.granted,
    carried: unusedNet - sum(lines.filter(isCarried).map(({ net }) => net)),
    tax: unusedTax - sum(lines.map(({ tax, note }) => tax - (note?.tax ?? 0n))),
    revenue: -sum(earned.map((each) => each.revenue)),
    deferred: -sum(earned.map((each) => each.deferred)),
    unbilled: -sum(earned.map((each) => each.unbilled)),
  }
}

/** What of a line is earned before a day, what was earned before it was asked for, and the rest. */
function earn(line: NaiveSoldLine & { readonly issuedOn: string }, openOn: string) {
  const { kind, fromOn, untilOn, net, note, issuedOn } = line
  if (fromOn === null || untilOn === null) {
    return { revenue: net - (note?.net ?? 0n), deferred: 0n, unbilled: 0n }
  }
  const last = daysBetween(fromOn, untilOn).at(-1) ?? fromOn
  // What is paid in arrears is known, and earned, on the last day.
  const start = kind === 'arrears' || kind === 'late' ? last : fromOn
  const until = (day: string, from: string, amount: bigint): bigint => {
    const [done, all] = [daysBetween(from, least(day, untilOn)), daysBetween(from, untilOn)]
    return all.length === 0
      ? 0n
      : whole(ratio(amount * BigInt(done.length), BigInt(all.length)), 'down')
  }
  const before = until(issuedOn, start, net)
  if (!note || note.net === 0n) {
    const revenue = until(openOn, start, net)
    const unbilled = before - (isLess(revenue, before) ? revenue : before)
    return { revenue, unbilled, deferred: net - revenue - unbilled }
  }
  const [turn, through] = [least(most(note.on, start), untilOn), most(note.on, openOn)]
  const then = until(note.on, start, net)
  const open = note.on < untilOn ? net - then : 0n
  const taken = open < note.net ? (open > 0n ? open : 0n) : note.net
  const rest = open - taken
  const later =
    note.on >= untilOn
      ? 0n
      : taken === 0n
        ? until(through, start, net) - then
        : until(through, turn, rest)
  const revenue = then + later - (note.net - taken)
  return { revenue, unbilled: 0n, deferred: net - note.net - revenue }
}

function daysBetween(from: string, until: string): string[] {
  const days: string[] = []
  for (let day = from; day < until; day = nextDay(day)) days.push(day)
  return days
}

function isLess(one: bigint, other: bigint): boolean {
  return one * one < other * other
}

function least(one: string, other: string): string {
  return [one, other].toSorted()[0] ?? one
}

function most(one: string, other: string): string {
  return [one, other].toSorted()[1] ?? one
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
