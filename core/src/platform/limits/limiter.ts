import { TooManyTries } from './limits.errors.ts'

/** So many tries in so much time: all at once if nobody tried before, then one by one. */
export interface Rate {
  readonly limit: number
  readonly perMs: number
}

/** What a limiter says about a try. */
export interface Taken {
  readonly isAllowed: boolean
  /** When the same try would be allowed; 0 when it is. */
  readonly retryAfterMs: number
}

/**
 * Counts tries across all processes. A limit is a name, such as `login.telegram`, and a subject, such
 * as an address; the subject is stored hashed only.
 *
 * A refused try costs nothing, so whoever keeps trying is allowed again at the same instant. A try
 * that was taken stays taken, whatever becomes of the work it was taken for, unless it is given back.
 * All calls need the store: while it is away they refuse.
 */
export interface Limiter {
  /**
   * Takes one try, or `cost` of them at once or none. A sender takes a slice: with `cost: 3` it asks
   * once for three messages.
   *
   * @throws {@link LimitsUnavailable}
   */
  take(
    name: string,
    subject: string,
    rate: Rate & { /** [1] */ readonly cost?: number },
  ): Promise<Taken>
  /**
   * Takes one try of each of some subjects, in one go; the answers are in the order of the subjects,
   * of which no two are the same.
   *
   * @throws {@link LimitsUnavailable}
   */
  takeEach(name: string, subjects: readonly string[], rate: Rate): Promise<Taken[]>
  /**
   * Gives one try back to each of some subjects: those that were taken a moment ago and turned out
   * to cost nothing.
   *
   * @throws {@link LimitsUnavailable}
   */
  giveBack(name: string, subjects: readonly string[], rate: Rate): Promise<void>
  /**
   * Refuses every try of a subject for a while, such as Telegram's `retry_after`. A shorter pause
   * does not end a longer one.
   *
   * @throws {@link LimitsUnavailable}
   */
  pause(name: string, subject: string, durationMs: number): Promise<void>
  /** Drops entries that limit nobody any more, a batch at a time, and gives their number. */
  forgetOld(): Promise<number>
}

/**
 * Takes a try or refuses; call it before the work and outside its transaction.
 *
 * @throws {@link TooManyTries}
 * @throws {@link LimitsUnavailable}
 * @example
 * await admit(scope.limiter, 'friendships.request', userId, { limit: 20, perMs: DAY_MS })
 */
export async function admit(
  limiter: Pick<Limiter, 'take'>,
  name: string,
  subject: string,
  rate: Rate,
): Promise<void> {
  const { isAllowed, retryAfterMs } = await limiter.take(name, subject, rate)
  if (isAllowed) return
  throw new TooManyTries({ limit: name, retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) })
}
