import { configureBilling, createPlatform } from '@gramkit/core'
import type { TenantBilling } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'

/** Makes a platform that takes money by Stripe. */
export async function openStripeBilling(databaseUrl: string, secretKey: string, apiRoot?: string) {
  const configured = await configureBilling({
    paymentGateway: { type: 'stripe', options: { secretKey, ...(apiRoot ? { apiRoot } : {}) } },
  })
  return createPlatform({
    databaseUrl,
    ...configured,
    returnUrls: ['https://shop.example/invoices/'],
  })
}

/** Gives the address where the customer pays all that is left of an invoice. */
export async function payInvoice(billing: TenantBilling, invoiceId: string) {
  const payment = await billing.payments.start({
    // Our id, made before the call: sent again it starts no second payment.
    id: newId(),
    invoiceId,
    gateway: 'stripe',
    returnUrl: `https://shop.example/invoices/${invoiceId}`,
  })
  return payment.confirmationUrl
}
