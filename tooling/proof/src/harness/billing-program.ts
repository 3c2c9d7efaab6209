/** A process of its own that works on the run of a tenant until nothing is left of it. */
import { setTimeout as wait } from 'node:timers/promises'
import { createPlatform } from '@gramkit/core'
import { VirtualClock } from '@gramkit/core/kernel'
import { brokenPricing } from './broken-pricing.ts'

const [databaseUrl = '', tenantId = '', now = ''] = process.argv.slice(2)
const clock = new VirtualClock(new Date(now))
await using platform = await createPlatform({
  ...{ databaseUrl, clock, poolSize: 2, billing: { pricingPlugIns: brokenPricing() } },
})
const { runs } = platform.services.billing.forTenant(tenantId)
const { id } = await runs.start()
for (let outcome = await runs.work(id); outcome !== 'over'; outcome = await runs.work(id)) {
  if (outcome === 'busy') await wait(20)
}
