import { admit, type Limiter } from '../../platform/limits/index.ts'

/** Who tries a code. */
export interface Guesser {
  readonly userId: string
  /** Where a request comes from; Telegram does not tell where a message does. */
  readonly network?: string | undefined
}

const HOUR_MS = 3_600_000
/** Codes that one person may try, right or wrong. */
const TRY_RATE = { limit: 10, perMs: HOUR_MS }
/** Wrong codes of one network; more of them stop all tries from there for a while. */
const WRONG_RATE = { limit: 10, perMs: HOUR_MS }
const NETWORK_RATE = { limit: 600, perMs: 60_000 }

/**
 * Codes may be short, so nobody may try many: neither a person nor their network.
 *
 * @throws {@link TooManyTries} {@link LimitsUnavailable}
 */
export async function admitTry(
  limiter: Pick<Limiter, 'take'>,
  { userId, network }: Guesser,
): Promise<void> {
  if (network) await admit(limiter, 'invites.network', network, NETWORK_RATE)
  await admit(limiter, 'invites.try', userId, TRY_RATE)
}

/** Many people behind one address may use good codes; wrong ones make all of them wait. */
export async function countWrong(
  limiter: Pick<Limiter, 'take' | 'pause'>,
  { network }: Guesser,
): Promise<void> {
  if (!network) return
  const { isAllowed, retryAfterMs } = await limiter.take('invites.wrong', network, WRONG_RATE)
  if (!isAllowed) await limiter.pause('invites.network', network, retryAfterMs)
}
