import { z } from 'zod'
import { LANGUAGES, type Language } from '../../../kernel/index.ts'

/** Every state a broadcast can be in. */
export const BROADCAST_STATUSES = ['draft', 'running', 'finished', 'canceled'] as const

/** State of a broadcast. */
export type BroadcastStatus = (typeof BROADCAST_STATUSES)[number]

/** Every state one recipient can be in. */
export const RECIPIENT_STATUSES = [
  'pending',
  'sending',
  'sent',
  'skipped',
  'failed',
  'unknown',
] as const

/** State of one recipient. */
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number]

const text = z.string().trim().min(1).max(4_096)

/** What is said: in both languages, or in one that everybody gets. */
export const broadcastTextsSchema = z
  .strictObject({ en: text.optional(), ru: text.optional() })
  .refine(({ en, ru }) => en !== undefined || ru !== undefined, 'has no text')

/** Buttons below the message. */
export const broadcastButtonsSchema = z
  .array(
    z.strictObject({
      text: z.string().trim().min(1).max(64),
      url: z.url({ protocol: /^https?$/ }).max(2_048),
      isMiniApp: z.boolean().optional(),
    }),
  )
  .max(5)

/** Who gets it: everybody on Telegram, or those of them to whom all of this applies. */
export const broadcastAudienceSchema = z.strictObject({
  languages: z.array(z.enum(LANGUAGES)).min(1).optional(),
  seenWithinDays: z.int().min(1).max(3_650).optional(),
})

/** What is said. */
export type BroadcastTexts = z.output<typeof broadcastTextsSchema>
/** Buttons below the message. */
export type BroadcastButtons = z.output<typeof broadcastButtonsSchema>
/** Who gets it. */
export type BroadcastAudience = z.output<typeof broadcastAudienceSchema>

/** One message to many people. */
export interface Broadcast {
  readonly id: string
  readonly status: BroadcastStatus
  readonly texts: BroadcastTexts
  readonly buttons: BroadcastButtons
  readonly audience: BroadcastAudience
  /** Messages that may cost money, at the most. */
  readonly paidMessages: number
  /** Messages that may have cost money, so far. */
  readonly paidTaken: number
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

/** How many people a broadcast is for. */
export interface AudienceCount {
  /** Who would get it. */
  readonly recipients: number
  /** Who belongs to the audience and would not: turned off, or not to be reached. */
  readonly unreachable: number
}

/** How far a broadcast is. */
export interface BroadcastProgress extends Readonly<Record<RecipientStatus, number>> {
  /** Why people did not get it, or why nobody knows, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

/** A tenth of a Star is what Telegram takes for a message beyond the free rate. */
export const PAID_MESSAGES_PER_STAR = 10

/** The text for somebody: in their language, else in the one there is. */
export function textFor({ en, ru }: BroadcastTexts, language: Language): string {
  return (language === 'ru' ? (ru ?? en) : (en ?? ru)) ?? ''
}
