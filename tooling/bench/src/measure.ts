/** Rounds of each side; the median of them is the figure. */
const ROUNDS = 5

/** One side of a comparison. */
export interface Side {
  readonly name: string
  /** One round: gives the figure, for example nanoseconds for each operation. */
  measure(): number | Promise<number>
}

/** What a side came to. */
export interface Figure {
  readonly name: string
  readonly median: number
  readonly all: readonly number[]
}

/** Measures all sides, alternating, after a warm-up of each. */
export async function alternate(sides: readonly Side[], rounds = ROUNDS): Promise<Figure[]> {
  const found = new Map(sides.map(({ name }) => [name, [] as number[]]))
  for (const side of sides) await side.measure()
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) found.get(side.name)?.push(await side.measure())
  }
  return [...found].map(([name, all]) => ({ name, median: median(all), all }))
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
