import type { z } from 'zod'
import { newId } from '../../kernel/index.ts'

/** A fact in the past tense, as every consumer sees it. */
export interface DomainEvent<Payload = unknown> {
  /** Dedupe on this: the same event may be delivered more than once. */
  readonly id: string
  readonly name: string
  readonly version: number
  readonly occurredAt: Date
  /** What the fact is about; each consumer gets the facts of one subject in order. */
  readonly subjectId: string
  /** Whose screen may change because of it. */
  readonly userId: string | null
  readonly payload: Payload
}

/** The named facts that make one event. */
export interface EventFacts<Payload> {
  readonly occurredAt: Date
  readonly subjectId: string
  /** Whose screen may change because of it. [null] */
  readonly userId?: string | null
  readonly payload: Payload
}

/** One kind of event: its entry in the catalogue and the way to make one. */
export interface EventDefinition<Payload = unknown> {
  readonly name: string
  readonly version: number
  /** Of plain JSON values: ids, reasons, amounts as decimal strings; never whole rows. */
  readonly schema: z.ZodType<Payload>
  /** Makes an event for `tx.repos.outbox.add`. */
  create(facts: EventFacts<Payload>): DomainEvent<Payload>
}

/**
 * Describes a kind of event; a change of meaning is a new version.
 *
 * @example
 * const paymentSucceeded = defineEvent('payment.succeeded', {
 *   version: 1,
 *   schema: z.object({ paymentId: z.uuid(), amount: z.string() }),
 * })
 */
export function defineEvent<Payload>(
  name: string,
  { version, schema }: { readonly version: number; readonly schema: z.ZodType<Payload> },
): EventDefinition<Payload> {
  return {
    name,
    version,
    schema,
    create({ occurredAt, subjectId, userId = null, payload }) {
      // Checked here so that a payload that breaks its schema fails where it was made.
      const checked = schema.parse(payload)
      return { id: newId(), name, version, occurredAt, subjectId, userId, payload: checked }
    },
  }
}
