/**
 * Webhooks out: events posted to a server of one's own, signed as Standard Webhooks asks.
 *
 * @module
 */
export {
  postWebhook,
  readWebhookKey,
  type WebhookAnswer,
  type WebhookMessage,
  type WebhookReach,
  type WebhookTarget,
} from './standard-webhook.ts'
export { webhookAddressProblem } from './webhook-address.ts'
export { WebhookSequenceRepository } from './webhook-sequence.repository.ts'
export { webhookSequence } from './webhook-sequence.table.ts'
export { WebhookGone, WebhookNotTaken } from './webhooks.errors.ts'
export { type WebhooksOptions, webhooksOut } from './webhooks-out.ts'
