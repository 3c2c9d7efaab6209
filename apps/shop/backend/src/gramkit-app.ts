import type { App } from '@gramkit/core'
import { followSharedClock } from '@gramkit/core/app'
import { SHOP_MIGRATIONS } from './migrations.ts'
import { openShop } from './shop.ts'

/** The shop, for the command line: `gramkit … --app @gramkit/shop`. */
export const gramkitApp: App = {
  migrations: [SHOP_MIGRATIONS],
  async open(config, logger) {
    const shop = await openShop({ ...config, roles: [] }, logger)
    await followSharedClock(config, shop.platform)
    return shop
  },
}
