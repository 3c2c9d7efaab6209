import { z } from 'zod'
import { defineEvent } from '../../../platform/outbox/index.ts'
import { RECEIPT_KINDS } from './receipt.ts'

const subject = z.object({
  receiptId: z.uuid(),
  kind: z.enum(RECEIPT_KINDS),
  paymentId: z.uuid(),
  refundId: z.uuid().nullable(),
})

/** A receipt was not registered: somebody has to issue it by hand, or by the provider's support. */
export const receiptRejected = defineEvent('receipt.rejected', {
  version: 1,
  schema: subject.extend({ rejection: z.string() }),
})

/** A receipt has been pending for three days: somebody should ask the provider's support. */
export const receiptOverdue = defineEvent('receipt.overdue', { version: 1, schema: subject })
