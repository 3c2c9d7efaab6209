/**
 * A clock that a platform shares with the sandbox, so that a month passes for both at once.
 *
 * @module
 */
export {
  ClockTokenInvalid,
  joinSharedClock,
  readSharedClock,
  type Settled,
  SHARED_CLOCK_PATH,
  type SharedClockOptions,
  sharedClockRoute,
} from './shared-clock.ts'
