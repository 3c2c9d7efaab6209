import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { InvalidValue } from '../../../kernel/index.ts'
import { isProxyBlock } from '../../../platform/config/index.ts'
import type { InboxHandler } from '../../../platform/inbox/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { GatewayRegistry } from '../payment-gateway.ts'
import { ProviderUnavailable, WebhookSourceRefused } from '../payments.errors.ts'
import type { PaymentsService } from '../payments.service.ts'
import type { ReceiptsService } from '../receipts/receipts.service.ts'
import type { RefundReport } from '../refunds/refund.ts'
import type { RefundsService } from '../refunds/refunds.service.ts'
import { YOOKASSA } from './yookassa-objects.ts'

/** Addresses that YooKassa's notifications come from (yookassa.ru/developers/using-api/webhooks). */
export const YOOKASSA_SOURCES: readonly string[] = [
  '185.71.76.0/27',
  '185.71.77.0/27',
  '77.75.153.0/25',
  '77.75.154.128/25',
  '77.75.156.11/32',
  '77.75.156.35/32',
  '2a02:5180::/32',
]

/** How notifications of one shop come in. */
export interface YookassaWebhookOptions {
  /** CIDR blocks that notifications may come from. */
  readonly sources: readonly string[]
  /** Stores a notification; a throw makes YooKassa deliver it again. */
  receive(key: string, body: unknown): Promise<void>
}

const notificationSchema = z.object({
  event: z.string().max(64),
  object: z.object({ id: z.string().max(64), status: z.string().max(32).optional() }),
})

/**
 * The route that YooKassa notifies. Notifications are not signed: only known addresses are heard,
 * and what they say is asked back from YooKassa before anything happens. Nonsense is kept and
 * answered with 200, as a refusal would only bring it back for 24 hours.
 *
 * @throws {@link InvalidValue} for a source that is no address or block of some
 */
export function yookassaWebhook(options: YookassaWebhookOptions): FastifyPluginAsyncZod {
  const sources = toBlockList(options.sources)
  return async (app) => {
    app.post(
      '/webhooks/yookassa',
      {
        schema: { hide: true, body: z.unknown() },
        onRequest: async (request) => {
          if (!isFrom(sources, request.ip)) throw new WebhookSourceRefused()
        },
      },
      async (request, reply) => {
        const read = notificationSchema.safeParse(request.body)
        const key = read.success
          ? [read.data.event, read.data.object.id, read.data.object.status ?? ''].join(':')
          : `unreadable:${request.id}`
        await options.receive(
          key,
          read.success ? told(read.data, request.body) : (request.body ?? null),
        )
        return reply.code(200).send()
      },
    )
  }
}

/**
 * What is kept of a notification: the rest tells of the buyer's cards and wallets, and is asked back
 * where it matters. The digest tells it from another one about the same object.
 */
function told(read: z.output<typeof notificationSchema>, body: unknown) {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  return { ...read, digest }
}

type Answer =
  | { readonly kind: 'payment'; readonly snapshot: PaymentSnapshot }
  | { readonly kind: 'refund'; readonly report: RefundReport }
  | undefined

interface YookassaInboxScope {
  readonly gateways: GatewayRegistry
  readonly payments: Pick<PaymentsService, 'apply'>
  readonly refunds: Pick<RefundsService, 'apply'>
  readonly receipts: Pick<ReceiptsService, 'note'>
}

/** Handles stored notifications: asks YooKassa how the object stands, then applies the answer. */
export const yookassaInbox: InboxHandler<YookassaInboxScope, Answer> = {
  provider: YOOKASSA,

  async prepare({ gateways }, delivery) {
    const read = notificationSchema.safeParse(delivery.body)
    const gateway = gateways.get(YOOKASSA)
    if (!read.success || !gateway) return undefined
    const { event, object } = read.data
    if (event.startsWith('refund.')) {
      const report = await gateway.fetchRefund?.(object.id)
      refuseUnsettled(event, report?.status)
      if (!report) return undefined
      // The payment's own notification may come later, or never.
      const payment = await gateway.fetch?.(report.providerPaymentId)
      return { kind: 'refund', report: { ...report, payment } }
    }
    if (event.startsWith('payment.')) {
      const snapshot = await gateway.fetch?.(object.id)
      refuseUnsettled(event, snapshot?.status)
      return snapshot && { kind: 'payment', snapshot }
    }
    return undefined
  },

  async apply(tx, _delivery, answer) {
    if (answer?.kind === 'payment') {
      const applied = await tx.payments.apply(answer.snapshot)
      if (applied.outcome === 'refused') return
      await tx.receipts.note({ paymentId: applied.payment.id }, answer.snapshot.receiptStatus)
    }
    if (answer?.kind === 'refund') {
      const { paymentId, id: refundId } = await tx.refunds.apply(answer.report)
      await tx.receipts.note({ paymentId, refundId }, answer.report.receiptStatus)
    }
  },
}

/**
 * A notification may run ahead of what YooKassa answers. Taking it for done would use up its key,
 * and the true one, which repeats the key, would then be dropped as a duplicate.
 */
function refuseUnsettled(event: string, status: string | undefined): void {
  const isAhead = /\.(succeeded|canceled)$/.test(event) && status === 'pending'
  if (isAhead) throw new ProviderUnavailable({ gateway: YOOKASSA, reason: 'not settled yet' })
}

/** A proxy may hand on something that is no address, such as one with a port. */
function isFrom(sources: BlockList, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && sources.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

function toBlockList(sources: readonly string[]): BlockList {
  const list = new BlockList()
  for (const source of sources) {
    if (!isProxyBlock(source)) {
      throw new InvalidValue({
        field: 'sources',
        problem: `holds ${JSON.stringify(source)}, which is no address or CIDR block`,
      })
    }
    const [address = '', bits] = source.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
