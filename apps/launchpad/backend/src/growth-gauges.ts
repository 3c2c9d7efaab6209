import type { Metrics } from '@gramkit/core/metrics'
import type { LaunchpadServices } from './services.ts'

const HELP = {
  gramkit_waitlist_waiting: 'People who wait',
  gramkit_waitlist_joined_day: 'People who joined the waitlist within 24 hours',
  gramkit_invites_redemption_ratio: 'Share of the invitations of 30 days that were redeemed',
  gramkit_referrals_conversion_ratio: 'Share of the referrals of 30 days that signed up',
  gramkit_quality_trust: 'How far the growth can be trusted, 0 to 1',
  gramkit_quality_batch_factor: 'The part of a batch that the gate lets out: 0, 0.5 or 1',
  gramkit_quality_open_alerts: 'Alerts that are not resolved',
} as const

/** Adds what monitoring watches of a launch to `/metrics`; what nobody is there for is NaN. */
export function observeGrowth(
  metrics: Pick<Metrics, 'observeGauges'>,
  { growth, quality, repos }: Pick<LaunchpadServices, 'growth' | 'quality' | 'repos'>,
): void {
  metrics.observeGauges(HELP, async () => {
    const { waiting, joinedToday, redemptionRate, referralConversion } = await growth.gauges()
    const { gate, trust } = await quality.standing()
    return {
      gramkit_waitlist_waiting: waiting,
      gramkit_waitlist_joined_day: joinedToday,
      gramkit_invites_redemption_ratio: redemptionRate,
      gramkit_referrals_conversion_ratio: referralConversion,
      gramkit_quality_trust: trust,
      gramkit_quality_batch_factor: gate.batchFactor,
      gramkit_quality_open_alerts: (await repos.alerts.listOpen()).length,
    }
  })
}
