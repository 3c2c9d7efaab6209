import type { Clock } from '../../kernel/index.ts'
import type { Database } from '../database/index.ts'
import { OutboxRepository } from '../outbox/index.ts'
import { JobsRepository } from './jobs.repository.ts'
import { deliveriesOf, type EventSubscription } from './subscription.ts'

/** Events turned into jobs in one transaction. */
const BATCH = 200

/** Turns the oldest events into one job for each consumer; says how many events. */
export async function relayEvents<Scope>(
  database: Database,
  subscriptions: readonly EventSubscription<Scope>[],
  clock: Clock,
): Promise<number> {
  return database.transaction(async (tx) => {
    const outbox = new OutboxRepository(tx)
    const events = await outbox.lockUnpublished(BATCH)
    if (events.length === 0) return 0
    await new JobsRepository(tx).enqueueAll(deliveriesOf(subscriptions, events))
    await outbox.markPublished(
      events.map(({ id }) => id),
      clock.now(),
    )
    return events.length
  })
}
