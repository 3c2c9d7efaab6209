import { newId } from '../../kernel/index.ts'
import type { ServiceProbes } from './probes.ts'

/** What another tenant tries on notices. */
export const noticeServices = {
  notices: {
    send: ({ invoice }) => [
      { id: newId(), kind: 'invoice_issued', invoiceId: invoice.id, amount: null },
    ],
  },
} satisfies Pick<ServiceProbes, 'notices'>
