/** Lets a number of holders in at a time; the others wait their turn. */
export class Slots {
  #taken = 0
  readonly #waiting: (() => void)[] = []

  /** Waits until fewer than `max` hold a slot, and takes one; the returned function gives it back. */
  async take(max: number): Promise<() => void> {
    while (this.#taken >= max) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#taken++
    return () => {
      this.#taken--
      this.#waiting.shift()?.()
    }
  }
}
