import type { ReceiptData, ReceiptsApi } from '@yookassa/sdk'
import { z } from 'zod'
import { parseDecimal } from '../../../kernel/index.ts'
import type {
  ReceiptDesk,
  ReceiptDraft,
  ReceiptSnapshot,
  ReceiptStatus,
} from '../receipts/receipt.ts'
import { KEY_KEPT_MS, roubles, type YookassaCall } from './yookassa-call.ts'

/** More than YooKassa lets one payment or refund have (30). */
const PAGE = 100

const STATUS = {
  pending: 'pending',
  succeeded: 'registered',
  canceled: 'rejected',
} as const satisfies Record<string, ReceiptStatus>

/** Reads how a registration stands, on a receipt as well as on the money that it came with. */
export const registrationSchema = z
  .enum(['pending', 'succeeded', 'canceled'])
  .transform((status) => STATUS[status])

const receiptSchema = z
  .object({
    id: z.string().min(1),
    type: z.enum(['payment', 'refund']),
    status: registrationSchema,
    items: z.array(
      z.object({ amount: z.object({ value: z.string() }), quantity: z.coerce.number() }),
    ),
    settlements: z.array(z.object({ type: z.string() })).optional(),
    fiscal_document_number: z.string().nullish(),
    fiscal_storage_number: z.string().nullish(),
    fiscal_attribute: z.string().nullish(),
    registered_at: z.iso.datetime({ offset: true }).nullish(),
  })
  .transform((object): ReceiptSnapshot => {
    const isSettlement = object.settlements?.some(({ type }) => type === 'prepayment') ?? false
    const sale = isSettlement ? 'settlement' : 'sale'
    return {
      providerReceiptId: object.id,
      kind: object.type === 'refund' ? 'refund' : sale,
      amount: object.items.reduce((sum, { amount, quantity }) => {
        const thousandths = BigInt(Math.round(quantity * 1_000))
        return sum + (parseDecimal(amount.value, 'RUB').amount * thousandths) / 1_000n
      }, 0n),
      status: object.status,
      fiscalDocumentNumber: object.fiscal_document_number ?? null,
      fiscalStorageNumber: object.fiscal_storage_number ?? null,
      fiscalAttribute: object.fiscal_attribute ?? null,
      registeredAt: object.registered_at ? new Date(object.registered_at) : null,
    }
  })

/** What YooKassa wants for a receipt: one item, which costs what moves. */
export function receiptData({ contact, money, tax }: ReceiptDraft, taxSystemCode?: number) {
  return {
    customer: contact.email === undefined ? { phone: contact.phone } : { email: contact.email },
    items: [
      {
        description: tax.description,
        amount: roubles(money),
        quantity: 1,
        vat_code: tax.vatCode,
        measure: tax.measure,
        payment_subject: tax.subject,
        payment_mode: tax.mode,
      },
    ],
    ...(taxSystemCode ? { tax_system_code: taxSystemCode } : {}),
  } satisfies ReceiptData
}

/** Takes out of YooKassa's words what may be a buyer's address or number, which it repeats. */
export function hideContacts(text: string): string {
  return text
    .replace(/[^\s"'<>,;:]+@[^\s"'<>,;:]+/g, '[hidden]')
    .replace(/\+?\d{10,15}/g, '[hidden]')
}

/** The receipts of a shop at YooKassa that do not go along with money. */
export function yookassaReceipts(
  receipts: ReceiptsApi,
  call: YookassaCall,
  taxSystemCode: number | undefined,
): ReceiptDesk {
  return {
    keyTtlMs: KEY_KEPT_MS,

    async settle({ receiptId, providerPaymentId, draft }) {
      const body = await call(() =>
        receipts.receiptsPost(receiptId, {
          ...receiptData(draft, taxSystemCode),
          type: 'payment',
          payment_id: providerPaymentId,
          send: true,
          settlements: [{ type: 'prepayment', amount: roubles(draft.money) }],
        }),
      )
      const found = receiptSchema.parse(body)
      return { status: found.status, found }
    },

    async list({ providerPaymentId, providerRefundId }) {
      const of = providerRefundId ? [undefined, providerRefundId] : [providerPaymentId]
      const [paymentId, refundId] = of
      const body = await call(() =>
        receipts.receiptsGet(
          ...([undefined, undefined, undefined, undefined, undefined] as const),
          paymentId,
          refundId,
          PAGE,
        ),
      )
      return z.object({ items: z.array(receiptSchema) }).parse(body).items
    },
  }
}
