import type { Clock } from '../../kernel/index.ts'
import type { Database } from '../database/index.ts'
import { OutboxRepository } from '../outbox/index.ts'
import { JobsRepository } from './jobs.repository.ts'
import type { JobsLogger } from './logger.ts'
import { startLoop } from './loop.ts'
import { deliveriesOf, type EventSubscription } from './subscription.ts'
import type { JobTransport, Tick } from './transport.ts'

/** Events turned into jobs in one transaction. */
const EVENT_BATCH = 200
/** Jobs handed to the queue at once. */
const HANDOVER_BATCH = 200
/** Jobs that wait in the queue at the most. */
const IN_FLIGHT_MAX = 1_000
const LEADER_EVERY_MS = 5_000
/** The chore of keeping the queue's tickers in place. */
const TICKERS = 'tickers'

/** Turns the oldest events into one job for each consumer; says how many events. */
export async function relayEvents<Scope>(
  database: Database,
  subscriptions: readonly EventSubscription<Scope>[],
  clock: Clock,
): Promise<number> {
  return database.transaction(async (tx) => {
    const outbox = new OutboxRepository(tx)
    const events = await outbox.lockUnpublished(EVENT_BATCH)
    if (events.length === 0) return 0
    await new JobsRepository(tx).enqueueAll(deliveriesOf(subscriptions, events))
    await outbox.markPublished(
      events.map(({ id }) => id),
      clock.now(),
    )
    return events.length
  })
}

interface RelayOptions<Scope> {
  readonly database: Database
  readonly clock: Clock
  readonly transport: JobTransport
  readonly logger: JobsLogger
  readonly subscriptions: readonly EventSubscription<Scope>[]
  readonly names: readonly string[]
  readonly ticks: readonly Tick[]
  readonly pollMs: number
  readonly staleMs: number
  readonly holderId: string
}

/** Starts to hand events and jobs over, and keeps the queue's tickers in place; answers how to stop. */
export async function startRelay<Scope>(
  options: RelayOptions<Scope>,
): Promise<() => Promise<void>> {
  const { database, clock, transport, logger, pollMs } = options
  const relay = startLoop({
    everyMs: pollMs,
    async round() {
      const events = await relayEvents(database, options.subscriptions, clock)
      const jobs = await handOver(options)
      return events === EVENT_BATCH || jobs === HANDOVER_BATCH
    },
    onError: (error) => logger.warn({ err: error }, 'handing jobs over failed; trying again'),
  })
  const leader = startLoop({
    everyMs: LEADER_EVERY_MS,
    async round() {
      const jobs = new JobsRepository(database.executor)
      const isLeader = await jobs.lead(TICKERS, options.holderId, 3 * LEADER_EVERY_MS)
      if (isLeader) await transport.keepTicking(options.ticks)
      return false
    },
    onError: (error) => logger.warn({ err: error }, 'placing the tickers failed; trying again'),
  })
  const stop = async (): Promise<void> => {
    await Promise.all([relay.stop(), leader.stop()])
    await new JobsRepository(database.executor).resign(TICKERS, options.holderId)
  }
  try {
    const unlisten = await database.listen('gramkit_wake', () => relay.wake())
    return async () => {
      await unlisten()
      await stop()
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function handOver<Scope>(options: RelayOptions<Scope>): Promise<number> {
  const jobs = new JobsRepository(options.database.executor)
  const claimed = await jobs.claimForHandover({
    names: options.names,
    now: options.clock.now(),
    limit: HANDOVER_BATCH,
    staleMs: options.staleMs,
    inFlightMax: IN_FLIGHT_MAX,
  })
  if (claimed.length === 0) return 0
  try {
    await options.transport.send(claimed)
  } catch (error) {
    // Without this they would wait until they are stale.
    await jobs.releaseHandover(claimed.map(({ id }) => id))
    throw error
  }
  return claimed.length
}
