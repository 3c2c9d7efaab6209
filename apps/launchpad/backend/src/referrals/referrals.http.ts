import { limitByNetwork, problemResponses, userSecurity } from '@gramkit/core/http'
import { nextMilestone, type Reward } from '@gramkit/core/referrals'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { entryOfRequest } from '../waitlist/entry-of-request.ts'
import { emailWire, referralLink } from '../waitlist/waitlist-wire.http.ts'
import { entryOfPerson, requirePerson } from './entry-of-person.ts'
import { maskedName, namesOf } from './names.ts'
import {
  leadersWire,
  mineWire,
  openCodes,
  qualityWire,
  rewardInWords,
  toQualityWire,
  toReferralWire,
  toRewardsWire,
} from './referrals-wire.http.ts'

const tags = ['referrals']
const shared = { tags, security: userSecurity }
const LEADERS = 10
const SHOWN = 100
const LOOKS = { limit: 600, perMs: 60_000 }

/** Routes of people for referrals; register under `/api/referrals`. */
export function referralsHttp({ platform, joinUrl }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  const { referrals, rewards } = services
  const route = { onRequest: requirePerson(services) }
  const personOf = (request: FastifyRequest, email: string | undefined) =>
    entryOfPerson(request, services, email)
  const given = (earned: readonly Reward[]) => earned.flatMap(toRewardsWire)

  return async (app) => {
    app.post(
      '/share',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Name whom one wants to bring',
          description:
            'Who joins by that address without anybody’s link is then brought by the inviter. The ' +
            'answer is the same whether the address is known or not. Nothing is sent to it.',
          body: z.object({
            /** One’s own; an administrator names anybody’s. [one’s own] */
            inviter_email: emailWire.optional(),
            recipient_email: emailWire,
          }),
          response: {
            201: z.object({
              status: z.literal('success'),
              referral_id: z.uuid(),
              message: z.string(),
            }),
            ...problemResponses,
          },
        },
      },
      async (request, reply) => {
        const { inviter_email, recipient_email } = request.body
        const inviter = await personOf(request, inviter_email)
        const { id } = await referrals.share(inviter.id, recipient_email)
        reply.code(201)
        const message = 'Referral tracked successfully'
        return { status: 'success' as const, referral_id: id, message }
      },
    )

    app.post(
      '/earn',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Turn what referrals are worth into codes',
          description:
            'Each code lets one person in within 30 days. Asked again it answers the same codes.',
          body: z.object({
            /** One’s own; an administrator names anybody’s. [one’s own] */
            user_email: emailWire.optional(),
          }),
          response: {
            200: z.object({
              earned: z.boolean(),
              codes_available: z.int(),
              message: z.string(),
              codes: z.array(z.string()),
            }),
            ...problemResponses,
          },
        },
      },
      async (request) => {
        const { id } = await personOf(request, request.body.user_email)
        const { rewards: granted, codes, unminted } = await rewards.earn(id)
        const earned = granted.reduce((sum, reward) => sum + reward.codes, 0)
        const open = openCodes(codes)
        return {
          earned: earned > 0,
          codes_available: open.length + Math.max(Number(unminted), 0),
          message:
            earned > 0 ? `You earned ${earned} invite codes` : 'Keep referring to earn codes',
          codes: open,
        }
      },
    )

    app.get(
      '/me',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Whom one brought, and what it is worth',
          response: { 200: mineWire, ...problemResponses },
        },
      },
      async (request) => {
        const entry = await entryOfRequest(request, services)
        const { items } = await referrals.list(entry.id, { limit: SHOWN })
        const names = await namesOf(
          services,
          items.flatMap(({ inviteeEntryId }) => inviteeEntryId ?? []),
        )
        const standing = await rewards.standing(entry.id)
        const { rewards: granted, codes, unminted } = await rewards.earnings(entry.id)
        const next = nextMilestone(standing.tiers, standing.qualified)
        return {
          link: referralLink(joinUrl, entry),
          referrals: items.map((item) => ({
            ...toReferralWire(item),
            who: maskedName(
              names.get(item.inviteeEntryId ?? '') ?? {
                email: item.recipientEmail,
                telegram: null,
              },
            ),
          })),
          qualified_count: standing.qualified,
          quality: toQualityWire(standing),
          rewards: given(granted),
          next_milestone: next
            ? {
                at: next.reward.threshold,
                missing: next.missing,
                reward: rewardInWords(next.reward),
                rewards: toRewardsWire(next.reward),
              }
            : null,
          codes: openCodes(codes),
          codes_available: Math.max(Number(unminted), 0),
          rank: await referrals.rankOf(entry.id),
        }
      },
    )

    app.get(
      '/leaderboard',
      {
        onRequest: limitByNetwork('referrals.leaderboard', LOOKS),
        schema: {
          tags,
          summary: 'Who has brought the most; names are masked',
          response: { 200: leadersWire, ...problemResponses },
        },
      },
      async () => {
        const leaders = await referrals.leaderboard(LEADERS)
        const names = await namesOf(
          services,
          leaders.map(({ entryId }) => entryId),
        )
        return leaders.map(({ rank, entryId, qualified }) => ({
          ...{ rank, name: maskedName(names.get(entryId)), qualified },
        }))
      },
    )

    app.get(
      '/:email/quality',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'How good one’s referrals are',
          description: 'One’s own; an administrator names anybody’s.',
          params: z.object({ email: emailWire }),
          response: { 200: qualityWire, ...problemResponses },
        },
      },
      async (request) => {
        const { id } = await personOf(request, request.params.email)
        const standing = await rewards.standing(id)
        const { rewards: granted } = await rewards.earnings(id)
        return {
          referred_count: await referrals.countBrought(id),
          qualified_count: standing.qualified,
          ...toQualityWire(standing),
          rewards: given(granted),
        }
      },
    )
  }
}
