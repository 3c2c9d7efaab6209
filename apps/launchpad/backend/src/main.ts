/**
 * Runs the launchpad in the roles of `GRAMKIT_ROLES`, with the services of
 * `GRAMKIT_LAUNCHPAD_SERVICES`, configured by the environment.
 *
 * @module
 */
import { runProcess } from '@gramkit/core/app'
import { loadLaunchpadConfig } from './config.ts'
import { serveLaunchpad } from './serve.ts'

await runProcess(() => serveLaunchpad(loadLaunchpadConfig()))
