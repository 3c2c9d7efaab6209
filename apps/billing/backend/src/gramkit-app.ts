import type { App } from '@gramkit/core'
import { followSharedClock } from '@gramkit/core/app'
import { openBilling } from './billing.ts'
import { BILLING_PATH } from './pages.ts'

/** Billing, for the command line: `gramkit … --app @gramkit/billing-backend`. */
export const gramkitApp: App = {
  migrations: [],
  path: BILLING_PATH,
  async open(config, logger) {
    const billing = await openBilling({ ...config, roles: [] }, logger)
    await followSharedClock(config, billing.platform)
    return billing
  },
}
