import {
  actorOf,
  adminSecurity,
  idParams,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import { type ByHand, type Referral, referralFloors, referralTiers } from '@gramkit/core/referrals'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { settingHttp } from '../settings.http.ts'
import { fullName, namesOf } from './names.ts'
import { referralWire, toReferralWire, treeNodeWire } from './referrals-wire.http.ts'

const route = { onRequest: requireAdmin } as const
const shared = { tags: ['referrals'], security: adminSecurity }
const reasonBody = z.strictObject({ reason: z.string().trim().min(1).max(500) })

/** Routes of administrators for referrals; register under `/api/referrals`. */
export function referralsAdminHttp({ platform }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  const { referrals } = services
  const byHand: Readonly<
    Record<string, { summary: string; act: (id: string, by: ByHand) => Promise<Referral> }>
  > = {
    freeze: {
      summary: 'Have a referral count for nothing',
      act: (id, by) => referrals.freeze(id, by),
    },
    unfreeze: {
      summary: 'Let a referral count again',
      act: (id, by) => referrals.unfreeze(id, by),
    },
    clawback: {
      summary: 'Take a referral back with what was given for it, once',
      act: (id, by) => referrals.clawBack(id, by),
    },
  }

  return async (app) => {
    app.get(
      '/tree',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Who brought whom',
          description:
            'Whom an entry brought, the newest first; without a root those whose inviters nobody ' +
            'brought.',
          querystring: pageQuery.extend({ root: z.uuid().optional() }),
          response: { 200: pageOf(treeNodeWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { root, limit, cursor } = query
        const { items, nextCursor } = await referrals.tree(root, { limit, cursor })
        const names = await namesOf(
          services,
          items.flatMap(({ referral: { inviterEntryId, inviteeEntryId } }) =>
            inviteeEntryId === null ? [inviterEntryId] : [inviterEntryId, inviteeEntryId],
          ),
        )
        const person = (entryId: string) => ({
          ...{ entry_id: entryId, who: fullName(names.get(entryId)) },
        })
        return {
          items: items.map(({ referral, brought, qualified }) => ({
            ...toReferralWire(referral),
            inviter: person(referral.inviterEntryId),
            invitee: referral.inviteeEntryId === null ? null : person(referral.inviteeEntryId),
            ...{ brought, qualified },
          })),
          nextCursor,
        }
      },
    )

    for (const [name, { summary, act }] of Object.entries(byHand)) {
      app.post(
        `/:id/${name}`,
        {
          ...route,
          schema: {
            ...shared,
            summary,
            params: idParams,
            body: reasonBody,
            response: { 200: referralWire, ...problemResponses },
          },
        },
        async (request) => {
          const by = { actor: actorOf(request), reason: request.body.reason }
          return toReferralWire(await act(request.params.id, by))
        },
      )
    }

    await app.register(settingHttp(services, { path: '/tiers', setting: referralTiers }))
    await app.register(settingHttp(services, { path: '/floors', setting: referralFloors }))
  }
}
