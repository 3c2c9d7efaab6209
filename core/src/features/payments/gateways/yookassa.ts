/**
 * YooKassa through `@yookassa/sdk`: one- and two-stage payments, partial refunds, saved methods.
 *
 * @module
 */
import { Configuration, PaymentsApi, ReceiptsApi, RefundsApi } from '@yookassa/sdk'
import axios, { isAxiosError } from 'axios'
import { z } from 'zod'
import { assert, DAY_MS } from '../../../kernel/index.ts'
import type { PaymentGateway } from '../payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable, ReportUnreadable } from '../payments.errors.ts'
import type { ReceiptDraft } from '../receipts/receipt.ts'
import { readYookassaBooks, type YookassaLists, yookassaLookUp } from './yookassa-books.ts'
import { roubles } from './yookassa-call.ts'
import { YOOKASSA, yookassaPaymentSchema, yookassaRefundSchema } from './yookassa-objects.ts'
import { hideContacts, receiptData, yookassaReceipts } from './yookassa-receipts.ts'

/** How a shop at YooKassa is reached. */
export interface YookassaOptions {
  readonly shopId: string
  /** Begins with `test_` for a shop of play money, whose objects a live shop refuses. */
  readonly secretKey: string
  /** Address of the API. [https://api.yookassa.ru/v3] */
  readonly apiRoot?: string | undefined
  /** Issues a receipt for each sale and refund (54-FZ). [none is issued] */
  readonly receipts?:
    | {
        readonly contact: 'email' | 'email_or_phone'
        readonly taxSystemCode?: number | undefined
      }
    | undefined
}

const TIMEOUT_MS = 10_000

/** Waits between tries with the same key; a further try is the resolver's. */
const RETRY_WAITS_MS = [200, 800] as const

/** Makes the gateway of one shop. */
export function yookassaGateway(options: YookassaOptions): PaymentGateway {
  const configuration = new Configuration({
    username: options.shopId,
    password: options.secretKey,
    basePath: options.apiRoot ?? 'https://api.yookassa.ru/v3',
  })
  // An own instance: the SDK would use the global one, whose defaults anybody may have changed.
  const client = axios.create({ timeout: TIMEOUT_MS, maxRedirects: 0 })
  const payments = new PaymentsApi(configuration, undefined, client)
  const refunds = new RefundsApi(configuration, undefined, client)
  const { shopId } = options
  const isTest = options.secretKey.startsWith('test_')
  const readPayment = (body: unknown) => read(yookassaPaymentSchema({ shopId, isTest }), body)
  const readRefund = (body: unknown) => read(yookassaRefundSchema, body)
  const lists: YookassaLists = { payments, refunds, call, readPayment, readRefund }

  const receipts = new ReceiptsApi(configuration, undefined, client)
  const { receipts: issued } = options
  const along = (receipt: ReceiptDraft | undefined) =>
    receipt ? { receipt: receiptData(receipt, issued?.taxSystemCode) } : {}

  const create = (key: string, body: Parameters<PaymentsApi['paymentsPost']>[1]) =>
    call(() => payments.paymentsPost(key, body))

  return {
    name: YOOKASSA,
    capabilities: {
      currencies: ['RUB'],
      goods: { telegram: ['physical'], web: ['digital', 'physical'] },
      partialRefund: true,
      renewals: 'saved_method',
      finalDeclines: [
        ...['permission_revoked', 'card_expired', 'invalid_card_number', 'fraud_suspected'],
        ...['country_forbidden', 'payment_method_restricted'],
      ],
      paymentTtlMs: 7 * DAY_MS,
      ...(options.receipts ? { receipts: { contact: options.receipts.contact } } : {}),
    },

    async start({ paymentId, money, product, returnUrl, savesMethod, receipt }) {
      assert(returnUrl, 'YooKassa sends the buyer back: allow at least one return address')
      const body = await create(paymentId, {
        amount: roubles(money),
        capture: product.capture === 'automatic',
        description: product.description,
        confirmation: { type: 'redirect', return_url: returnUrl },
        metadata: { payment_id: paymentId },
        ...(savesMethod ? { save_payment_method: true } : {}),
        ...along(receipt),
      })
      const { id, confirmation } = z
        .object({ id: z.string(), confirmation: z.object({ confirmation_url: z.url() }) })
        .parse(body)
      return { providerPaymentId: id, confirmationUrl: confirmation.confirmation_url }
    },

    async fetch(providerPaymentId) {
      const body = await found(() => payments.paymentsPaymentIdGet(providerPaymentId))
      if (body === undefined) return undefined
      const snapshot = readPayment(body)
      if (snapshot.providerPaymentId === providerPaymentId) return snapshot
      throw new ReportUnreadable({ gateway: YOOKASSA, problem: 'it is of another payment' })
    },

    async chargeSavedMethod({ paymentId, money, product, savedMethodId, receipt }) {
      return readPayment(
        await create(paymentId, {
          amount: roubles(money),
          capture: true,
          description: product.description,
          payment_method_id: savedMethodId,
          metadata: { payment_id: paymentId },
          ...along(receipt),
        }),
      )
    },

    async capture({ paymentId, providerPaymentId, money, receipt }) {
      return readPayment(
        await call(() =>
          payments.paymentsPaymentIdCapturePost(providerPaymentId, `${paymentId}-capture`, {
            amount: roubles(money),
            ...along(receipt),
          }),
        ),
      )
    },

    async cancel({ paymentId, providerPaymentId }) {
      return readPayment(
        await call(() =>
          payments.paymentsPaymentIdCancelPost(providerPaymentId, `${paymentId}-cancel`),
        ),
      )
    },

    async refund({ refundId, providerPaymentId, money, receipt }) {
      const body = await call(() =>
        refunds.refundsPost(refundId, {
          payment_id: providerPaymentId,
          amount: roubles(money),
          metadata: { refund_id: refundId },
          ...along(receipt),
        }),
      )
      const { providerRefundId, status, receiptStatus } = readRefund(body)
      return { providerRefundId, status, receiptStatus }
    },

    async fetchRefund(providerRefundId) {
      const body = await found(() => refunds.refundsRefundIdGet(providerRefundId))
      return body === undefined ? undefined : readRefund(body)
    },

    lookUp: yookassaLookUp(lists),
    readBooks: (request) => readYookassaBooks(lists, request),
    receipts: issued && yookassaReceipts(receipts, call, issued.taxSystemCode),
  }
}

