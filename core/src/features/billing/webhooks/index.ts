/**
 * What the servers of tenants are told.
 *
 * @module
 */
export {
  billingWebhookAttempt,
  billingWebhookDelivery,
  billingWebhookEndpoint,
} from './webhook.table.ts'
export { WebhookDeliveriesRepository } from './webhook-deliveries.repository.ts'
export {
  ATTEMPT_PROBLEMS,
  DELIVERY_STATES,
  type DeliveryFilter,
  type DeliveryState,
  DISABLED_REASONS,
  endpointFields,
  WEBHOOK_EVENTS,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointInput,
} from './webhook-endpoint.ts'
export { WebhookEndpointsRepository } from './webhook-endpoints.repository.ts'
export { TooManyWebhookEndpoints, WebhookEndpointDisabled } from './webhooks.errors.ts'
export { forgetOldWebhooks, postDueWebhooks } from './webhooks.jobs.ts'
export type { WebhooksScope } from './webhooks.scope.ts'
export { type WebhookDeliveryView, WebhooksService } from './webhooks.service.ts'
