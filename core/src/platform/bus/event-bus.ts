import type { DomainEvent, EventDefinition } from '../outbox/index.ts'

/** What is done about an event; one that gives a promise is waited for. */
export type EventHandler<Payload> = (event: DomainEvent<Payload>) => unknown

/** Told of what failed: the name of the subscription, and the event where it is known. */
export type HandlerErrors = (
  error: unknown,
  about: { readonly name: string; readonly eventId?: string },
) => void

/**
 * Carries events to whoever wants to hear of them, inside one process or between many.
 *
 * At least once: dedupe on `event.id` where that matters. A handler that fails keeps neither the
 * publisher nor other handlers from theirs. A bus may lose what was published while it was away:
 * where an event must not be lost, subscribe to the outbox instead.
 */
export interface EventBus extends AsyncDisposable {
  /** @throws {@link BusUnavailable} at once: an event never waits in the process. */
  publish(event: DomainEvent): Promise<void>
  /**
   * Calls back for each event of a kind that is published from now on, until the returned function
   * is called. Those of one name share the work: each event goes to one of them.
   *
   * @throws {@link BusUnavailable}
   */
  subscribe<Payload>(
    event: EventDefinition<Payload>,
    handle: EventHandler<Payload>,
    options: { readonly name: string },
  ): Promise<() => Promise<void>>
  close(): Promise<void>
}
