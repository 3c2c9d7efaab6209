import { newId } from '../../../kernel/index.ts'
import type { BillingEvent } from '../billing.events.ts'
import { DELIVERY_ATTEMPTS_MAX } from './webhook-endpoint.ts'
import type { WebhooksScope } from './webhooks.scope.ts'

/**
 * Writes what endpoints are to hear of, in the transaction of the change. Where nobody wants to hear
 * it costs one question.
 */
export async function enqueueDeliveries(
  { clock, repos }: Pick<WebhooksScope, 'clock' | 'repos'>,
  events: readonly BillingEvent[],
): Promise<void> {
  if (events.length === 0) return
  const endpoints = await repos.webhookEndpoints.listEnabled()
  const now = clock.now()
  const begun = {
    ...({ state: 'pending', attempts: 0, attemptsMax: DELIVERY_ATTEMPTS_MAX } as const),
    ...{ dueAt: now, deliveredAt: null, createdAt: now, updatedAt: now },
  }
  const made = events.flatMap((event) => {
    const wanting = endpoints.filter(({ events: wanted }) => wanted?.includes(event.name) ?? true)
    if (wanting.length === 0) return []
    const body = bodyOf(event)
    return wanting.map(({ id: endpointId }) => ({
      ...{ ...begun, id: newId(), endpointId, eventId: event.id, event: event.name, body },
    }))
  })
  await repos.webhookDeliveries.insertAll(made)
}

/** The body that Standard Webhooks recommends. */
function bodyOf({ name, version, occurredAt, subjectId, payload }: BillingEvent): string {
  const timestamp = occurredAt.toISOString()
  return JSON.stringify({ type: name, version, timestamp, subject: subjectId, data: payload })
}
