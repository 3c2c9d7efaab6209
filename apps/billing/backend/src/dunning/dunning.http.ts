import {
  DECLINE_CLASSES,
  DUNNING_ENDS,
  DUNNING_STATES,
  DUNNING_STEPS,
  dunningPolicyFields,
  lateFeePolicyFields,
} from '@gramkit/core/billing'
import { amountWire, idParams, instantWire, problemResponses } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { changesOf, dayWire } from '../wire.ts'

const dunningPolicyWire = z
  .object({ days: z.array(z.int()), endDay: z.int(), end: z.enum(DUNNING_ENDS) })
  .meta({ id: 'DunningPolicy' })

const dunningWire = z
  .object({
    invoiceId: z.uuid(),
    state: z.enum(DUNNING_STATES),
    declineClass: z.enum(DECLINE_CLASSES).nullable(),
    openedAt: instantWire,
    /** When something is done next; null when nothing is. */
    dueAt: instantWire.nullable(),
    ended: z.enum(DUNNING_ENDS).nullable(),
    steps: z
      .array(z.object({ number: z.int(), kind: z.enum(DUNNING_STEPS), at: instantWire }))
      .readonly(),
  })
  .meta({ id: 'Dunning' })

const lateFeePolicyWire = z
  .object({
    fee: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('percent'), rate: z.string() }),
        z.object({
          kind: z.literal('flat'),
          amounts: z.partialRecord(z.enum(CURRENCIES), amountWire),
        }),
      ])
      .nullable(),
    graceDays: z.int(),
    everyDays: z.int(),
  })
  .meta({ id: 'LateFeePolicy' })

const lateFeeWire = z
  .object({
    id: z.uuid(),
    invoiceId: z.uuid(),
    period: z.int(),
    fromOn: dayWire,
    untilOn: dayWire,
    owed: amountWire,
    amount: amountWire,
    /** The invoice that asks for it. */
    feeInvoiceId: z.uuid(),
    createdAt: instantWire,
  })
  .meta({ id: 'LateFee' })

const tags = ['dunning']

/** Routes for going after what nobody paid, and for what being late costs. */
export const dunningHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/dunning-policy',
    withScope('tenant:read', {
      tags,
      summary: 'On which days something is done about what nobody paid, and how it ends',
      response: { 200: dunningPolicyWire, ...problemResponses },
    }),
    (request) => billingOf(request).dunning.policy(),
  )

  app.patch(
    '/dunning-policy',
    withScope('tenant:write', {
      tags,
      headers: takesKey,
      summary: 'Changes how far the tenant goes, for steps that are not taken yet',
      body: changesOf(dunningPolicyFields),
      response: { 200: dunningPolicyWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).dunning.setPolicy(request.body),
      ),
  )

  app.get(
    '/invoices/:id/dunning',
    withScope('invoices:read', {
      tags,
      summary: 'How far it has gone with an invoice; null where nothing was ever to be done',
      params: idParams,
      response: { 200: z.object({ dunning: dunningWire.nullable() }), ...problemResponses },
    }),
    async (request) => ({
      dunning: (await billingOf(request).dunning.get(request.params.id)) ?? null,
    }),
  )

  app.get(
    '/late-fee-policy',
    withScope('tenant:read', {
      tags,
      summary: 'What is asked beside invoices that are paid late',
      response: { 200: lateFeePolicyWire, ...problemResponses },
    }),
    (request) => billingOf(request).lateFees.policy(),
  )

  app.patch(
    '/late-fee-policy',
    withScope('tenant:write', {
      tags,
      headers: takesKey,
      summary: 'Changes what is asked, for days that no fee is for yet',
      body: changesOf(lateFeePolicyFields),
      response: { 200: lateFeePolicyWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).lateFees.setPolicy(request.body),
      ),
  )

  app.get(
    '/invoices/:id/late-fees',
    withScope('invoices:read', {
      tags,
      summary: 'What was asked beside an invoice, oldest first',
      params: idParams,
      response: { 200: z.object({ items: z.array(lateFeeWire) }), ...problemResponses },
    }),
    async (request) => ({ items: await billingOf(request).lateFees.list(request.params.id) }),
  )
}
