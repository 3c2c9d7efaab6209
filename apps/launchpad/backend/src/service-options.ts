import type { Platform } from '@gramkit/core'
import type { LaunchpadServices } from './services.ts'

/** What the routes of the services stand on. */
export interface ServiceRoutesOptions {
  readonly platform: Platform<LaunchpadServices>
  /** Address of the join page; a referral code is added to it. */
  readonly joinUrl: string
}