/** Reads an object; the values of one that cannot be read go nowhere. */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const problem = [issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')
  throw new ReportUnreadable({ gateway: YOOKASSA, problem })
}

/** Calls YooKassa, again with the same key where the answer is open, and hides the SDK's errors. */
async function call(request: () => Promise<{ status: number; data: unknown }>): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    const answer = await request().catch(readFailure)
    if (!('isOpen' in answer)) {
      // 202 means "still at it" and carries no payment; the SDK takes it for one.
      if (answer.status === 200) return answer.data
      return unavailable(`HTTP ${answer.status}`)
    }
    // After a try whose effect is open, a no to the next one is no answer to the first.
    if (!answer.isOpen && attempt > 0) return unavailable(answer.reason)
    if (!answer.isOpen) throw new ProviderRejected({ gateway: YOOKASSA, reason: answer.reason })
    const waitMs = RETRY_WAITS_MS[attempt]
    if (waitMs === undefined) return unavailable(answer.reason)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

async function found(request: () => Promise<{ status: number; data: unknown }>): Promise<unknown> {
  try {
    return await call(request)
  } catch (error) {
    if (error instanceof ProviderRejected && /not_found/.test(error.message)) return undefined
    throw error
  }
}

function unavailable(reason: string): never {
  throw new ProviderUnavailable({ gateway: YOOKASSA, reason })
}

const errorBody = z.object({ code: z.string(), description: z.string().optional() })

/**
 * Reads a failure of the SDK. Nothing of the original goes on: an AxiosError carries the shop's
 * secret key in its configuration.
 */
function readFailure(error: unknown): { isOpen: boolean; reason: string } {
  if (!isAxiosError(error)) throw error
  if (!error.response) return { isOpen: true, reason: error.code ?? 'no answer' }
  const { status, data } = error.response
  const body = errorBody.safeParse(data)
  const reason = body.success
    ? hideContacts([body.data.code, body.data.description].filter(Boolean).join(': '))
    : `HTTP ${status}`
  return { isOpen: status === 429 || status >= 500, reason }
}
