import type { App } from '@gramkit/core'
import { readSharedClock } from '@gramkit/core/clock'
import { VirtualClock } from '@gramkit/core/kernel'
import { SHOP_MIGRATIONS } from './migrations.ts'
import { openShop } from './shop.ts'

/** The shop, for the command line: `gramkit … --app @gramkit/shop`. */
export const gramkitApp: App = {
  migrations: [SHOP_MIGRATIONS],
  async open(config, logger) {
    const shop = await openShop({ ...config, roles: [] }, logger)
    const { clock } = shop.platform
    if (clock instanceof VirtualClock && config.devClockUrl) {
      await readSharedClock({ clockUrl: config.devClockUrl, clock })
    }
    return shop
  },
}
