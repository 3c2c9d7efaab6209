import type { App } from '@gramkit/core'
import { followSharedClock } from '@gramkit/core/app'
import { openLaunchpad } from './launchpad.ts'
import { JOIN_PATH } from './pages.ts'

/** The launchpad, for the command line: `gramkit … --app @gramkit/launchpad`. */
export const gramkitApp: App = {
  migrations: [],
  path: JOIN_PATH,
  async open(config, logger) {
    const launchpad = await openLaunchpad({ ...config, roles: [], services: [] }, logger)
    await followSharedClock(config, launchpad.platform)
    return launchpad
  },
}
