/**
 * Domain events, written in the transaction of the change and handed on by the relay.
 *
 * @module
 */
export {
  type DomainEvent,
  defineEvent,
  type EventDefinition,
  type EventFacts,
} from './event.ts'
export { OutboxRepository, type OutboxRow } from './outbox.repository.ts'
export { outboxEvent } from './outbox.table.ts'
