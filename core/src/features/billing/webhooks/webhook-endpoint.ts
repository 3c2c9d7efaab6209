import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ApiScope } from '../api-keys/api-key.ts'
import { BILLING_EVENTS } from '../billing.events.ts'
import { line } from '../fields.ts'

/** Endpoints that a tenant has at once. */
export const WEBHOOK_ENDPOINTS_MAX = 20
/** Tries of one delivery: with waits that double from 30 s to 6 h, about a day and a half. */
export const DELIVERY_ATTEMPTS_MAX = 15
/** How long an endpoint may take nothing before it is turned off. */
export const FAILING_MAX_MS = 5 * 86_400_000
/** How long what is over is kept. */
export const DELIVERIES_KEPT_MS = 30 * 86_400_000
/** How long a secret that was replaced signs as well. */
export const FORMER_SECRET_MS = 86_400_000

const WAIT_MIN_MS = 30_000
const WAIT_MAX_MS = 6 * 3_600_000
const URL_LENGTH_MAX = 2_000

/** Names of the events that tenants may hear of. */
export const WEBHOOK_EVENTS: readonly string[] = BILLING_EVENTS.map(({ name }) => name)

/** What an endpoint is made from; its address is judged by who knows how far webhooks reach. */
export const endpointFields = (problemOf: (url: string) => string | undefined) =>
  z.strictObject({
    url: z
      .string()
      .max(URL_LENGTH_MAX, `has more than ${URL_LENGTH_MAX} characters`)
      .superRefine((text, context) => {
        const message = problemOf(text)
        if (message) context.addIssue({ code: 'custom', message })
      }),
    /** What people call it. */
    name: line(100),
    /** Names of events; null for all, those to come as well. */
    events: z
      .array(z.enum(WEBHOOK_EVENTS, 'is no event of billing'))
      .min(1, 'are none')
      .transform((names) => [...new Set(names)].sort())
      .nullable()
      .default(null),
  })

/** What an endpoint is made from. */
export type WebhookEndpointInput = z.input<ReturnType<typeof endpointFields>>

/** Where a tenant hears of what becomes true. */
export interface WebhookEndpoint extends Readonly<z.output<ReturnType<typeof endpointFields>>> {
  readonly tenantId: string
  readonly id: string
  readonly isEnabled: boolean
  /** Why it was turned off; null while it is on. */
  readonly disabledReason: DisabledReason | null
  /** Since when it has taken nothing; null when it took the last one. */
  readonly failingSince: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Why an endpoint was turned off: somebody asked, it took nothing for 5 days, or it answered 410. */
export const DISABLED_REASONS = ['asked', 'failing', 'gone'] as const

/** Why an endpoint was turned off. */
export type DisabledReason = (typeof DISABLED_REASONS)[number]

/** Every state of a delivery. */
export const DELIVERY_STATES = [
  /** It is tried, or will be. */
  'pending',
  'delivered',
  /** It was tried as often as it may be, or its endpoint was turned off. */
  'failed',
] as const

/** State of a delivery. */
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly tenantId: string
  /** The receiver dedupes on {@link eventId}, which is the same at each try. */
  readonly id: string
  readonly endpointId: string
  readonly eventId: string
  readonly event: string
  /** The JSON that is posted. */
  readonly body: string
  readonly state: DeliveryState
  /** Tries so far, one that is under way counted. */
  readonly attempts: number
  /** After how many it is given up; a replay adds more. */
  readonly attemptsMax: number
  /** When it is tried next; null when it is not. */
  readonly dueAt: Date | null
  readonly deliveredAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** One try of a delivery. */
export interface WebhookAttempt {
  readonly tenantId: string
  readonly deliveryId: string
  /** Counts from 1. */
  readonly number: number
  readonly at: Date
  /** What the receiver answered; null without an answer. */
  readonly status: number | null
  /** Why there is no answer; `unknown` while it is under way, or when its process is gone. */
  readonly problem: AttemptProblem | null
}

/** Why a try has no answer. */
export const ATTEMPT_PROBLEMS = ['unknown', 'no_answer', 'timeout', 'address_not_public'] as const

/** Why a try has no answer. */
export type AttemptProblem = (typeof ATTEMPT_PROBLEMS)[number]

/** Which deliveries are listed. */
export const deliveryFilter = z.strictObject({
  endpointId: z.uuid('is no id').optional(),
  state: z.enum(DELIVERY_STATES, `is none of ${DELIVERY_STATES.join(', ')}`).optional(),
})

/** Which deliveries are listed. */
export type DeliveryFilter = z.input<typeof deliveryFilter>

/** Makes a secret as Standard Webhooks wants them: `whsec_` and base64 of 32 random bytes. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** How long a delivery waits after its n-th try. */
export function waitAfter(attempts: number): number {
  return Math.min(WAIT_MIN_MS * 2 ** (attempts - 1), WAIT_MAX_MS)
}

/** The rights to read what events tell: nobody hears by a webhook what their key may not read. */
export function scopesOf(events: readonly string[] | null): ApiScope[] {
  const scopes = (events ?? WEBHOOK_EVENTS).map((name): ApiScope => {
    if (name.startsWith('billing.subscription_')) return 'subscriptions:read'
    if (name.startsWith('billing.run_')) return 'runs:read'
    if (name.startsWith('billing.quota_')) return 'usage:read'
    if (name.startsWith('billing.credit_note_')) return 'credit-notes:read'
    return 'invoices:read'
  })
  return [...new Set(scopes)]
}
