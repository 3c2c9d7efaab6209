import { RUN_STATES, type RunPreview, runFields } from '@gramkit/core/billing'
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
import { bodyOf } from '../wire.ts'

const run = {
  id: z.uuid(),
  state: z.enum(RUN_STATES),
  asOf: instantWire,
  approvalThreshold: amountWire.nullable(),
  startedBy: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: instantWire.nullable(),
  completedAt: instantWire.nullable(),
  createdAt: instantWire,
  updatedAt: instantWire,
}
const runWire = z.object(run).meta({ id: 'Run' })
const runProgressWire = z
  .object({ ...run, invoices: z.int(), drafts: z.int(), due: z.int(), parked: z.int() })
  .meta({ id: 'RunProgress' })
const runPreviewWire = z
  .object({
    asOf: instantWire,
    invoices: z.int(),
    totals: z.array(z.object({ currency: z.enum(CURRENCIES), amount: amountWire })),
    parked: z.array(z.object({ subscriptionId: z.uuid(), reason: z.string() })).readonly(),
    needsApproval: z.boolean(),
  })
  .meta({ id: 'RunPreview' })

const runWorkWire = z.object({ outcome: z.enum(['worked', 'busy', 'waiting', 'over']) })

const threshold = bodyOf(runFields, {
  approvalThreshold: amountWire.nullable().optional(),
}).nullish()

const tags = ['runs']

/** Routes for billing what is due. */
export const runsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/runs',
    withScope('runs:read', {
      tags,
      summary: 'Runs, newest first',
      querystring: pageQuery,
      response: { 200: pageOf(runWire), ...problemResponses },
    }),
    (request) => billingOf(request).runs.list(request.query),
  )

  app.post(
    '/runs',
    withScope('runs:write', {
      tags,
      headers: takesKey,
      summary: 'Opens a run over what is due by now, or gives the one that is open',
      body: threshold,
      response: { 201: runWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).runs.start(request.body ?? {}),
      ),
  )

  app.post(
    '/runs/preview',
    withScope('runs:read', {
      tags,
      summary: 'Reckons what a run would bill now, and writes nothing',
      body: threshold,
      response: { 200: runPreviewWire, ...problemResponses },
    }),
    async (request) => toWire(await billingOf(request).runs.preview(request.body ?? {})),
  )

  app.get(
    '/runs/:id',
    withScope('runs:read', {
      tags,
      summary: 'A run and how far it is',
      params: idParams,
      response: { 200: runProgressWire, ...problemResponses },
    }),
    (request) => billingOf(request).runs.get(request.params.id),
  )

  app.post(
    '/runs/:id/approve',
    withScope('runs:write', {
      tags,
      headers: takesKey,
      summary: 'Lets a run that waits go on',
      params: idParams,
      response: { 200: runWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).runs.approve(request.params.id),
      ),
  )

  app.post(
    '/runs/:id/reject',
    withScope('runs:write', {
      tags,
      headers: takesKey,
      summary: 'Ends a run that waits; it has written nothing',
      params: idParams,
      response: { 200: runWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).runs.reject(request.params.id),
      ),
  )

  app.post(
    '/runs/:id/work',
    withScope('runs:write', {
      tags,
      summary: 'Does one batch of a run beside the workers, for somebody who waits',
      params: idParams,
      response: { 200: runWorkWire, ...problemResponses },
    }),
    async (request) => ({ outcome: await billingOf(request).runs.work(request.params.id) }),
  )
}

function toWire({ totals, ...preview }: RunPreview): z.output<typeof runPreviewWire> {
  return { ...preview, totals: [...totals].map(([currency, amount]) => ({ currency, amount })) }
}
