import { addMs, isAppError } from '../../kernel/index.ts'
import { assertNoTransaction, type ServicesHost } from '../database/index.ts'
import { backoffMs, type DueWork, errorText, type JobsLogger } from '../jobs/index.ts'
import { DeliveryNotParked, UnknownProvider } from './inbox.errors.ts'
import type { InboxRepository, InboxRow } from './inbox.repository.ts'

/** What a provider sent. */
export interface Delivery {
  readonly provider: string
  /** What the provider repeats when it delivers the same thing again. */
  readonly key: string
  /** Any JSON value. */
  readonly body: unknown
}

/** A stored delivery, as its handler sees it. */
export interface InboxDelivery extends Delivery {
  readonly id: string
  readonly receivedAt: Date
}

/** Turns one provider's deliveries into their effect; every part of it may run again. */
export interface InboxHandler<Scope, Prepared = unknown> {
  readonly provider: string
  /** Names whose message it is, such as `telegram:42`, so that it can be forgotten. [nobody's] */
  senderOf?(body: unknown): string | undefined
  /** Calls the outside world before the transaction is opened; `done` when that was all. */
  prepare?(services: Scope, delivery: InboxDelivery): Promise<Prepared | 'done'>
  /** Runs inside the transaction that marks the delivery done, so its effect happens once. */
  apply(tx: Scope, delivery: InboxDelivery, prepared: Prepared): Promise<void>
}

/** Describes how a provider's deliveries are handled, whatever is prepared for them. */
export function defineInboxHandler<Scope, Prepared = void>(
  handler: InboxHandler<Scope, Prepared>,
): InboxHandler<Scope> {
  return handler
}

/** What inbox handlers' scopes must offer to the runtime. */
export interface InboxScope {
  readonly repos: { readonly inbox: InboxRepository }
}

/** What became of a delivery. */
export type DeliveryOutcome = 'done' | 'duplicate' | 'retrying' | 'parked'

/** How an inbox tries. */
export interface InboxOptions<Services> {
  readonly host: ServicesHost<Services>
  readonly handlers: readonly InboxHandler<Services>[]
  readonly logger: JobsLogger
  /**
   * Tries before a delivery is parked, about a day. One that fails because somebody else cannot be
   * reached is never parked; one that is itself invalid is parked at once. [40]
   */
  readonly attemptsMax?: number
  /** Wait after the first failure; doubles with each further one, up to an hour. [2 000] */
  readonly backoffMs?: number
  /** Time after which a delivery whose first try never ended is tried again. [30 000] */
  readonly graceMs?: number
}

const BATCH = 50
const RETRY_EVERY_MS = 2_000

/** Takes deliveries from outside: stored once, applied once, tried again, never forgotten. */
export class Inbox<Services extends InboxScope> {
  readonly #options: InboxOptions<Services>
  readonly #handlers: ReadonlyMap<string, InboxHandler<Services>>

  constructor(options: InboxOptions<Services>) {
    this.#options = options
    this.#handlers = new Map(options.handlers.map((handler) => [handler.provider, handler]))
  }

  /**
   * Stores a delivery and applies it.
   *
   * Rejects only when it could not be stored, so that the provider delivers again; any later
   * failure is kept with the row and repaired from there. A duplicate of a delivery that is not
   * done yet is one more try.
   */
  async receive({ provider, key, body }: Delivery): Promise<DeliveryOutcome> {
    assertNoTransaction('Inbox.receive')
    const { host, graceMs = 30_000 } = this.#options
    const handler = this.#handlers.get(provider)
    if (!handler) throw new UnknownProvider({ provider })
    const receivedAt = host.clock.now()
    const { row } = await host.services.repos.inbox.insertOnce({
      provider,
      key,
      body: JSON.stringify(body),
      sender: handler.senderOf?.(body) ?? null,
      receivedAt,
      nextAttemptAt: addMs(receivedAt, graceMs),
    })
    return row.status === 'done' ? 'duplicate' : this.#attempt(row)
  }

  /**
   * Tries a parked delivery again, with all its tries. What is done `beside` is done once, in the
   * transaction that takes the delivery back.
   *
   * @throws {@link NotFound}
   * @throws {@link DeliveryNotParked}
   */
  async replay(
    id: string,
    beside: (tx: Services) => Promise<void> = async () => {},
  ): Promise<DeliveryOutcome> {
    const { host } = this.#options
    const row = await host.transaction(async (tx) => {
      const revived = await tx.repos.inbox.unpark(id, host.clock.now())
      const found = await tx.repos.inbox.getById(id)
      if (!revived) throw new DeliveryNotParked({ deliveryId: id, status: found.status })
      await beside(tx)
      return found
    })
    return this.#attempt(row)
  }

  /** The scheduled work that tries failed and forgotten deliveries again. */
  retries(): DueWork<Services> {
    return {
      name: 'inbox.retry_due',
      everyMs: RETRY_EVERY_MS,
      nextDueAt: (services) => services.repos.inbox.nextAttemptAt(),
      runDue: async (services) => {
        const now = this.#options.host.clock.now()
        const ids = await services.repos.inbox.listDueIds(now, BATCH)
        for (const id of ids) {
          const row = await services.repos.inbox.getById(id)
          // Somebody else may have tried it since: then it waits again, or is done or parked.
          if (row.status === 'pending' && row.nextAttemptAt <= now) await this.#attempt(row)
        }
        return ids.length
      },
    }
  }

  async #attempt(row: InboxRow): Promise<DeliveryOutcome> {
    const { host } = this.#options
    try {
      const handler = this.#handlers.get(row.provider)
      if (!handler) throw new UnknownProvider({ provider: row.provider })
      const { id, provider, key, receivedAt } = row
      const body: unknown = JSON.parse(row.body)
      const delivery: InboxDelivery = { id, provider, key, receivedAt, body }
      const prepared: unknown = await handler.prepare?.(host.services, delivery)
      if (prepared === 'done') {
        const isOurs = await host.services.repos.inbox.markDone(id, host.clock.now())
        return isOurs ? 'done' : 'duplicate'
      }
      return await host.transaction(async (tx) => {
        // Waits for another try of the same delivery, which then has done it.
        if (!(await tx.repos.inbox.markDone(id, host.clock.now()))) return 'duplicate'
        await handler.apply(tx, delivery, prepared)
        return 'done'
      })
    } catch (error) {
      return this.#fail(row, error)
    }
  }

  async #fail(row: InboxRow, error: unknown): Promise<DeliveryOutcome> {
    const { host, logger, attemptsMax = 40, backoffMs: baseMs = 2_000 } = this.#options
    const at = host.clock.now()
    const failures = row.attempts + 1
    const isOutage = isAppError(error) && error.kind === 'unavailable'
    const isInvalid = isAppError(error) && error.kind === 'invalid'
    const isSpent = failures >= attemptsMax && !isOutage
    const isOver = isInvalid || isSpent || row.status === 'parked'
    const retryAt = isOver ? 'park' : addMs(at, backoffMs(baseMs, failures))
    const facts = { provider: row.provider, deliveryId: row.id, attempt: failures, err: error }
    try {
      await host.transaction((tx) =>
        tx.repos.inbox.markFailed(row, { error: errorText(error), at, retryAt }),
      )
      if (isOver) logger.error(facts, 'a delivery was parked: look into it, then replay it')
      else logger.warn(facts, 'a delivery will be tried again')
    } catch (cause) {
      // The row itself is safe and falls due by itself; only the count of this try is lost.
      logger.error({ ...facts, cause }, 'a failed delivery could not be counted')
    }
    return isOver ? 'parked' : 'retrying'
  }
}
