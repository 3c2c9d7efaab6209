import { apiKeyRepositories, apiKeyServices } from './api-keys.ts'
import { auditTrailServices } from './audit-trail.ts'
import { couponRepositories, couponServices } from './coupons.ts'
import { creditNoteRepositories, creditNoteServices } from './credit-notes.ts'
import { creditRepositories, creditServices } from './credits.ts'
import { customerRepositories, customerServices } from './customers.ts'
import { dunningRepositories, dunningServices } from './dunning.ts'
import { exchangeRateRepositories, exchangeRateServices } from './exchange-rates.ts'
import { invoicePaymentRepositories, invoicePaymentServices } from './invoice-payments.ts'
import { invoiceRepositories, invoiceServices } from './invoices.ts'
import { journalRepositories, journalServices } from './journal.ts'
import { noticeServices } from './notices.ts'
import { paymentMethodRepositories, paymentMethodServices } from './payment-methods.ts'
import { planRepositories, planServices } from './plans.ts'
import type { RepositoryProbes, ServiceProbes } from './probes.ts'
import { subscriptionRepositories, subscriptionServices } from './subscriptions.ts'
import { taxRepositories, taxServices } from './taxes.ts'
import { tenantRepositories, tenantServices } from './tenants.ts'
import { usageRepositories, usageServices } from './usage.ts'
import { webhookRepositories, webhookServices } from './webhooks.ts'

/** What another tenant tries on each service: one that is not listed does not compile. */
export const SERVICE_PROBES: ServiceProbes = {
  ...apiKeyServices,
  ...auditTrailServices,
  ...couponServices,
  ...creditNoteServices,
  ...creditServices,
  ...customerServices,
  ...dunningServices,
  ...exchangeRateServices,
  ...invoiceServices,
  ...journalServices,
  ...invoicePaymentServices,
  ...noticeServices,
  ...paymentMethodServices,
  ...planServices,
  ...taxServices,
  ...subscriptionServices,
  ...tenantServices,
  ...usageServices,
  ...webhookServices,
}

/** What another tenant tries on each repository: one that is not listed does not compile. */
export const REPOSITORY_PROBES: RepositoryProbes = {
  ...apiKeyRepositories,
  ...couponRepositories,
  ...creditNoteRepositories,
  ...creditRepositories,
  ...customerRepositories,
  ...dunningRepositories,
  ...exchangeRateRepositories,
  ...invoiceRepositories,
  ...journalRepositories,
  ...invoicePaymentRepositories,
  ...paymentMethodRepositories,
  ...planRepositories,
  ...taxRepositories,
  ...subscriptionRepositories,
  ...tenantRepositories,
  ...usageRepositories,
  ...webhookRepositories,
}
