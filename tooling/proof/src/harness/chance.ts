/** Randomness that a seed repeats. */
export interface Chance {
  /** A whole number, both ends included. */
  whole(min: number, max: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  /** The same things in another order. */
  shuffled<T>(list: readonly T[]): T[]
}

/** Makes the randomness of a seed (mulberry32). */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    whole,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
    shuffled: (list) =>
      list
        .map((value) => ({ value, place: next() }))
        .sort((left, right) => left.place - right.place)
        .map(({ value }) => value),
  }
}
