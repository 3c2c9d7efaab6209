import { billingPlugIns, configureBilling, createPlatform } from '@gramkit/core'
import { definePlugIn } from '@gramkit/core/billing'
import type { PaymentGateway } from '@gramkit/core/payments'
import { z } from 'zod'

/** A gateway of a bank that takes every payment at once. */
function houseBank({ account }: { readonly account: string }): PaymentGateway {
  return {
    name: 'house-bank',
    capabilities: {
      currencies: ['USD', 'EUR'],
      goods: { telegram: ['physical'], web: ['digital', 'physical'] },
      partialRefund: true,
      renewals: 'saved_method',
      paymentTtlMs: 3_600_000,
    },
    // Your payment processing here: `paymentId` is the idempotency key.
    start: async ({ paymentId }) => ({
      providerPaymentId: `${account}-${paymentId}`,
      confirmationUrl: `https://bank.example/pay/${paymentId}`,
    }),
    refund: async ({ refundId }) => ({ providerRefundId: refundId, status: 'succeeded' }),
  }
}

/** Makes a platform with the gateway, registered by name. */
export async function openHouseBank(databaseUrl: string) {
  const plugIns = billingPlugIns()
  plugIns.paymentGateways.register(
    'house-bank',
    definePlugIn({ options: z.strictObject({ account: z.string() }), open: houseBank }),
  )
  const configured = await configureBilling(
    { paymentGateway: { type: 'house-bank', options: { account: 'ACME-1' } } },
    plugIns,
  )
  return createPlatform({ databaseUrl, ...configured })
}
