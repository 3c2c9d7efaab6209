import { type Config, type Environment, loadConfig, readVariables } from '@gramkit/core/config'
import { launchpadVariables, type Service } from './variables.ts'

/** Everything the outside decides about a process of the launchpad. */
export interface LaunchpadConfig extends Config {
  /** Whose routes this process serves; with `waitlist` the pages and the routes of the kit too. */
  readonly services: readonly Service[]
}

/**
 * Reads the configuration from the environment, once.
 *
 * @throws {@link ConfigInvalid} naming every variable that is missing or malformed
 */
export function loadLaunchpadConfig(environment?: Environment): LaunchpadConfig {
  const { GRAMKIT_LAUNCHPAD_SERVICES: services } = readVariables(launchpadVariables, environment)
  return { ...loadConfig(environment), services }
}
