import { type Served, type ServeOptions, serveApp } from '@gramkit/core/app'
import type { LaunchpadConfig } from './config.ts'
import { observeGrowth } from './growth-gauges.ts'
import { type Launchpad, nameOf, openLaunchpad } from './launchpad.ts'

/** A launchpad that listens. */
export type ServedLaunchpad = Served<Launchpad>

/** Starts a launchpad: opens it, listens, and begins the roles of this process. */
export function serveLaunchpad(
  config: LaunchpadConfig,
  options: ServeOptions = {},
): Promise<ServedLaunchpad> {
  return serveApp(config, {
    ...options,
    api: { title: 'gramkit launchpad', version: '1.0.0' },
    service: nameOf(config.services),
    open: (_config, logger) => openLaunchpad(config, logger),
    observe: (metrics, { platform }) => observeGrowth(metrics, platform.services),
  })
}
