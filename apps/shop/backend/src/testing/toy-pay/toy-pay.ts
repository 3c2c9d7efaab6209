import { DAY_MS } from '@gramkit/core/kernel'
import {
  type PaymentGateway,
  type PaymentSnapshot,
  ProviderRejected,
  ProviderUnavailable,
  type RefundReport,
} from '@gramkit/core/payments'
import { z } from 'zod'

const NAME = 'toy-pay'
const STATUS = {
  open: 'pending',
  reserved: 'waiting_for_capture',
  paid: 'succeeded',
  voided: 'canceled',
  declined: 'failed',
} as const

const chargeSchema = z.object({
  id: z.string(),
  reference: z.string(),
  state: z.enum(['open', 'reserved', 'paid', 'voided', 'declined']),
  cents: z.int(),
  currency: z.enum(['EUR', 'USD']),
  pay_at: z.string(),
  card: z.string().nullable(),
  decline: z.string().nullable(),
})
const returnSchema = chargeSchema
  .pick({ id: true, reference: true, cents: true, currency: true })
  .extend({ charge: z.string() })
const pageSchema = z.object({
  charges: z.array(chargeSchema),
  returns: z.array(returnSchema),
  next: z.string(),
  more: z.boolean(),
})

function snapshotOf({ card, ...body }: z.output<typeof chargeSchema>): PaymentSnapshot {
  return {
    gateway: NAME,
    paymentId: body.reference,
    providerPaymentId: body.id,
    status: STATUS[body.state],
    money: { amount: BigInt(body.cents), currency: body.currency },
    savedMethodId: card ?? undefined,
    failureReason: body.decline ?? undefined,
    body,
  }
}

function reportOf(made: z.output<typeof returnSchema>): RefundReport {
  return {
    gateway: NAME,
    providerPaymentId: made.charge,
    providerRefundId: made.id,
    refundId: made.reference,
    amount: BigInt(made.cents),
    currency: made.currency,
    status: 'succeeded',
  }
}

/** The gateway of Toy Pay; an answer is waited for 10 seconds unless told otherwise. */
export function toyPayGateway(
  account: Readonly<{ apiRoot: string; secretKey: string; timeoutMs?: number }>,
): PaymentGateway {
  /** A 4xx is a definite no, save 429; all else but the expected answer leaves open what happened. */
  async function ask<T>(schema: z.ZodType<T>, path: string, call: RequestInit = {}): Promise<T> {
    const response = await fetch(`${account.apiRoot}${path}`, {
      ...call,
      headers: { ...call.headers, authorization: `Toy ${account.secretKey}` },
      signal: AbortSignal.timeout(account.timeoutMs ?? 10_000),
    }).catch(() => undefined)
    const body: unknown = await response?.json().catch(() => undefined)
    const status = response?.status ?? 0
    const answer = schema.safeParse(body)
    if (status === 200 && answer.success) return answer.data
    const refusal = z.object({ code: z.string() }).safeParse(body)
    const isNo = status >= 400 && status < 500 && status !== 429 && refusal.success
    if (isNo) throw new ProviderRejected({ gateway: NAME, reason: refusal.data.code })
    throw new ProviderUnavailable({ gateway: NAME, reason: `no clear answer, status ${status}` })
  }
  function post<T>(schema: z.ZodType<T>, path: string, key: string, call: object): Promise<T> {
    const headers = { 'content-type': 'application/json', 'toy-once': key }
    return ask(schema, path, { method: 'POST', headers, body: JSON.stringify(call) })
  }
  const page = (path: string, query: Record<string, string>) =>
    ask(pageSchema, `${path}?${new URLSearchParams(query)}`)
  const findCharge = async (by: Record<string, string>) =>
    (await page('/charges', by)).charges.map(snapshotOf)[0]
  const findReturn = async (by: Record<string, string>) =>
    (await page('/returns', by)).returns.map(reportOf)[0]

  return {
    name: NAME,
    capabilities: {
      currencies: ['EUR', 'USD'],
      goods: { telegram: ['physical'], web: ['physical', 'digital'] },
      partialRefund: true,
      renewals: 'saved_method',
      finalDeclines: ['card_lost'],
      paymentTtlMs: DAY_MS,
    },
    async start({ paymentId, money, product, savesMethod, returnUrl }) {
      const { id, pay_at } = await post(chargeSchema, '/charges', paymentId, {
        reference: paymentId,
        cents: Number(money.amount),
        currency: money.currency,
        hold: product.capture === 'manual',
        keep_card: savesMethod,
        back_to: returnUrl,
      })
      return { providerPaymentId: id, confirmationUrl: pay_at }
    },
    fetch: (id) => findCharge({ id }),
    async chargeSavedMethod({ paymentId: reference, money, savedMethodId: card }) {
      const call = { reference, cents: Number(money.amount), currency: money.currency, card }
      return snapshotOf(await post(chargeSchema, '/charges', reference, call))
    },
    async capture({ paymentId, providerPaymentId, money }) {
      const call = { charge: providerPaymentId, cents: Number(money.amount) }
      return snapshotOf(await post(chargeSchema, '/takes', `take ${paymentId}`, call))
    },
    cancel: async ({ paymentId, providerPaymentId: charge }) =>
      snapshotOf(await post(chargeSchema, '/voids', `void ${paymentId}`, { charge })),
    async refund({ refundId, providerPaymentId, money }) {
      const call = { reference: refundId, charge: providerPaymentId, cents: Number(money.amount) }
      return reportOf(await post(returnSchema, '/returns', refundId, call))
    },
    fetchRefund: (id) => findReturn({ id }),
    lookUp: {
      afterMs: 55 * 60_000,
      payment: ({ paymentId }) => findCharge({ reference: paymentId }),
      refund: ({ refundId }) => findReturn({ reference: refundId }),
    },
    async readBooks({ cursor = '', since, until }) {
      const part = { from: since.toISOString(), before: until.toISOString(), after: cursor }
      const { charges, returns, next, more } = await page('/journal', part)
      const paid = charges.map((each) => ({ kind: 'payment' as const, report: snapshotOf(each) }))
      const back = returns.map((each) => ({ kind: 'refund' as const, report: reportOf(each) }))
      return { entries: [...paid, ...back], cursor: next, isLast: !more }
    },
  }
}
