import { z } from 'zod'
import { assert } from '../../kernel/index.ts'
import type { DomainEvent, EventDefinition } from '../outbox/index.ts'
import type { Job } from './job.ts'

/** Who wants to hear of an event, and what they do about it. */
export interface EventSubscription<Scope> {
  readonly event: { readonly name: string; readonly version: number }
  readonly consumer: string
  readonly handle: (tx: Scope, event: DomainEvent) => Promise<void>
}

const storedEvent = z.object({
  id: z.uuid(),
  name: z.string(),
  version: z.number(),
  occurredAt: z.coerce.date(),
  subjectId: z.string(),
  userId: z.uuid().nullable(),
  payload: z.unknown(),
})

const ATTEMPTS_MAX = 20
const TIMEOUT_MS = 30_000
const BACKOFF_MS = 1_000

/**
 * Subscribes a consumer to an event.
 *
 * The handler runs inside the transaction that marks the delivery done, so its effect happens
 * once. A consumer may subscribe to several events, and gets those of one subject in order.
 *
 * @example
 * const activate = subscribe({
 *   event: paymentSucceeded,
 *   consumer: 'subscriptions.activate',
 *   handle: async (tx: ActivateScope, { payload }) => tx.subscriptions.activate(payload.paymentId),
 * })
 */
export function subscribe<Scope, Payload>(options: {
  readonly event: EventDefinition<Payload>
  /** `<feature>.<imperative>`; also the name of the job that delivers. */
  readonly consumer: string
  readonly handle: (tx: Scope, event: DomainEvent<Payload>) => Promise<void>
}): EventSubscription<Scope> {
  const { event, consumer, handle } = options
  return {
    event,
    consumer,
    handle: (tx, stored) => handle(tx, { ...stored, payload: event.schema.parse(stored.payload) }),
  }
}

/** Makes the jobs that deliver events, one for each consumer. */
export function deliveryJobs<Scope>(
  subscriptions: readonly EventSubscription<Scope>[],
): Job<Scope>[] {
  const consumers = Map.groupBy(subscriptions, ({ consumer }) => consumer)
  return [...consumers].map(([name, wanted]) => ({
    name,
    attemptsMax: ATTEMPTS_MAX,
    timeoutMs: TIMEOUT_MS,
    backoffMs: BACKOFF_MS,
    async run(tx, payload) {
      const event = storedEvent.parse(payload)
      const subscription = wanted.find((candidate) => isAbout(candidate, event))
      assert(subscription, `${name} no longer listens to ${event.name} version ${event.version}`)
      await subscription.handle(tx, event)
    },
  }))
}

/** Makes the rows of the jobs that deliver some events, in the order of the events. */
export function deliveriesOf<Scope>(
  subscriptions: readonly EventSubscription<Scope>[],
  events: readonly DomainEvent[],
) {
  return events.flatMap((event) =>
    subscriptions
      .filter((subscription) => isAbout(subscription, event))
      .map(({ consumer }) => ({
        name: consumer,
        payload: toStored(event),
        attemptsMax: ATTEMPTS_MAX,
        orderKey: `${consumer}:${event.subjectId}`,
        dedupeKey: event.id,
      })),
  )
}

/** Names every field, as the event may be a row with columns that are nobody's business. */
function toStored({ id, name, version, occurredAt, subjectId, userId, payload }: DomainEvent) {
  return { id, name, version, occurredAt: occurredAt.toISOString(), subjectId, userId, payload }
}

function isAbout(
  { event }: EventSubscription<never>,
  { name, version }: Pick<DomainEvent, 'name' | 'version'>,
): boolean {
  return event.name === name && event.version === version
}
