import { API_SCOPES, ApiKeyInvalid, type BillingService } from '@gramkit/core/billing'
import { NotFound } from '@gramkit/core/kernel'

/**
 * Makes the tenant to try billing with, unless it is there, and gives a key that may do everything: the
 * one it is given, while that works.
 */
export async function ensureDemo(
  billing: BillingService,
  demo: { readonly tenantId: string; readonly apiKey?: string | undefined },
): Promise<string> {
  const tenant = billing.forTenant(demo.tenantId)
  try {
    await tenant.tenant.get()
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    await billing.createTenant({
      ...{ id: demo.tenantId, code: 'DEMO', name: 'Northwind Software' },
      ...{ company: 'Northwind Software GmbH', address: ['Lindenstraße 5', '10969 Berlin'] },
      ...{ country: 'DE', currency: 'EUR', timeZone: 'Europe/Berlin', paymentTermsDays: 14 },
    })
  }
  if (demo.apiKey !== undefined && (await works(billing, demo.apiKey))) return demo.apiKey
  const { key } = await tenant.apiKeys.create({ name: 'Demo', scopes: [...API_SCOPES] })
  return key
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
