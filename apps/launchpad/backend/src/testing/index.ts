/**
 * A launchpad that runs, for tests and proofs of other packages.
 *
 * @module
 */
export {
  ADMIN_TOKEN,
  launchpadAccounts,
  launchpadVariables,
  type RunningLaunchpad,
  startRunningLaunchpad,
} from './running-launchpad.ts'
