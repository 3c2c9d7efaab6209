import { createHmac, timingSafeEqual } from 'node:crypto'
import type { CoreServices } from '@gramkit/core'
import { defineInboxHandler, type InboxHandler } from '@gramkit/core/inbox'
import type { PaymentSnapshot } from '@gramkit/core/payments'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'

const noticeSchema = z.object({ notice: z.string().max(200), charge: z.string().max(200) })

/** Takes Toy Pay's notices that carry its signature; an answer that is not 200 is delivered again. */
export function toyPayWebhook(options: {
  readonly noticeSecret: string
  readonly receive: (key: string, body: unknown) => Promise<unknown>
}): FastifyPluginAsync {
  return async (app) => {
    // The signature is of the bytes that came; parsed and printed again they may be others.
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    app.post('/webhooks/toy-pay', async ({ body, headers }, reply) => {
      const given = Buffer.from(String(headers['toy-signature']), 'hex')
      const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const made = createHmac('sha256', options.noticeSecret).update(raw).digest()
      if (given.length !== made.length || !timingSafeEqual(given, made))
        return reply.code(401).send()
      const notice = noticeSchema.safeParse(JSON.parse(raw.toString()))
      if (!notice.success) return reply.code(422).send()
      await options.receive(notice.data.notice, notice.data)
      return reply.send()
    })
  }
}

/** Asks Toy Pay how the charge of a notice stands, and hands that to the kit. */
export const toyPayInbox: InboxHandler<CoreServices> = defineInboxHandler<
  CoreServices,
  PaymentSnapshot | undefined
>({
  provider: 'toy-pay',
  prepare: async ({ payments }, { body }) =>
    payments.gateway('toy-pay').fetch?.(noticeSchema.parse(body).charge),
  async apply(tx, _delivery, snapshot) {
    if (snapshot) await tx.payments.apply(snapshot)
  },
})
