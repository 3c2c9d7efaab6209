/** The only source of the current instant; features never ask the system. */
export interface Clock {
  now(): Date
}

/** The machine's own time. */
export const systemClock: Clock = { now: () => new Date() }

/**
 * A clock that development and tests move: it runs on from where it was set, or stands still.
 *
 * It never runs backwards: asked to go to an instant before the current one, it stays.
 */
export class VirtualClock implements Clock {
  #origin: number
  #base: number
  #frozen: boolean

  /** Starts at an instant; stands still unless told to run. */
  constructor(start: Date = new Date(), options: { frozen: boolean } = { frozen: true }) {
    this.#base = start.getTime()
    this.#origin = Date.now()
    this.#frozen = options.frozen
  }

  now(): Date {
    return new Date(this.#frozen ? this.#base : this.#base + (Date.now() - this.#origin))
  }

  /** Moves the clock to an instant, standing still there or running on from it. */
  set(instant: Date, options: { frozen: boolean } = { frozen: this.#frozen }): void {
    this.#base = Math.max(instant.getTime(), this.now().getTime())
    this.#origin = Date.now()
    this.#frozen = options.frozen
  }

  /** Moves the clock forward by a duration. */
  advance(durationMs: number): void {
    this.set(new Date(this.now().getTime() + durationMs))
  }
}
