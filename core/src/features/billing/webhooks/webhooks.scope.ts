import type { WebhookReach } from '../../../platform/webhooks/index.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { WebhookDeliveriesRepository } from './webhook-deliveries.repository.ts'
import type { WebhookEndpointsRepository } from './webhook-endpoints.repository.ts'

/** All that webhooks may touch. */
export interface WebhooksScope extends TenantScope<WebhooksScope> {
  readonly webhookReach: WebhookReach
  readonly repos: {
    readonly tenant: TenantRowRepository
    readonly webhookDeliveries: WebhookDeliveriesRepository
    readonly webhookEndpoints: WebhookEndpointsRepository
  }
}
