import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  adminSecurity,
  amountWire,
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
          params: z.object({ unit: z.string().max(32) }),
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
  }
}
