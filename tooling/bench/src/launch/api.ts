/** One API process of the launchpad, as P14 measures it. */
import { loadLaunchpadConfig, serveLaunchpad } from '@gramkit/launchpad'

await serveLaunchpad(loadLaunchpadConfig())
process.send?.('listening')
