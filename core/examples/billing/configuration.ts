import { type BillingConfiguration, configureBilling, createPlatform } from '@gramkit/core'

/** Each part by the name of a plug-in and its options, as a file of settings may have them. */
export const configuration: BillingConfiguration = {
  paymentGateway: {
    type: 'stripe',
    options: { secretKey: 'sk_test_0123456789' },
  },
  notifications: {
    type: 'email',
    options: {
      smtpUrl: 'smtp://billing%40example.com:password@smtp.example.com:587',
      from: 'Billing <billing@example.com>',
    },
  },
  taxCalculation: { type: 'table' },
  pdfGeneration: { type: 'pdfkit' },
}

/** Makes the platform of a configuration; an unknown name or option stops here. */
export async function openBilling(databaseUrl: string, given = configuration) {
  return createPlatform({ databaseUrl, ...(await configureBilling(given)) })
}
