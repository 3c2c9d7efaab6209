/**
 * The launchpad, for whoever runs it.
 *
 * @module
 */
export { type LaunchpadConfig, loadLaunchpadConfig } from './config.ts'
export { forward } from './gateway/forward.ts'
export { gramkitApp } from './gramkit-app.ts'
export { type Launchpad, openLaunchpad } from './launchpad.ts'
export { migrateLaunchpad } from './migrations.ts'
export { JOIN_PATH, PAGES_FOLDER } from './pages.ts'
export { type ServedLaunchpad, serveLaunchpad } from './serve.ts'
export { LaunchpadServices } from './services.ts'
export { SERVICES } from './variables.ts'
