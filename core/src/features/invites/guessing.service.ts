import { assert } from '../../kernel/index.ts'
import { admit, type Limiter, TooManyTries } from '../../platform/limits/index.ts'
import { isFor } from './invitation.ts'
import { isCode } from './invitation-code.ts'
import type { InvitationStorage } from './invitation-storage.ts'
import { Lanes } from './lanes.ts'

/** All that the guessing service may touch. */
export interface GuessingScope {
  readonly limiter: Pick<Limiter, 'take' | 'takeEach' | 'giveBack'>
  readonly repos: { readonly invitations: Pick<InvitationStorage, 'findByCode'> }
}

/** Who tries a code. */
export interface Guesser {
  /** A stranger has none, and is known by their network alone. */
  readonly userId?: string | undefined
  /** Where a request comes from; Telegram does not tell where a message does. */
  readonly network?: string | undefined
  /** For whom a code is theirs; null when whoever holds a code may ask about it. [the user] */
  readonly recipient?: string | null | undefined
  /** Told when a network has used up its wrong codes, once an hour and without its name. */
  readonly log?: { warn(message: string): void } | undefined
}

const HOUR_MS = 3_600_000
/** Five at once, then one every twelve minutes: at most ten in any hour. */
const WRONG_RATE = { limit: 5, perMs: HOUR_MS }
const ALARM_RATE = { limit: 1, perMs: HOUR_MS }
const NETWORK_RATE = { limit: 600, perMs: 60_000 }

/** Keeps codes from being guessed, as they may be short. */
export class GuessingService {
  readonly #scope: GuessingScope
  readonly #lanes = new Lanes()

  constructor(scope: GuessingScope) {
    this.#scope = scope
  }

  /**
   * Lets somebody try a code, or refuses before anybody looks for it: wrong codes are counted for the
   * person and for their network. A code that exists, also one that opens nothing any more, costs
   * nothing, so many people behind one address may come by good ones.
   *
   * @throws {@link TooManyTries}
   * @throws {@link LimitsUnavailable}
   */
  async admit(guesser: Guesser, code: string): Promise<void> {
    const { userId, network } = guesser
    const lane = network ?? userId
    assert(lane !== undefined, 'Whoever tries a code has an account or a network')
    if (network) await admit(this.#scope.limiter, 'invites.network', network, NETWORK_RATE)
    if (!isCode(code)) return
    // One after the other: a try that is given back in a moment must keep nobody out meanwhile.
    await this.#lanes.run(lane, () => this.#try(guesser, code))
  }

  async #try(guesser: Guesser, code: string): Promise<void> {
    const { limiter, repos } = this.#scope
    const { userId, network, recipient = userId ?? '' } = guesser
    const subjects = [userId, network].filter((subject) => subject !== undefined)
    const taken = await limiter.takeEach('invites.wrong', subjects, WRONG_RATE)
    const retryAfterMs = Math.max(...taken.map((one) => one.retryAfterMs))
    if (retryAfterMs > 0) {
      const mine = subjects.filter((_, index) => taken[index]?.isAllowed)
      if (mine.length > 0) await limiter.giveBack('invites.wrong', mine, WRONG_RATE)
      if (network && !mine.includes(network)) await this.#alarm(network, guesser)
      const retryAfterSeconds = Math.ceil(retryAfterMs / 1_000)
      throw new TooManyTries({ limit: 'invites.wrong', retryAfterSeconds })
    }
    const found = await repos.invitations.findByCode(code)
    const isTheirs = found && (recipient === null || isFor(found, recipient))
    if (isTheirs) await limiter.giveBack('invites.wrong', subjects, WRONG_RATE)
  }

  async #alarm(network: string, { log }: Guesser): Promise<void> {
    const { isAllowed } = await this.#scope.limiter.take('invites.alarm', network, ALARM_RATE)
    if (isAllowed) log?.warn('A network may try no more invitation codes: too many were wrong')
  }
}
