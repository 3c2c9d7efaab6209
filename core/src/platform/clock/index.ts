/**
 * A clock that a platform shares with the sandbox, so that a month passes for both at once.
 *
 * @module
 */
export {
  ClockTokenInvalid,
  joinSharedClock,
  SHARED_CLOCK_PATH,
  type Settled,
  type SharedClockOptions,
  sharedClockRoute,
} from './shared-clock.ts'
