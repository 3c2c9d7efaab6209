import { and, eq } from 'drizzle-orm'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingWebhookEndpoint } from './webhook.table.ts'
import type { DisabledReason } from './webhook-endpoint.ts'

/** An endpoint with its secrets. */
export type StoredEndpoint = typeof billingWebhookEndpoint.$inferSelect

/** Webhook endpoints of one tenant. */
export class WebhookEndpointsRepository extends TenantRepository<typeof billingWebhookEndpoint> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingWebhookEndpoint)
  }

  /** How many there are. */
  count(): Promise<number> {
    return this.db.$count(billingWebhookEndpoint, this.own())
  }

  /** Those that are on, with the events that they want; null for all. */
  listEnabled(): Promise<Pick<StoredEndpoint, 'id' | 'events'>[]> {
    const { id, events, isEnabled } = billingWebhookEndpoint
    return this.db
      .select({ id, events })
      .from(billingWebhookEndpoint)
      .where(this.own(eq(isEnabled, true)))
  }

  /** Turns an endpoint off; false when it was off, or is not there. */
  async disable(id: string, disabledReason: DisabledReason, updatedAt: Date): Promise<boolean> {
    const ofIt = and(eq(billingWebhookEndpoint.id, id), eq(billingWebhookEndpoint.isEnabled, true))
    const disabled = await this.db
      .update(billingWebhookEndpoint)
      .set({ isEnabled: false, disabledReason, updatedAt })
      .where(this.own(ofIt))
      .returning({ id: billingWebhookEndpoint.id })
    return disabled.length === 1
  }
}
