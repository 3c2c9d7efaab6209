/** Rounds of each side; the median of them is the figure. */
const ROUNDS = 5

/** What one operation of a side costs the database, beside its time. */
export interface Cost {
  /** Times somebody waited for an answer of the database. */
  readonly roundTrips: number
  readonly statements: number
  /** Bytes of write-ahead log, those of triggers and indexes included. */
  readonly walBytes: number
}

/** One side of a comparison. */
export interface Side {
  readonly name: string
  /** One round: gives the figure, for example nanoseconds for each operation. */
  measure(): number | Promise<number>
}

/** What a side came to. */
export interface Figure {
  readonly name: string
  /** What the numbers count, for example `ns` or `a second`. */
  readonly unit: string
  readonly median: number
  readonly all: readonly number[]
  readonly cost?: Cost
}

/** A ratio of two figures beside what was aimed at. */
export interface Comparison {
  readonly what: string
  readonly value: number
  readonly goal: number
  readonly direction: 'at least' | 'at most'
}

/** What a benchmark found. */
export interface Report {
  readonly figures: readonly Figure[]
  readonly comparisons: readonly Comparison[]
}

/** Measures all sides, alternating, after a warm-up of each. */
export async function alternate(
  unit: string,
  sides: readonly Side[],
  rounds = ROUNDS,
): Promise<Figure[]> {
  const found = new Map(sides.map(({ name }) => [name, [] as number[]]))
  for (const side of sides) await side.measure()
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) found.get(side.name)?.push(await side.measure())
  }
  return [...found].map(([name, all]) => ({ name, unit, median: median(all), all }))
}

/** Nanoseconds for each call of a synchronous operation, over a fixed number of calls. */
export function nanoseconds(calls: number, operation: () => unknown): number {
  let kept: unknown
  const begin = process.hrtime.bigint()
  for (let call = 0; call < calls; call++) kept = operation()
  const spent = Number(process.hrtime.bigint() - begin)
  if (kept === undefined) throw new Error('The operation gives what it made')
  return spent / calls
}

/** The median of the figure whose name begins so. */
export function medianOf(figures: readonly Figure[], name: string): number {
  const found = figures.find((figure) => figure.name.startsWith(name))
  if (!found) throw new Error(`No figure begins with ${name}`)
  return found.median
}

/** The figures, with what each costs where that was looked at. */
export function withCosts(
  figures: readonly Figure[],
  costs: ReadonlyMap<string, Cost>,
): readonly Figure[] {
  return figures.map((figure) => {
    const cost = costs.get(figure.name)
    return cost ? { ...figure, cost } : figure
  })
}

/** The middle of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
