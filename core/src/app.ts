/**
 * What every app does alike: its platform out of the configuration, the roles of one process, the
 * server that they listen on.
 *
 * @module
 */
import type { Config } from './platform/config/index.ts'
import type { MigrationSet } from './platform/database/index.ts'
import type { Inbox } from './platform/inbox/index.ts'
import type { Logger } from './platform/log/index.ts'
import type { Platform } from './platform.ts'
import type { CoreServices } from './services.ts'

export {
  configuredPlatform,
  followSharedClock,
  notificationChannels,
  paceOf,
} from './configured-platform.ts'
export { type PlayedRoles, playRoles, type Roles } from './play-roles.ts'
export { runProcess, type Served, type ServeOptions, serveApp } from './serve-app.ts'

/**
 * What tools such as the command line have to know of an app; its package exports one by the name
 * `gramkitApp`.
 *
 * @example
 * export const gramkitApp: App = {
 *   migrations: [{ schema: 'shop', folder }],
 *   open: (config, logger) => openShop(config, logger),
 * }
 */
export interface App {
  /** The app's own migrations; core's come before them. */
  readonly migrations: readonly MigrationSet[]
  /** Where its webhooks are, before `/webhooks/telegram`. [the root] */
  readonly path?: string
  /** Opens the app without serving anything and without working on anything. */
  open(config: Config, logger: Logger): Promise<OpenApp>
}

/** An app that is open, as far as tools use it. */
export interface OpenApp {
  readonly platform: Platform<unknown>
  readonly inbox: Inbox<CoreServices>
  close(): Promise<void>
}
