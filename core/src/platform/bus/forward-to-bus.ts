import { z } from 'zod'
import {
  defineJob,
  type EventSubscription,
  type Job,
  type JobsRepository,
  subscribe,
} from '../jobs/index.ts'
import type { EventDefinition } from '../outbox/index.ts'
import type { EventBus } from './event-bus.ts'

interface ForwardScope {
  readonly repos: { readonly jobs: Pick<JobsRepository, 'enqueue'> }
}

const forwarded = z.object({
  id: z.uuid(),
  name: z.string(),
  version: z.number(),
  occurredAt: z.iso.datetime(),
  subjectId: z.string(),
  userId: z.uuid().nullable(),
  payload: z.json(),
})

/**
 * Makes what hands events of the outbox on to a bus: give both to `startJobs`. Each event reaches
 * the bus after its transaction is committed, at least once, those of a subject in order; while the
 * bus is away they wait, and are tried at least every hour.
 *
 * @example
 * const forward = forwardToBus(bus, [invitationUsed])
 * await startJobs({ …, jobs: forward.jobs, subscriptions: forward.subscriptions })
 */
export function forwardToBus<Scope extends ForwardScope>(
  bus: Pick<EventBus, 'publish'>,
  events: readonly EventDefinition[],
): {
  readonly jobs: readonly Job<Scope>[]
  readonly subscriptions: readonly EventSubscription<Scope>[]
} {
  const publish = defineJob({
    name: 'bus.publish',
    schema: forwarded,
    // However long the bus is away: tried every hour in the end, this is more than a year.
    attemptsMax: 10_000,
    timeoutMs: 10_000,
    async runOutside(_services: Scope, { occurredAt, ...event }) {
      await bus.publish({ ...event, occurredAt: new Date(occurredAt) })
    },
  })
  const subscriptions = events.map((event) =>
    subscribe({
      event,
      consumer: 'bus.forward',
      async handle(tx: Scope, happened) {
        const facts = forwarded.parse({
          ...happened,
          occurredAt: happened.occurredAt.toISOString(),
        })
        await tx.repos.jobs.enqueue(publish, facts, {
          orderKey: `${publish.name}:${happened.subjectId}`,
          dedupeKey: happened.id,
        })
      },
    }),
  )
  return { jobs: [publish], subscriptions }
}
