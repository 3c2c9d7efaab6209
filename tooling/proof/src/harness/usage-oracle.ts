import type { Aggregation, UsageEventInput, UsageSpan } from '@gramkit/core/billing'

/** Places of the numbers in the proof. */
const PLACES = 12n
const ONE = 10n ** PLACES

/** A value of an event, in units of 10^-12, beside its text. */
interface Told {
  readonly at: number
  readonly id: string
  readonly text: string
  readonly units: bigint
}

/** Counts usage by the book: one event after the other, in memory, by rational numbers. */
export class UsageOracle {
  readonly #told = new Map<string, Map<string, Told>>()

  /** Adds an event; one with an id that was added is none. */
  add({ id, customerId, meter, at, properties }: UsageEventInput): void {
    const key = `${customerId} ${meter}`
    const events = this.#told.get(key) ?? new Map<string, Told>()
    this.#told.set(key, events)
    const text = String(properties?.['value'])
    const [whole = '0', fraction = ''] = text.split('.')
    const units = BigInt(whole) * ONE + BigInt(fraction.padEnd(Number(PLACES), '0'))
    if (!events.has(id)) events.set(id, { at: at.getTime(), id, text, units })
  }

  /** What is counted of a span, in units of 10^-12. */
  total({ customerId, meter, startsAt, endsAt }: UsageSpan, aggregation: Aggregation): bigint {
    const [from, until] = [startsAt.getTime(), endsAt.getTime()]
    const all = [...(this.#told.get(`${customerId} ${meter}`)?.values() ?? [])]
    const within = all.filter(({ at }) => at >= from && at < until).sort(inTime)
    switch (aggregation) {
      case 'sum':
        return within.reduce((sum, { units }) => sum + units, 0n)
      case 'count':
        return BigInt(within.length) * ONE
      case 'max':
        return within.toSorted((left, right) => (left.units < right.units ? 1 : -1))[0]?.units ?? 0n
      case 'unique':
        return BigInt(new Set(within.map(({ text }) => text)).size) * ONE
      case 'last':
        return within.at(-1)?.units ?? 0n
      case 'weighted': {
        const before = all
          .filter(({ at }) => at < from)
          .sort(inTime)
          .at(-1)
        return average(before, within, { from, until })
      }
    }
  }
}

function inTime(left: Told, right: Told): number {
  return left.at - right.at || (left.id < right.id ? -1 : 1)
}

function average(
  before: Told | undefined,
  within: readonly Told[],
  { from, until }: { readonly from: number; readonly until: number },
): bigint {
  let [level, since, area] = [before?.units ?? 0n, from, 0n]
  for (const { at, units } of within) {
    area += level * BigInt(at - since)
    level = units
    since = at
  }
  area += level * BigInt(until - since)
  const length = BigInt(until - from)
  const [floor, rest] = [area / length, area % length]
  const isUp = 2n * rest > length || (2n * rest === length && floor % 2n === 1n)
  return isUp ? floor + 1n : floor
}
