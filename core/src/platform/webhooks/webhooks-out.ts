import { z } from 'zod'
import type { Clock } from '../../kernel/index.ts'
import { assertNoTransaction } from '../database/index.ts'
import { defineJob, type EventSubscription, type Job, type JobsRepository } from '../jobs/index.ts'
import type { EventDefinition, OutboxRepository } from '../outbox/index.ts'
import { postWebhook, readWebhookKey } from './standard-webhook.ts'
import type { WebhookSequenceRepository } from './webhook-sequence.repository.ts'
import { WebhookGone, WebhookNotTaken } from './webhooks.errors.ts'

/** Which events are told to whom. */
export interface WebhooksOptions {
  /** From the configuration only: nobody may choose where the platform calls. */
  readonly url: string
  /** `whsec_` and base64 of 24 to 64 random bytes. */
  readonly secret: string
  readonly events: readonly Pick<EventDefinition, 'name' | 'version'>[]
}

interface Scope {
  readonly clock: Clock
  readonly repos: {
    readonly jobs: Pick<JobsRepository, 'enqueue'>
    readonly outbox: Pick<OutboxRepository, 'getById'>
    readonly webhookSequence: WebhookSequenceRepository
  }
}

/** Tries of one event: with waits that double up to an hour, some 19 hours. */
const ATTEMPTS_MAX = 30

/**
 * Posts events as JSON to a server of one's own, signed as Standard Webhooks asks. Each has a job of
 * its own, so that one that is not taken holds up no other: they may come out of order, and the
 * `sequence`, which has no gaps, tells the receiver so. `webhook-id` is the event's id, the same at
 * each try.
 *
 * @throws {@link InvalidValue} when the secret is none of that form
 * @example
 * const { subscriptions, jobs } = webhooksOut({ url, secret, events: CORE_EVENTS })
 */
export function webhooksOut({ url, secret, events }: WebhooksOptions): {
  readonly subscriptions: readonly EventSubscription<Scope>[]
  readonly jobs: readonly Job<Scope>[]
} {
  const key = readWebhookKey(secret)
  const post = defineJob({
    name: 'webhooks.post',
    schema: z.object({ eventId: z.uuid(), sequence: z.int().positive() }),
    attemptsMax: ATTEMPTS_MAX,
    async runOutside({ clock, repos }: Scope, { eventId, sequence }) {
      assertNoTransaction('webhooks.post')
      const { name, version, occurredAt, subjectId, payload } = await repos.outbox.getById(eventId)
      const timestamp = occurredAt.toISOString()
      const told = { type: name, version, sequence, timestamp, subject: subjectId, data: payload }
      const message = { id: eventId, at: clock.now(), body: JSON.stringify(told) }
      const { status } = await postWebhook({ url, reach: 'anywhere', keys: [key] }, message)
      if (status === 410) throw new WebhookGone({ eventId })
      if (status === null || status < 200 || status > 299) {
        throw new WebhookNotTaken({ eventId, status })
      }
    },
  })
  return {
    jobs: [post],
    subscriptions: events.map(({ name, version }) => ({
      event: { name, version },
      consumer: 'webhooks.number',
      async handle({ repos }: Scope, { id: eventId }) {
        const sequence = await repos.webhookSequence.takeNext()
        // The key also keeps the event's row for as long as the job is there.
        await repos.jobs.enqueue(post, { eventId, sequence }, { dedupeKey: eventId })
      },
    })),
  }
}
