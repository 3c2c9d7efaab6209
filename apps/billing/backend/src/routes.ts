import type { DocumentPrinter } from '@gramkit/core/billing'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { couponsHttp } from './coupons/coupons.http.ts'
import { creditNotesHttp } from './credits/credit-notes.http.ts'
import { creditsHttp } from './credits/credits.http.ts'
import { customersHttp } from './customers/customers.http.ts'
import { dunningHttp } from './dunning/dunning.http.ts'
import { invoiceDocumentsHttp } from './invoices/invoice-documents.http.ts'
import { invoicesHttp } from './invoices/invoices.http.ts'
import { paymentMethodsHttp } from './payment-methods/payment-methods.http.ts'
import { paymentsHttp } from './payments/payments.http.ts'
import { plansHttp } from './plans/plans.http.ts'
import { booksHttp } from './revenue/books.http.ts'
import { reportsHttp } from './revenue/reports.http.ts'
import { runsHttp } from './runs/runs.http.ts'
import { subscriptionsHttp } from './subscriptions/subscriptions.http.ts'
import { exchangeRatesHttp } from './taxes/exchange-rates.http.ts'
import { taxesHttp } from './taxes/taxes.http.ts'
import { apiKeysHttp } from './tenant/api-keys.http.ts'
import { auditHttp } from './tenant/audit.http.ts'
import { tenantHttp } from './tenant/tenant.http.ts'
import { metersHttp } from './usage/meters.http.ts'
import { quotasHttp } from './usage/quotas.http.ts'
import { usageHttp } from './usage/usage.http.ts'
import { webhooksHttp } from './webhooks/webhooks.http.ts'

/** All routes for the keys of a tenant. */
export function tenantRoutes({
  printer,
}: {
  readonly printer: DocumentPrinter
}): readonly FastifyPluginAsyncZod[] {
  return [
    tenantHttp,
    customersHttp,
    paymentMethodsHttp,
    plansHttp,
    couponsHttp,
    subscriptionsHttp,
    metersHttp,
    usageHttp,
    quotasHttp,
    runsHttp,
    invoicesHttp,
    invoiceDocumentsHttp(printer),
    paymentsHttp,
    dunningHttp,
    creditNotesHttp(printer),
    creditsHttp,
    reportsHttp,
    booksHttp,
    taxesHttp,
    exchangeRatesHttp,
    webhooksHttp,
    apiKeysHttp,
    auditHttp,
  ]
}
