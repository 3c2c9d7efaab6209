import type { Activity } from './activity.ts'
import type { SandboxClock } from './clock/clock.ts'
import type { Deliveries } from './delivery/deliveries.ts'
import type { Faults } from './faults.ts'
import type { BotOptions, Limits, ShopOptions, StripeAccountOptions } from './options.ts'
import type { Store } from './store/store.ts'

/** What every part of the sandbox works with. */
export interface SandboxContext {
  readonly store: Store
  readonly clock: SandboxClock
  readonly activity: Activity
  readonly faults: Faults
  readonly deliveries: Deliveries
  readonly limits: Limits
  readonly bots: readonly BotOptions[]
  readonly shops: readonly ShopOptions[]
  readonly stripeAccounts: readonly StripeAccountOptions[]
  /** The origin under which browsers reach the sandbox. */
  publicUrl(): string
}
