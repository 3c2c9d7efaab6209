import type { PersonPart } from '../../platform/people/index.ts'
import { billingApiKey } from './api-keys/api-key.table.ts'
import type { BillingScope } from './billing.scope.ts'
import type { BillingService } from './billing.service.ts'
import { billingCoupon, billingCouponRedemption } from './coupons/coupon.table.ts'
import {
  billingCreditNote,
  billingCreditNoteLine,
  billingCreditNoteSeries,
} from './credit-notes/credit-note.table.ts'
import { billingCreditBalance, billingCreditEntry } from './credits/credit.table.ts'
import { billingCustomer } from './customers/customer.table.ts'
import { CUSTOMER_PERSONAL, forgotten } from './customers/customer.ts'
import {
  billingDunning,
  billingDunningPolicy,
  billingDunningStep,
} from './dunning/dunning.table.ts'
import { billingExchangeRate } from './exchange-rates/exchange-rate.table.ts'
import {
  billingInvoice,
  billingInvoiceLine,
  billingInvoiceSeries,
} from './invoices/invoice.table.ts'
import {
  billingClosedMonth,
  billingJournalEntry,
  billingRecognition,
} from './journal/journal.table.ts'
import {
  billingLateFee,
  billingLateFeePolicy,
  billingLateInvoice,
} from './late-fees/late-fee.table.ts'
import { billingPaymentMethod } from './payment-methods/payment-method.table.ts'
import { billingInvoicePayment, billingInvoiceReturn } from './payments/invoice-payment.table.ts'
import { billingPlan } from './plans/plan.table.ts'
import { billingRun } from './runs/run.table.ts'
import {
  billingSubscription,
  billingSubscriptionRevision,
} from './subscriptions/subscription.table.ts'
import { billingTaxRate } from './taxes/tax-rate.table.ts'
import type { TenantBilling } from './tenant-billing.ts'
import { billingTenant } from './tenants/tenant.table.ts'
import { billingMeter } from './usage/meter.table.ts'
import { billingQuota, billingReservation } from './usage/quota.table.ts'
import { billingUsageEvent, billingUsageReading } from './usage/usage.table.ts'
import {
  billingWebhookAttempt,
  billingWebhookDelivery,
  billingWebhookEndpoint,
} from './webhooks/webhook.table.ts'

interface PersonServices extends BillingScope {
  readonly billing: Pick<BillingService, 'forTenant'>
}

/** Runs work for each tenant of which somebody is a customer, one after the other. */
async function eachTenant<T>(
  tx: PersonServices,
  userId: string,
  work: (billing: TenantBilling) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const tenantId of await tx.repos.billingTenants.listOfUser(userId)) {
    results.push(await tx.billing.forTenant(tenantId).transaction(work))
  }
  return results
}

/**
 * Customers who are users, with their saved ways to pay. What invoices say of them stays with the
 * invoices, as the law wants it; names of tenants, plans, coupons and keys are those of businesses.
 * Webhooks carry ids and figures, and no names or addresses.
 * Usage is counted for a customer and proves the invoices: apps tell no names or addresses in it.
 * Who set a rate of exchange stays with it, as it proves what was converted by it.
 */
export const billingPart: PersonPart<PersonServices> = {
  name: 'billing',
  tables: [
    ...[billingCustomer, billingPaymentMethod, billingCouponRedemption],
    ...[billingDunning, billingDunningPolicy, billingDunningStep],
    ...[billingLateFee, billingLateFeePolicy, billingLateInvoice],
    ...[billingCreditBalance, billingCreditEntry],
    ...[billingCreditNote, billingCreditNoteLine, billingCreditNoteSeries],
    ...[billingInvoice, billingInvoiceLine, billingInvoiceSeries, billingRun],
    ...[billingSubscription, billingSubscriptionRevision],
    ...[billingInvoicePayment, billingInvoiceReturn],
    ...[billingApiKey, billingCoupon, billingPlan, billingTenant],
    ...[billingMeter, billingUsageEvent, billingUsageReading],
    ...[billingQuota, billingReservation],
    ...[billingWebhookEndpoint, billingWebhookDelivery, billingWebhookAttempt],
    ...[billingExchangeRate, billingTaxRate],
    ...[billingJournalEntry, billingRecognition, billingClosedMonth],
  ],
  async merge(tx, { guestId, userId }) {
    await eachTenant(tx, guestId, ({ repos }) => repos.customers.moveUser(guestId, userId))
  },
  async export(tx, userId) {
    const found = await eachTenant(tx, userId, async ({ repos }) => {
      const customers = await repos.customers.listOfUser(userId)
      return Promise.all(
        customers.map(async (customer) => ({
          ...customer,
          paymentMethods: (await repos.paymentMethods.listOfCustomer(customer.id)).map(
            ({ savedMethodId: _, ...method }) => method,
          ),
          creditNotes: await repos.creditNotes.listOfCustomer(customer.id),
          credit: await repos.credits.listBalances(customer.id),
          subscriptions: await repos.subscriptions.listOfCustomer(customer.id),
          invoices: await repos.invoices.listOfCustomers([customer.id]),
          payments: await repos.invoicePayments.listOfCustomers([customer.id]),
          coupons: await repos.couponRedemptions.listOfCustomer(customer.id),
        })),
      )
    })
    return { customers: found.flat() }
  },
  async erase(tx, userId) {
    await eachTenant(tx, userId, async (billing) => {
      for (const before of await billing.repos.customers.listOfUser(userId)) {
        const updatedAt = billing.clock.now()
        const changes = { ...forgotten(before), updatedAt }
        const after = await billing.repos.customers.update(before.id, changes)
        await billing.repos.paymentMethods.forget(before.id, updatedAt)
        await billing.record({
          ...{ action: 'customer.erased', subject: `customer:${before.id}` },
          ...{ before, after, personal: CUSTOMER_PERSONAL },
        })
      }
    })
  },
}
