import type { Invoice, TenantBilling } from '../../features/billing/index.ts'
import { newId } from '../../kernel/index.ts'

/** A payment of an invoice whose money went back. */
export async function aPayment(
  billing: TenantBilling,
  { invoice, mark }: { invoice: Invoice; mark: string },
) {
  const { id: invoiceId, customerId, currency, createdAt } = invoice
  return billing.transaction(async ({ repos }) => {
    const invoicePayment = await repos.invoicePayments.insert({
      ...{ id: newId(), invoiceId, customerId, gateway: 'yookassa', attempt: 1, currency },
      ...{ state: 'received', amount: 2n, taken: 1n, left: 1n, returned: 1n, takenBack: 1n },
      ...{ reason: mark, declineClass: null, createdAt, updatedAt: createdAt },
    })
    const invoiceReturn = await repos.invoiceReturns.insert({
      ...{ id: newId(), paymentId: invoicePayment.id, amount: 1n },
      ...{ fromInvoice: 1n, fromCredit: 0n, lost: 0n, createdAt },
    })
    return { invoicePayment, invoiceReturn }
  })
}
