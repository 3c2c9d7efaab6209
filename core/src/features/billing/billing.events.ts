import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import { type DomainEvent, defineEvent } from '../../platform/outbox/index.ts'
import { DUNNING_ENDS, DUNNING_STEPS } from './dunning/dunning.ts'
import { INVOICE_STATES } from './invoices/invoice.ts'
import { BILLED_STATUSES } from './subscriptions/subscription.ts'

/** A fact of one tenant. */
export type BillingEvent = DomainEvent<{ readonly tenantId: string }>

/** Minor units. */
const amountText = z.string().regex(/^\d+$/)
/** YYYY-MM-DD. */
const dayText = z.iso.date()

const invoiceSchema = z.object({
  tenantId: z.uuid(),
  invoiceId: z.uuid(),
  customerId: z.uuid(),
  /** Null for a one-off invoice. */
  subscriptionId: z.uuid().nullable(),
  number: z.string(),
  state: z.enum(INVOICE_STATES),
  currency: z.enum(CURRENCIES),
  total: amountText,
  paid: amountText,
  /** What it still asks for. */
  remaining: amountText,
  dueOn: dayText,
})

/** By what an invoice was paid: money that came, or credit that its customer had. */
const PAYMENT_SOURCES = ['payment', 'credit'] as const

/** By what an invoice was paid. */
export type PaymentSource = (typeof PAYMENT_SOURCES)[number]

const invoice = { version: 1, schema: invoiceSchema }

/** What becomes of invoices. */
export const invoiceEvents = {
  /** An invoice has its number and asks for money. */
  finalized: defineEvent('billing.invoice_finalized', invoice),
  /** Nothing is left to pay of it. */
  paid: defineEvent('billing.invoice_paid', invoice),
  /** A payment came for it, and some is left to pay. */
  partiallyPaid: defineEvent('billing.invoice_partially_paid', invoice),
  /** Its due day and the days of grace are over. */
  overdue: defineEvent('billing.invoice_overdue', invoice),
  /** It asks for nothing any more, as it was wrong. */
  voided: defineEvent('billing.invoice_voided', invoice),
  /** Nobody expects it to be paid any more. */
  uncollectible: defineEvent('billing.invoice_uncollectible', invoice),
  /** It took the amount of a payment, or of its customer's credit. */
  paymentSucceeded: defineEvent('billing.payment_succeeded', {
    version: 1,
    schema: invoiceSchema.extend({ amount: amountText, source: z.enum(PAYMENT_SOURCES) }),
  }),
  /** A charge of the customer's saved method was refused. */
  paymentFailed: defineEvent('billing.payment_failed', {
    version: 1,
    schema: invoiceSchema.extend({
      amount: amountText,
      /** Counts the charges of the invoice from 1. */
      attempt: z.int().positive(),
      /** The provider's words, or the code of an error; null where nobody said. */
      reason: z.string().nullable(),
    }),
  }),
  /** The amount of a payment went back, so that it asks for it again. */
  paymentTakenBack: defineEvent('billing.payment_taken_back', {
    version: 1,
    schema: invoiceSchema.extend({ amount: amountText }),
  }),
} as const

/** What is done about an invoice that nobody paid. */
export const dunningEvents = {
  /** A day of the tenant's policy came, and something was done. */
  step: defineEvent('billing.dunning_step', {
    version: 1,
    schema: invoiceSchema.extend({ step: z.enum(DUNNING_STEPS).exclude(['end']) }),
  }),
  /** The policy came to its end, and it is not paid. */
  ended: defineEvent('billing.dunning_ended', {
    version: 1,
    schema: invoiceSchema.extend({ ended: z.enum(DUNNING_ENDS) }),
  }),
} as const

/** A fee is asked for beside an invoice that is paid late, by an invoice of its own. */
export const lateFeeAsked = defineEvent('billing.late_fee_asked', {
  version: 1,
  schema: z.object({
    tenantId: z.uuid(),
    /** The one that is late. */
    invoiceId: z.uuid(),
    feeInvoiceId: z.uuid(),
    customerId: z.uuid(),
    currency: z.enum(CURRENCIES),
    /** What was owed. */
    owed: amountText,
    amount: amountText,
    fromOn: dayText,
    /** The day after the last. */
    untilOn: dayText,
  }),
})

const subscriptionSchema = z.object({
  tenantId: z.uuid(),
  subscriptionId: z.uuid(),
  customerId: z.uuid(),
  status: z.enum(BILLED_STATUSES),
})
const subscription = { version: 1, schema: subscriptionSchema }
const revised = { version: 1, schema: subscriptionSchema.extend({ fromOn: dayText }) }

/** What becomes of subscriptions. */
export const billedSubscriptionEvents = {
  /** A customer is billed for a plan from a day on. */
  created: defineEvent('billing.subscription_created', revised),
  /** It costs something else from a day on. */
  changed: defineEvent('billing.subscription_changed', revised),
  /** It charges for nothing from a day on. */
  paused: defineEvent('billing.subscription_paused', revised),
  /** It charges again from a day on, or an end or a pause was taken back. */
  resumed: defineEvent('billing.subscription_resumed', revised),
  /** It ends on a day. */
  canceled: defineEvent('billing.subscription_canceled', revised),
  /** Its trial is over, or its pause. */
  activated: defineEvent('billing.subscription_activated', subscription),
  /** An invoice of it is overdue. */
  pastDue: defineEvent('billing.subscription_past_due', subscription),
  /** No invoice of it is overdue any more. */
  recovered: defineEvent('billing.subscription_recovered', subscription),
  /** It is over. */
  ended: defineEvent('billing.subscription_ended', subscription),
  /** It could not be billed, and waits for somebody to mend why. */
  parked: defineEvent('billing.subscription_parked', {
    version: 1,
    schema: subscriptionSchema.extend({ reason: z.string() }),
  }),
} as const

const run = { version: 1, schema: z.object({ tenantId: z.uuid(), runId: z.uuid() }) }

/** What becomes of billing runs. */
export const runEvents = {
  /** A run asks for more than its threshold, and waits to be approved. */
  waiting: defineEvent('billing.run_waiting', run),
  /** All that was due is billed, finalized and numbered. */
  finished: defineEvent('billing.run_finished', run),
} as const

/** A finalized invoice was corrected. */
export const creditNoteIssued = defineEvent('billing.credit_note_issued', {
  version: 1,
  schema: z.object({
    tenantId: z.uuid(),
    creditNoteId: z.uuid(),
    invoiceId: z.uuid(),
    customerId: z.uuid(),
    number: z.string(),
    currency: z.enum(CURRENCIES),
    total: amountText,
    /** How much less the invoice asks for. */
    lowered: amountText,
    /** What was paid and is the customer's again. */
    released: amountText,
  }),
})

/** Nothing remains of what a customer may use in the running period, by usage or reservations. */
export const quotaReached = defineEvent('billing.quota_reached', {
  version: 1,
  schema: z.object({
    tenantId: z.uuid(),
    quotaId: z.uuid(),
    customerId: z.uuid(),
    /** Code of the meter. */
    meter: z.string(),
    /** Units, as a decimal number. */
    quantity: z.string(),
    /** End of the period, ISO 8601. */
    endsAt: z.iso.datetime(),
  }),
})

/** Every event of billing. */
export const BILLING_EVENTS = [
  ...Object.values(invoiceEvents),
  ...Object.values(billedSubscriptionEvents),
  ...Object.values(dunningEvents),
  lateFeeAsked,
  ...Object.values(runEvents),
  creditNoteIssued,
  quotaReached,
] as const
