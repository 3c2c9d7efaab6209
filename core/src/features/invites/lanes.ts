/** Lets work of one lane in this process go one after the other, beside that of other lanes. */
export class Lanes {
  readonly #ends = new Map<string, Promise<unknown>>()

  /** Does some work when all that came to its lane before has ended, well or not. */
  async run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#ends.get(lane) ?? Promise.resolve()).then(work)
    const end = result.catch(() => {})
    this.#ends.set(lane, end)
    try {
      return await result
    } finally {
      if (this.#ends.get(lane) === end) this.#ends.delete(lane)
    }
  }
}
