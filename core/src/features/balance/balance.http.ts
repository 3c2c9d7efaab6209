import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { UNIT_NAME } from '../../kernel/index.ts'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  amountWire,
  idempotently,
  instantWire,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireAdmin,
  requireUser,
  userSecurity,
} from '../../platform/http/index.ts'
import type { BalanceService } from './balance.service.ts'
import { LEDGER_PROBLEMS } from './balance.ts'

/** All that the routes of the ledger may touch. */
export interface BalanceHttpScope {
  readonly balance: BalanceService
}

const balanceWire = z
  .object({
    unit: z.string(),
    amount: amountWire,
    /** The part of it that cannot be spent now. */
    held: amountWire,
    /** What it may not fall below; negative with a credit line. */
    floor: amountWire,
  })
  .meta({ id: 'Balance' })

const historyWire = z
  .object({
    id: z.uuid(),
    /** Negative when the account gave. */
    amount: amountWire,
    reason: z.string(),
    reference: z.string(),
    createdAt: instantWire,
  })
  .meta({ id: 'BalanceHistoryEntry' })

const reportWire = z
  .object({
    ok: z.boolean(),
    accounts: z.int(),
    transfers: z.int(),
    differences: z.array(
      z.object({
        accountId: z.string().nullable(),
        unit: z.string(),
        problem: z.enum(LEDGER_PROBLEMS),
        expected: amountWire,
        actual: amountWire,
      }),
    ),
  })
  .meta({ id: 'LedgerReport' })

const tags = ['balance']
const unitText = z.string().regex(UNIT_NAME, 'is not the name of a unit')
/** Words of a person that are kept: nothing that a log or a column could not hold. */
const reasonText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds characters that nobody can read')
const userParams = z.object({ id: z.uuid() })
const userUnitParams = userParams.extend({ unit: unitText })

/** Routes for one's balances and the proof of the ledger; register under `/api/v1`. */
export function balanceHttp({ services }: ServicesHost<BalanceHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/balance',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'What one has, by unit',
          security: userSecurity,
          response: { 200: pageOf(balanceWire), ...problemResponses },
        },
      },
      async (request) => ({
        items: await services.balance.list(principalOf(request).user.id),
        nextCursor: null,
      }),
    )

    app.get(
      '/balance/:unit/history',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'How one came to have it, newest first',
          security: userSecurity,
          params: z.object({ unit: unitText }),
          querystring: pageQuery,
          response: { 200: pageOf(historyWire), ...problemResponses },
        },
      },
      (request) =>
        services.balance.history(principalOf(request).user.id, request.params.unit, request.query),
    )

    app.get(
      '/admin/ledger/verify',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Prove that the ledger adds up',
          security: adminSecurity,
          response: { 200: reportWire, ...problemResponses },
        },
      },
      () => services.balance.verify(),
    )

    app.get(
      '/admin/users/:id/balance',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'What somebody has, by unit',
          security: adminSecurity,
          params: userParams,
          response: { 200: pageOf(balanceWire), ...problemResponses },
        },
      },
      async (request) => ({
        items: await services.balance.list(request.params.id),
        nextCursor: null,
      }),
    )

    app.get(
      '/admin/users/:id/balance/:unit/history',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'How somebody came to have it, newest first',
          security: adminSecurity,
          params: userUnitParams,
          querystring: pageQuery,
          response: { 200: pageOf(historyWire), ...problemResponses },
        },
      },
      (request) => services.balance.history(request.params.id, request.params.unit, request.query),
    )

    app.post(
      '/admin/users/:id/adjustments',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Give somebody an amount, or take it',
          description:
            'A negative amount takes. Moves out of or into the account `adjustment` and is audited. ' +
            'Needs an Idempotency-Key.',
          security: adminSecurity,
          headers: z.object({ 'idempotency-key': z.string().optional() }),
          params: userParams,
          body: z.strictObject({ unit: unitText, amount: amountWire, reason: reasonText }),
          response: { 201: historyWire, ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (operationId) => {
          const { id: userId } = request.params
          const { amount } = request.body
          const transfer = await services.balance.adjust({
            ...request.body,
            id: operationId,
            userId,
            actor: actorOf(request),
          })
          return { status: 201, body: { ...transfer, amount } }
        }),
    )

    app.put(
      '/admin/users/:id/balance/:unit/floor',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Set what somebody’s account may not fall below',
          description: 'Negative gives a credit line. Audited. Setting it twice is harmless.',
          security: adminSecurity,
          params: userUnitParams,
          body: z.strictObject({ floor: amountWire, reason: reasonText }),
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        const { id: userId, unit } = request.params
        await services.balance.setFloor({ ...request.body, userId, unit, actor: actorOf(request) })
        return reply.code(204).send()
      },
    )
  }
}
