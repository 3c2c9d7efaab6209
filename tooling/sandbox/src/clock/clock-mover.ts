import type { Activity } from '../activity.ts'
import type { ClockState, SandboxClock } from './clock.ts'
import type { Platforms } from './platforms.ts'

/** What the sandbox itself has to do at certain instants. */
export interface DueWork {
  /** In ms since 1970, or null. */
  nextDue(): number | null
  /** Does what is due; gives how much. */
  doDue(): number
  /** Waits until everybody has been told; gives how much was delivered. */
  quiet(): Promise<number>
}

/** How a move of the clock went. */
export interface Advanced extends ClockState {
  /** Instants at which the clock stood still on its way. */
  readonly steps: number
}

/** Work that stays due however often it is done must not hold the clock for ever. */
const MAX_ROUNDS = 100
const MAX_IDLE_ROUNDS = 3

/** Moves the clock from one due instant to the next, in the sandbox and in all platforms. */
export class ClockMover {
  readonly #clock: SandboxClock
  readonly #platforms: Platforms
  readonly #work: DueWork
  readonly #activity: Activity
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: {
    readonly clock: SandboxClock
    readonly platforms: Platforms
    readonly work: DueWork
    readonly activity: Activity
  }) {
    this.#clock = parts.clock
    this.#platforms = parts.platforms
    this.#work = parts.work
    this.#activity = parts.activity
  }

  /** Moves the clock forward and answers when all that fell due is done; one move at a time. */
  advance(seconds: number): Promise<Advanced> {
    return this.#after((now) => now + seconds * 1_000)
  }

  /** Moves the clock to an instant, however long that is; where it has passed, nowhere. */
  advanceTo(instantMs: number): Promise<Advanced> {
    return this.#after((now) => Math.max(now, instantMs))
  }

  #after(targetOf: (now: number) => number): Promise<Advanced> {
    const move = this.#last.then(() => this.#move(targetOf))
    this.#last = move.catch(() => {})
    return move
  }

  async #move(targetOf: (now: number) => number): Promise<Advanced> {
    const start = this.#clock.now()
    const target = targetOf(start)
    let steps = 0
    try {
      for (let instant = start; ; steps++) {
        this.#clock.freezeAt(instant)
        this.#activity.changed('clock')
        const platformDue = await this.#settle()
        if (instant >= target) break
        const due = [platformDue, this.#work.nextDue()].filter((next) => next !== null)
        instant = Math.min(target, ...due.filter((next) => next > instant))
      }
    } finally {
      this.#clock.run()
      this.#activity.changed('clock')
    }
    await this.#platforms.tell(this.#clock.iso(), false)
    this.#activity.log({
      kind: 'event',
      provider: 'sandbox',
      name: 'clock advanced',
      status: null,
      request: { seconds: (target - start) / 1_000, steps },
    })
    return { ...this.#clock.state(), steps }
  }

  /** Works at one instant until nobody has anything left to do; gives the platforms' next one. */
  async #settle(): Promise<number | null> {
    const now = this.#clock.now()
    let nextDue: number | null = null
    for (let round = 0, idle = 0; round < MAX_ROUNDS && idle < MAX_IDLE_ROUNDS; round++) {
      // First the platforms' clocks: what the sandbox does next reaches them at this instant.
      const told = await this.#platforms.tell(this.#clock.iso(), true)
      const moved = this.#work.doDue() + (await this.#work.quiet())
      nextDue = told.nextDue
      const isDue = [nextDue, this.#work.nextDue()].some((next) => next !== null && next <= now)
      // A platform answers when it has nothing left to do: only the sandbox gives it more.
      if (moved === 0 && !isDue) break
      idle = moved + told.worked === 0 ? idle + 1 : 0
    }
    return nextDue
  }
}
