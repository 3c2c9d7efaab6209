import { createPlatform } from '@gramkit/core'
import { API_SCOPES, ApiKeyInvalid, type BillingService } from '@gramkit/core/billing'
import { NotFound, VirtualClock } from '@gramkit/core/kernel'
import { SELLER } from './demo-catalogue.ts'
import { halfMonths, liveThrough } from './demo-months.ts'

/** What the demo is made of. */
export interface DemoOptions {
  /** PostgreSQL, as the application's own role. */
  readonly databaseUrl: string
  /** What the tenant is called by the app. */
  readonly tenantId: string
  /** The key that was given the last time. [none] */
  readonly apiKey?: string | undefined
}

/**
 * Makes the tenant to try billing with, unless it is there, and gives a key that may do everything: the
 * one it is given, while that works. The tenant has some months behind it: it is made by the services,
 * on a clock that begins in the past, in one transaction.
 */
export async function ensureDemo(
  billing: BillingService,
  { databaseUrl, tenantId, apiKey }: DemoOptions,
  now: Date,
): Promise<string> {
  const { tenant, apiKeys } = billing.forTenant(tenantId)
  try {
    await tenant.get()
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    await makeDemo({ databaseUrl, tenantId }, now)
  }
  if (apiKey !== undefined && (await works(billing, apiKey))) return apiKey
  const { key } = await apiKeys.create({ name: 'Demo', scopes: [...API_SCOPES] })
  return key
}

async function makeDemo(
  { databaseUrl, tenantId }: Pick<DemoOptions, 'databaseUrl' | 'tenantId'>,
  now: Date,
): Promise<void> {
  const [begin = now] = halfMonths(now)
  const clock = new VirtualClock(begin)
  await using platform = await createPlatform({ databaseUrl, poolSize: 1, clock })
  await platform.transaction(async ({ billing }) => {
    await billing.createTenant({ ...SELLER, address: [...SELLER.address], id: tenantId })
    await liveThrough(billing.forTenant(tenantId), { clock, now })
  })
}

async function works(billing: BillingService, apiKey: string): Promise<boolean> {
  try {
    await billing.authenticate(apiKey)
    return true
  } catch (error) {
    if (error instanceof ApiKeyInvalid) return false
    throw error
  }
}
