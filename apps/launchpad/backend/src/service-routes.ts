import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { launchInvitesHttp } from './invites/invites.http.ts'
import { launchInvitesAdminHttp } from './invites/invites-admin.http.ts'
import { qualityHttp } from './quality/quality.http.ts'
import { referralsHttp } from './referrals/referrals.http.ts'
import { referralsAdminHttp } from './referrals/referrals-admin.http.ts'
import type { ServiceRoutesOptions } from './service-options.ts'
import type { Service } from './variables.ts'
import { analyticsHttp } from './waitlist/analytics.http.ts'
import { experimentsHttp } from './waitlist/experiments.http.ts'
import { waitlistHttp } from './waitlist/waitlist.http.ts'
import { waitlistAdminHttp } from './waitlist/waitlist-admin.http.ts'

/** The routes of each service, which lie below `/api/<name>`. */
export function serviceRoutes(
  options: ServiceRoutesOptions,
): Readonly<Record<Service, readonly FastifyPluginAsyncZod[]>> {
  return {
    waitlist: [
      waitlistHttp(options),
      waitlistAdminHttp(options),
      experimentsHttp(options),
      analyticsHttp(options),
    ],
    invites: [launchInvitesHttp(options), launchInvitesAdminHttp(options)],
    referrals: [referralsHttp(options), referralsAdminHttp(options)],
    quality: [qualityHttp(options)],
  }
}
