import { type Served, type ServeOptions, serveApp } from '@gramkit/core/app'
import { observeBilling } from '@gramkit/core/billing'
import type { Config } from '@gramkit/core/config'
import { type Billing, openBilling } from './billing.ts'
import { BILLING_PATH } from './pages.ts'

/** Billing that listens. */
export type ServedBilling = Served<Billing>

/** Starts billing: opens it, listens, and begins the roles of this process. */
export function serveBilling(config: Config, options: ServeOptions = {}): Promise<ServedBilling> {
  return serveApp(config, {
    ...options,
    api: { title: 'gramkit billing', version: '1.0.0', path: BILLING_PATH },
    open: openBilling,
    observe: (metrics, { platform }) => observeBilling(metrics, platform.services),
  })
}
