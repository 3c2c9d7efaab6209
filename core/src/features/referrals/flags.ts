import { DAY_MS } from '../../kernel/index.ts'
import { hasPlusTag, isDisposable } from './mailbox.ts'

/** What may be wrong with a referral. A flag blocks nothing: people look at it, and measures count it. */
export const REFERRAL_FLAGS = [
  /** The invitee's address is of a provider of throw-away mail. */
  'disposable_mail',
  /** The invitee's address carries a tag after a plus. */
  'plus_address',
  /** Many came by the same inviter within an hour. */
  'burst',
  /** The invitee came from the network of the inviter, or of others whom they brought. */
  'shared_network',
] as const

/** What may be wrong with a referral. */
export type ReferralFlag = (typeof REFERRAL_FLAGS)[number]

/** What flags are raised by. */
export interface Signals {
  /** The invitee's address; null of a Telegram identity. */
  readonly email: string | null
  /** Hash of the network that the invitee joined from. */
  readonly networkHash: string | null
  readonly inviterNetworkHash: string | null
  /** How many came by the same inviter within the hour before, the invitee among them. */
  readonly cameWithinHour: number
  /** How many others of the same inviter came from the invitee's network. */
  readonly othersOfNetwork: number
}

/** Over how long referrals of one inviter are a burst. */
export const BURST_MS = DAY_MS / 24
/** From how many on. */
export const BURST_FROM = 10
/** From how many others on a network is shared: a household or an office brings some. */
export const SHARED_NETWORK_FROM = 3

/** Tells what is odd about a referral. */
export function flagsOf(signals: Signals): ReferralFlag[] {
  const { email, networkHash, inviterNetworkHash, cameWithinHour, othersOfNetwork } = signals
  const isRaised: Readonly<Record<ReferralFlag, boolean>> = {
    disposable_mail: email !== null && isDisposable(email),
    plus_address: email !== null && hasPlusTag(email),
    burst: cameWithinHour >= BURST_FROM,
    shared_network:
      networkHash !== null &&
      (networkHash === inviterNetworkHash || othersOfNetwork >= SHARED_NETWORK_FROM),
  }
  return REFERRAL_FLAGS.filter((flag) => isRaised[flag])
}
