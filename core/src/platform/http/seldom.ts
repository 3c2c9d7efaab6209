/**
 * Makes what reads whole tables be read once for all who ask at once, and for at most a tenth of the
 * time: pages ask again and again. A reading that failed is not kept.
 *
 * @example
 * const analytics = seldom(() => growth.analytics())
 */
export function seldom<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined
  let restsUntil = 0
  return () => {
    if (reading && performance.now() < restsUntil) return reading
    const startedAt = performance.now()
    restsUntil = Number.POSITIVE_INFINITY
    const begun = read()
    reading = begun
    begun.then(
      () => {
        const now = performance.now()
        restsUntil = now + 9 * (now - startedAt)
      },
      () => {
        reading = undefined
      },
    )
    return begun
  }
}
