/** Does something for each of a list with a number of hands, and gives what each came to. */
export async function together<T, R>(
  list: readonly T[],
  hands: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const left = list.entries()
  const hand = async (): Promise<void> => {
    for (const [place, item] of left) results[place] = await work(item)
  }
  await Promise.all(Array.from({ length: hands }, hand))
  return results
}

/** A list of so many things, taken from another in turn. */
export function inTurn<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: Math.ceil(count / list.length) }, () => list)
    .flat()
    .slice(0, count)
}

/** Waits for a condition and fails with the last thing it said. */
export async function until(
  what: string,
  timeoutMs: number,
  ask: () => Promise<true | string>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer === true) return
    if (performance.now() > deadline) throw new Error(`${what}: ${answer}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Percentiles of durations in ms, as a text for the report. */
export function percentiles(durations: readonly number[]): string {
  const sorted = [...durations].sort((left, right) => left - right)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
  return `p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} max ${at(1)} ms`
}
