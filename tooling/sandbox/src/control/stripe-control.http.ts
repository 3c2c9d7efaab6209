import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Stripe } from '../stripe/stripe.ts'

const idParams = z.object({ id: z.string() })

/** The part of the control API that plays Stripe's buyers and their banks. */
export async function stripeControl(
  app: FastifyInstance,
  options: { readonly context: SandboxContext; readonly stripe: Stripe },
): Promise<void> {
  const { context, stripe } = options
  const { sessions, payments, refunds, disputes, customers } = stripe
  const { store } = context
  const ofAll = <T>(list: (accountId: string) => T[]) => ({
    items: context.stripeAccounts.flatMap(({ accountId }) => list(accountId).reverse()),
  })

  app.get('/sessions', async () =>
    ofAll((accountId) =>
      sessions
        .list(accountId)
        .map((session) => ({ ...session, title: sessions.get(session.id).title })),
    ),
  )
  app.get('/payment_intents', async () => ofAll((accountId) => payments.intents.list(accountId)))
  app.get('/refunds', async () => ofAll((accountId) => refunds.refunds.list(accountId)))
  app.get('/disputes', async () => ofAll((accountId) => disputes.disputes.list(accountId)))

  app.post('/sessions/:id/:action', async ({ params, body }) => {
    const schema = idParams.extend({ action: z.enum(['pay', 'decline', 'expire']) })
    const { id, action } = schema.parse(params)
    const { reason } = z.object({ reason: z.string().optional() }).parse(body ?? {})
    return store.transaction(() =>
      action === 'decline' ? sessions.decline(id, reason) : sessions[action](id),
    )
  })
  app.post('/payment_intents/:id/dispute', async ({ params, body }) => {
    const schema = z.object({
      amount: z.int().positive().optional(),
      reason: z.string().optional(),
    })
    const facts = schema.parse(body ?? {})
    return store.transaction(() => disputes.open(idParams.parse(params).id, facts))
  })
  app.post('/disputes/:id/close', async ({ params, body }) => {
    const { status } = z.object({ status: z.enum(['won', 'lost']) }).parse(body)
    return store.transaction(() => disputes.close(idParams.parse(params).id, status))
  })
  app.post('/payment_methods/:id/detach', async ({ params }) => {
    const { id } = idParams.parse(params)
    return customers.detach(customers.methods.get(id).accountId, id)
  })
}
