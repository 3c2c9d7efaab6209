import { addMs, type Clock } from '../../../kernel/index.ts'
import type { DueWork } from '../../../platform/jobs/index.ts'
import type { TenantsRepository } from '../tenants/tenants.repository.ts'
import { DELIVERIES_KEPT_MS } from './webhook-endpoint.ts'
import type { WebhooksService } from './webhooks.service.ts'

interface DueScope {
  readonly clock: Clock
  readonly billing: {
    forTenant(tenantId: string): {
      readonly webhooks: Pick<WebhooksService, 'sendDue' | 'forgetOver'>
    }
  }
  readonly repos: { readonly billingTenants: Pick<TenantsRepository, 'findNextDue' | 'listDue'> }
}

/**
 * Posts what is due, of all tenants at once. None waits for the receivers of another: it goes on until
 * the first batch of each is over.
 */
export const postDueWebhooks: DueWork<DueScope> = {
  name: 'billing.post_webhooks',
  everyMs: 2_000,
  nextDueAt: async ({ repos }) => (await repos.billingTenants.findNextDue('webhooks')) ?? null,
  async runDue({ clock, billing, repos }) {
    const tenants = await repos.billingTenants.listDue('webhooks', clock.now())
    let slow = tenants.length
    const turns = tenants.map(async (tenantId) => {
      const { webhooks } = billing.forTenant(tenantId)
      let sent = await webhooks.sendDue().finally(() => slow--)
      let count = sent
      while (sent > 0 && slow > 0) {
        sent = await webhooks.sendDue()
        count += sent
      }
      return count
    })
    const counts = await Promise.all(turns)
    return counts.reduce((sum, count) => sum + count, 0)
  },
}

/** Forgets deliveries that have been over for 30 days. */
export const forgetOldWebhooks: DueWork<DueScope> = {
  name: 'billing.forget_webhooks',
  everyMs: 600_000,
  async nextDueAt({ repos }) {
    const over = await repos.billingTenants.findNextDue('webhooks_over')
    return over ? addMs(over, DELIVERIES_KEPT_MS) : null
  },
  async runDue({ clock, billing, repos }) {
    const before = addMs(clock.now(), -DELIVERIES_KEPT_MS)
    let count = 0
    for (const tenantId of await repos.billingTenants.listDue('webhooks_over', before)) {
      count += await billing.forTenant(tenantId).webhooks.forgetOver()
    }
    return count
  },
}
