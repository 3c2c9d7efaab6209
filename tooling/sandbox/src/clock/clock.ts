import type { Store } from '../store/store.ts'

/**
 * The sandbox's time: the machine's plus an offset that outlives the process. It can stand still
 * while it is moved forward, and never runs backwards.
 */
export class SandboxClock {
  readonly #store: Store
  readonly #machine: () => number
  #offset: number
  #last: number
  #frozenAt: number | null = null

  constructor(store: Store, machine: () => number = Date.now) {
    this.#store = store
    this.#machine = machine
    this.#offset = Number(store.read('clock.offset') ?? 0)
    this.#last = Number(store.read('clock.last') ?? 0)
  }

  /** Now, in ms since 1970. */
  now(): number {
    if (this.#frozenAt !== null) return this.#frozenAt
    this.#last = Math.max(this.#last, this.#machine() + this.#offset)
    return this.#last
  }

  /** Now, in whole seconds since 1970, as Telegram counts. */
  seconds(): number {
    return Math.floor(this.now() / 1_000)
  }

  /** Now, or the instant some ms later, as YooKassa writes it. */
  iso(laterMs = 0): string {
    return new Date(this.now() + laterMs).toISOString()
  }

  /** What the clock shows, for others to follow. */
  state(): ClockState {
    return {
      now: this.iso(),
      offsetMs: this.#offset,
      frozen: this.#frozenAt !== null,
    }
  }

  /** Stands still at an instant, which is kept: after a crash time goes on from here. */
  freezeAt(instantMs: number): void {
    const instant = Math.max(instantMs, this.now())
    this.#frozenAt = instant
    this.#keep(instant)
  }

  /** Runs on from where it stands. */
  run(): void {
    const instant = this.now()
    this.#frozenAt = null
    this.#keep(instant)
  }

  /** Keeps the present instant, so that a later start cannot lie before it. */
  save(): void {
    this.#keep(this.now())
  }

  #keep(instant: number): void {
    this.#last = instant
    this.#offset = instant - this.#machine()
    this.#store.write('clock.offset', String(this.#offset))
    this.#store.write('clock.last', String(instant))
  }
}

/** What the sandbox's clock shows. */
export interface ClockState {
  readonly now: string
  readonly offsetMs: number
  readonly frozen: boolean
}
