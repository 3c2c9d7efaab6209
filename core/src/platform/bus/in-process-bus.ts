import type { DomainEvent, EventDefinition } from '../outbox/index.ts'
import type { EventBus, EventHandler, HandlerErrors } from './event-bus.ts'

interface Subscription {
  readonly event: Pick<EventDefinition, 'name' | 'version'>
  readonly name: string
  readonly hear: (event: DomainEvent) => unknown
}

/** Carries events inside one process; `publish` waits until all handlers are through. */
export class InProcessBus implements EventBus {
  readonly #subscriptions = new Set<Subscription>()
  readonly #onError: HandlerErrors

  constructor(options: { readonly onError: HandlerErrors }) {
    this.#onError = options.onError
  }

  async publish(event: DomainEvent): Promise<void> {
    // The first of each name: its subscriptions share the work.
    const firsts = new Map<string, Subscription>()
    for (const subscription of this.#subscriptions) {
      const { name, version } = subscription.event
      const isWanted = name === event.name && version === event.version
      if (isWanted && !firsts.has(subscription.name)) firsts.set(subscription.name, subscription)
    }
    await Promise.all(
      [...firsts.values()].map(async ({ name, hear }) => {
        try {
          await hear(event)
        } catch (error) {
          this.#onError(error, { name, eventId: event.id })
        }
      }),
    )
  }

  async subscribe<Payload>(
    event: EventDefinition<Payload>,
    handle: EventHandler<Payload>,
    { name }: { readonly name: string },
  ): Promise<() => Promise<void>> {
    const subscription: Subscription = {
      event,
      name,
      hear: (heard) => handle({ ...heard, payload: event.schema.parse(heard.payload) }),
    }
    this.#subscriptions.add(subscription)
    return async () => {
      this.#subscriptions.delete(subscription)
    }
  }

  async close(): Promise<void> {
    this.#subscriptions.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
