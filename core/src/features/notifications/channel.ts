import type { ChannelName } from './notification.ts'
import type { MessageContent } from './template.ts'

/** One message to one person, as a channel gets it. */
export interface OutgoingMessage extends MessageContent {
  /** Of the notification, the same at each try. */
  readonly id: string
  readonly template: string
  readonly user: { readonly id: string; readonly telegramId: bigint | null }
  /** It may cost money to go out faster than for nothing. [it may not] */
  readonly isPaid?: boolean
}

/**
 * What became of a message.
 *
 * - `sent`: taken by whoever carries it.
 * - `unreachable`: this channel does not lead to the person, so another one is tried; `isBlocked`
 *   when Telegram refuses to write to them at all.
 * - `refused`: nobody would take this message, so it is not tried again.
 * - `later`: it was not taken and may be tried again, after so many milliseconds.
 * - `unclear`: it may have been taken; nobody knows.
 */
export type SendOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly isBlocked?: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unclear'; readonly reason: string }

/**
 * A way to reach people. It calls the outside world, so it refuses to run inside a transaction; it
 * answers with an outcome and rejects only for mistakes of the program.
 */
export interface NotificationChannel {
  readonly name: ChannelName
  /** Whoever carries the message tells repetitions apart, so one that is unclear is sent again. */
  readonly isRepeatable: boolean
  send(message: OutgoingMessage): Promise<SendOutcome>
}
