/** Every state a notification can be in. */
export const NOTIFICATION_STATUSES = [
  'due',
  'sending',
  'sent',
  'skipped',
  'failed',
  'unknown',
] as const

/** State of a notification. */
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number]

/** Ways to reach somebody. */
export const CHANNEL_NAMES = ['telegram', 'email', 'webhook'] as const

/** A way to reach somebody. */
export type ChannelName = (typeof CHANNEL_NAMES)[number]

/** What a template is filled with: names of things and numbers, never addresses or secrets. */
export type Facts = Readonly<Record<string, string | number>>

/** One message to one person about one occasion. */
export interface Notification {
  readonly id: string
  readonly userId: string
  readonly template: string
  /** What it is about; nobody hears of one occasion twice by one template. */
  readonly occasion: string
  readonly facts: Facts
  readonly status: NotificationStatus
  /** How it went out, once that is decided. */
  readonly channel: ChannelName | null
  /** Why it was not sent, or why nobody knows. */
  readonly reason: string | null
  /** The lower, the sooner among those that are due. */
  readonly rank: number
  readonly dueAt: Date
  /** It is not worth sending from then on. */
  readonly expiresAt: Date
  /** Tries that a channel put off. */
  readonly attempts: number
  readonly createdAt: Date
  readonly sentAt: Date | null
}
