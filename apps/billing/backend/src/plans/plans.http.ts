import { CYCLES, chargesField, planFields, planTerms } from '@gramkit/core/billing'
import {
  amountWire,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
} from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, changesOf, describedAs } from '../wire.ts'

const plan = {
  id: z.uuid(),
  code: z.string(),
  name: z.string(),
  description: z.string(),
  /** Since when nobody begins it any more. */
  archivedAt: instantWire.nullable(),
  createdAt: instantWire,
  updatedAt: instantWire,
}
const planWire = z.object(plan).meta({ id: 'Plan' })

const planVersionWire = z
  .object({
    id: z.uuid(),
    planId: z.uuid(),
    number: z.int(),
    currency: z.enum(CURRENCIES),
    cycle: z.enum(CYCLES),
    trialDays: z.int(),
    setupFee: amountWire,
    charges: chargesField.readonly().meta(describedAs(chargesField)),
    publishedAt: instantWire.nullable(),
    createdAt: instantWire,
  })
  .meta({ id: 'PlanVersion' })

const planViewWire = z
  .object({ ...plan, current: planVersionWire.nullable(), draft: planVersionWire.nullable() })
  .meta({ id: 'PlanWithVersions' })

const terms = planTerms.extend({ charges: chargesField })
const readTerms = { setupFee: amountWire.optional() }
const newPlan = z.strictObject({ ...planFields.shape, ...terms.shape })

const tags = ['plans']
const versions = z.object({ items: z.array(planVersionWire) })

/** Routes for what a tenant sells. */
export const plansHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/plans',
    withScope('plans:read', {
      tags,
      summary: 'Plans that can be begun, or all, oldest first',
      querystring: pageQuery.extend({ which: z.enum(['live', 'all']).optional() }),
      response: { 200: pageOf(planWire), ...problemResponses },
    }),
    (request) => {
      const { which, ...page } = request.query
      return billingOf(request).plans.list({ which }, page)
    },
  )

  app.post(
    '/plans',
    withScope('plans:write', {
      tags,
      headers: takesKey,
      summary: 'Makes a plan, with its first version as a draft',
      body: bodyOf(newPlan, readTerms),
      response: { 201: planViewWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).plans.create(request.body),
      ),
  )

  app.get(
    '/plans/:id',
    withScope('plans:read', {
      tags,
      summary: 'A plan, with what it costs now and what it may cost next',
      params: idParams,
      response: { 200: planViewWire, ...problemResponses },
    }),
    (request) => billingOf(request).plans.get(request.params.id),
  )

  app.patch(
    '/plans/:id',
    withScope('plans:write', {
      tags,
      headers: takesKey,
      summary: 'Changes what a plan is called',
      params: idParams,
      body: changesOf(planFields),
      response: { 200: planWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).plans.rename(request.params.id, request.body),
      ),
  )

  app.put(
    '/plans/:id/draft',
    withScope('plans:write', {
      tags,
      headers: takesKey,
      summary: 'Writes what the plan shall cost next',
      params: idParams,
      body: bodyOf(terms, readTerms),
      response: { 200: planVersionWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).plans.draft(request.params.id, request.body),
      ),
  )

  app.post(
    '/plans/:id/publish',
    withScope('plans:write', {
      tags,
      headers: takesKey,
      summary: 'Makes the draft what the plan costs for whoever begins it from now on',
      params: idParams,
      response: { 200: planVersionWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).plans.publish(request.params.id),
      ),
  )

  app.post(
    '/plans/:id/archive',
    withScope('plans:write', {
      tags,
      headers: takesKey,
      summary: 'Lets nobody begin a plan any more; who has it keeps it',
      params: idParams,
      response: { 200: planWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).plans.archive(request.params.id),
      ),
  )

  app.get(
    '/plans/:id/versions',
    withScope('plans:read', {
      tags,
      summary: 'All versions of a plan, the newest first',
      params: idParams,
      response: { 200: versions, ...problemResponses },
    }),
    async (request) => {
      const { plans } = billingOf(request)
      const { id } = await plans.get(request.params.id)
      return { items: await plans.listVersions(id) }
    },
  )

  app.get(
    '/plan-versions/:id',
    withScope('plans:read', {
      tags,
      summary: 'One version, as those who have it keep it',
      params: idParams,
      response: { 200: planVersionWire, ...problemResponses },
    }),
    (request) => billingOf(request).plans.getVersion(request.params.id),
  )
}
