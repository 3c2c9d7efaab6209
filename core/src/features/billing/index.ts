/**
 * Billing of many tenants: customers, and what is sold to them.
 *
 * Every row belongs to a tenant. `services.billing.forTenant(id)` sees one tenant's rows, in the
 * statements it sends and by row-level security; every change is written into the tenant's audit.
 *
 * When something is billed and what it costs is reckoned by pure functions, in local days of the
 * customer and in exact numbers. What stands on an invoice or a credit note is one value,
 * {@link InvoiceDocument}.
 *
 * @module
 */

export { billingApiKey } from './api-keys/api-key.table.ts'
export {
  API_SCOPES,
  type ApiGrant,
  type ApiKey,
  type ApiKeyInput,
  type ApiScope,
  apiKeyFields,
  hashApiKey,
  requireScope,
} from './api-keys/api-key.ts'
export { ApiKeyInvalid, ScopeMissing, TooManyApiKeys } from './api-keys/api-keys.errors.ts'
export { ApiKeysRepository } from './api-keys/api-keys.repository.ts'
export type { ApiKeysScope } from './api-keys/api-keys.scope.ts'
export { ApiKeysService } from './api-keys/api-keys.service.ts'
export { type AuditTrailScope, AuditTrailService } from './audit-trail/audit-trail.service.ts'
export { CodeTaken, NoDefaultTenant, NoPrinter } from './billing.errors.ts'
export {
  BILLING_EVENTS,
  type BillingEvent,
  billedSubscriptionEvents,
  creditNoteIssued,
  dunningEvents,
  invoiceEvents,
  lateFeeAsked,
  type PaymentSource,
  quotaReached,
  runEvents,
} from './billing.events.ts'
export type { BillingOptions, BillingScope } from './billing.scope.ts'
export { BillingService } from './billing.service.ts'
export type { Change } from './change.ts'
export {
  billingCoupon,
  billingCouponPlan,
  billingCouponRedemption,
} from './coupons/coupon.table.ts'
export {
  COUPON_DURATIONS,
  type Coupon,
  type CouponInput,
  type CouponRedemption,
  type CouponRefusal,
  couponFields,
} from './coupons/coupon.ts'
export { CouponNotRedeemable } from './coupons/coupons.errors.ts'
export {
  CouponRedemptionsRepository,
  CouponsRepository,
  type RecurringCoupon,
  type RunningCoupon,
} from './coupons/coupons.repository.ts'
export type { CouponsScope } from './coupons/coupons.scope.ts'
export { CouponsService } from './coupons/coupons.service.ts'
export * from './credit-notes/index.ts'
export * from './credits/index.ts'
export { billingCustomer } from './customers/customer.table.ts'
export {
  type Customer,
  type CustomerFilter,
  type CustomerInput,
  customerFields,
  customerFilter,
} from './customers/customer.ts'
export { CustomersRepository } from './customers/customers.repository.ts'
export type { CustomersScope } from './customers/customers.scope.ts'
export { CustomersService } from './customers/customers.service.ts'
export * from './documents/index.ts'
export * from './dunning/index.ts'
export { billingExchangeRate } from './exchange-rates/exchange-rate.table.ts'
export {
  type ConvertedMoney,
  type ExchangeRate,
  type ExchangeRateInput,
  exchangeRateFields,
  type FoundRate,
  type RateQuery,
} from './exchange-rates/exchange-rate.ts'
export { ExchangeRateInUse, ExchangeRateMissing } from './exchange-rates/exchange-rates.errors.ts'
export {
  type CurrencyPair,
  ExchangeRatesRepository,
} from './exchange-rates/exchange-rates.repository.ts'
export type { ExchangeRatesScope } from './exchange-rates/exchange-rates.scope.ts'
export { ExchangeRatesService } from './exchange-rates/exchange-rates.service.ts'
export { readFields } from './fields.ts'
export {
  billingInvoice,
  billingInvoiceLine,
  billingInvoiceSeries,
} from './invoices/invoice.table.ts'
export {
  INVOICE_STATES,
  INVOICE_STEPS,
  type Invoice,
  type InvoiceDiscount,
  type InvoiceFilter,
  type InvoiceParty,
  type InvoiceState,
  type InvoiceStep,
  type InvoiceTax,
  invoiceAfter,
  invoiceFilter,
  type OneOffInput,
  oneOffFields,
  remainingOf,
} from './invoices/invoice.ts'
export {
  type InvoiceLine,
  LINE_KINDS,
  type LineKind,
} from './invoices/invoice-line.ts'
export { invoiceOfToken, invoiceToken, type ShownInvoice } from './invoices/invoice-token.ts'
export {
  DraftOfRun,
  InvoiceRefuses,
  MoreThanPaid,
  NothingToInvoice,
} from './invoices/invoices.errors.ts'
export { fallOverdueInvoices } from './invoices/invoices.jobs.ts'
export {
  type DueDays,
  InvoicesRepository,
  type Issue,
  type MadeInvoice,
} from './invoices/invoices.repository.ts'
export type { InvoicesScope } from './invoices/invoices.scope.ts'
export {
  InvoicesService,
  type InvoiceView,
  type ReceivedMoney,
} from './invoices/invoices.service.ts'
export {
  noTax,
  type TaxableLine,
  type Taxed,
  type TaxFacts,
  type TaxProvider,
  type TaxTerms,
} from './invoices/tax-provider.ts'
export { JournalRepository } from './journal/journal.repository.ts'
export type { JournalScope } from './journal/journal.scope.ts'
export {
  type BookedInvoice,
  type CreditAppliedBooking,
  type CreditBooking,
  type CreditNoteBooking,
  JournalService,
  type ReceivedBooking,
  type TakenBackBooking,
} from './journal/journal.service.ts'
export {
  billingClosedMonth,
  billingJournalEntry,
  billingRecognition,
} from './journal/journal.table.ts'
export {
  ACCOUNTS,
  type Account,
  type AccountBalances,
  type BalanceQuery,
  JOURNAL_SOURCES,
  type JournalEntry,
  type JournalFilter,
  type JournalSource,
  type NewEntry,
  type Postings,
} from './journal/journal.ts'
export { type RecognitionAim, RecognitionsRepository } from './journal/recognitions.repository.ts'
export * from './late-fees/index.ts'
export * from './notices/index.ts'
export { billingPaymentMethod } from './payment-methods/payment-method.table.ts'
export {
  type BillingPaymentMethod,
  type PaymentMethodInput,
  paymentMethodFields,
} from './payment-methods/payment-method.ts'
export { PaymentMethodsRepository } from './payment-methods/payment-methods.repository.ts'
export type { PaymentMethodsScope } from './payment-methods/payment-methods.scope.ts'
export { PaymentMethodsService } from './payment-methods/payment-methods.service.ts'
export * from './payments/index.ts'
export {
  type BillingPeriod,
  type Boundary,
  boundaryAt,
  CYCLES,
  type Cycle,
  dueBoundaries,
  type PeriodDays,
  periodAt,
  periodOf,
  type Schedule,
} from './periods/billing-period.ts'
export {
  type DaySpan,
  dueOn,
  shareOf,
  type TrialSpan,
  trialFrom,
} from './periods/days.ts'
export { localMidnight } from './periods/local-midnight.ts'
export { billingPart } from './person-part.ts'
export { billingPlan, billingPlanVersion } from './plans/plan.table.ts'
export {
  type Plan,
  type PlanInput,
  type PlanTermsInput,
  type PlanVersion,
  type PlanView,
  type PricingModel,
  planFields,
  planTerms,
  pricingModelOf,
} from './plans/plan.ts'
export { NothingToPublish, PlanArchived } from './plans/plans.errors.ts'
export { PlansRepository, PlanVersionsRepository } from './plans/plans.repository.ts'
export type { PlansScope } from './plans/plans.scope.ts'
export { PlansService } from './plans/plans.service.ts'
export { definePlugIn, type PlugIn } from './plug-ins/plug-in.ts'
export { PlugInBroken, UnknownPlugIn } from './plug-ins/plug-ins.errors.ts'
export { Registry } from './plug-ins/registry.ts'
export {
  type Charge,
  type ChargeInput,
  type ChargeModel,
  type ChargeRules,
  type CountedCharge,
  chargeField,
  chargesField,
  isUsage,
  readCharges,
} from './pricing/charge.ts'
export { quantityField, rateField } from './pricing/decimal-fields.ts'
export {
  applyDiscounts,
  type Discount,
  type DiscountableLine,
  type Discounts,
  type DiscountTerms,
} from './pricing/discount.ts'
export { type Price, type PriceFacts, priceCharge, priceSegment } from './pricing/price-charge.ts'
export { type PriceStep, priceStepSchema } from './pricing/price-step.ts'
export { AmountTooLarge } from './pricing/pricing.errors.ts'
export {
  definePricing,
  type PluggedPrice,
  type PricingFacts,
  type PricingPlugIn,
  type PricingPlugIns,
  pricingPlugIns,
} from './pricing/pricing-plug-in.ts'
export {
  type ChargedLine,
  type ProratedCharge,
  type ProratedCredit,
  type ProrationFacts,
  prorateChanges,
} from './pricing/proration.ts'
export {
  PRORATIONS,
  type Proration,
  type Revision,
  type Segment,
  segmentsOf,
} from './pricing/segments.ts'
export type { Tier } from './pricing/tiers.ts'
export type { AgedReceivables } from './reports/aging.ts'
export { observeBilling } from './reports/billing-gauges.ts'
export type {
  Cohort,
  CustomerMovement,
  MrrMonth,
  MrrMovement,
} from './reports/mrr.ts'
export type { DayQuery, MonthsQuery, Report, ReportedMonth, UsedRate } from './reports/report.ts'
export {
  type BillingActivity,
  ReportsRepository,
  type Subscriber,
} from './reports/reports.repository.ts'
export type { ReportsScope } from './reports/reports.scope.ts'
export { ReportsService } from './reports/reports.service.ts'
export type { MonthSums, ReportedAccounts, RevenueMonth } from './reports/revenue-month.ts'
export { BooksRepository } from './revenue/books.repository.ts'
export { BOOK_PROBLEMS, type BookDifference, type BooksReport } from './revenue/books.ts'
export { ClosedMonthsRepository } from './revenue/closed-months.repository.ts'
export { MonthNotClosable } from './revenue/revenue.errors.ts'
export { recogniseDueRevenue } from './revenue/revenue.jobs.ts'
export type { RevenueScope } from './revenue/revenue.scope.ts'
export { RevenueService } from './revenue/revenue.service.ts'
export type { ClosedMonth, MonthInput, OpenWork, RecognitionInput } from './revenue/revenue.ts'
export { billingRun } from './runs/run.table.ts'
export {
  type BillingRun,
  type Parked,
  RUN_STATES,
  type RunInput,
  type RunPreview,
  type RunProgress,
  type RunState,
  runFields,
} from './runs/run.ts'
export { RunRefuses } from './runs/runs.errors.ts'
export { billDueSubscriptions } from './runs/runs.jobs.ts'
export { RunsRepository } from './runs/runs.repository.ts'
export type { RunsScope } from './runs/runs.scope.ts'
export { RunsService, type WorkOutcome } from './runs/runs.service.ts'
export type { Bill, PlannedBill } from './subscriptions/bill.ts'
export type { BillLine } from './subscriptions/bill-lines.ts'
export {
  billingSubscription,
  billingSubscriptionRevision,
} from './subscriptions/subscription.table.ts'
export {
  BILLED_STATUSES,
  BILLED_STEPS,
  type BilledStatus,
  type BilledStep,
  type BilledSubscription,
  billedAfter,
  changeFields,
  REVISION_KINDS,
  type StoredRevision,
  type SubscriptionChange,
  type SubscriptionInput,
  subscriptionFields,
} from './subscriptions/subscription.ts'
export type { Ending } from './subscriptions/subscription-changes.ts'
export {
  PlanNotForSale,
  SubscriptionRefuses,
} from './subscriptions/subscriptions.errors.ts'
export {
  BilledSubscriptionsRepository,
  type LastCharged,
  RevisionsRepository,
  type SubscriptionFilter,
} from './subscriptions/subscriptions.repository.ts'
export type { BilledSubscriptionsScope, BillsScope } from './subscriptions/subscriptions.scope.ts'
export {
  BilledSubscriptionsService,
  type ChangePreview,
  type SubscriptionView,
} from './subscriptions/subscriptions.service.ts'
export { readTaxId } from './tax-id.ts'
export { tableTax } from './taxes/table-tax.ts'
export {
  type TaxCalculation,
  type TaxCalculations,
  taxCalculations,
} from './taxes/tax-calculation.ts'
export { billingTaxRate } from './taxes/tax-rate.table.ts'
export {
  TAX_PRESETS,
  type TaxPreset,
  type TaxRate,
  type TaxRateInput,
  taxRateFields,
} from './taxes/tax-rate.ts'
export { TaxRatesRepository } from './taxes/tax-rates.repository.ts'
export { TaxRateMissing, TaxRateTaken } from './taxes/taxes.errors.ts'
export type { TaxesScope } from './taxes/taxes.scope.ts'
export { TaxesService } from './taxes/taxes.service.ts'
export { TenantBilling } from './tenant-billing.ts'
export { TenantRepositories } from './tenant-repositories.ts'
export { TenantService } from './tenants/tenant.service.ts'
export { billingTenant } from './tenants/tenant.table.ts'
export { type Caller, type Tenant, type TenantInput, tenantFields } from './tenants/tenant.ts'
export { TenantRowRepository, TenantsRepository } from './tenants/tenants.repository.ts'
export type { TenantRowScope, TenantScope } from './tenants/tenants.scope.ts'
export { billingMeter } from './usage/meter.table.ts'
export {
  AGGREGATIONS,
  type Aggregation,
  LATE_POLICIES,
  type Meter,
  type MeterInput,
  meterFields,
} from './usage/meter.ts'
export { MetersRepository } from './usage/meters.repository.ts'
export { MetersService } from './usage/meters.service.ts'
export { billingQuota, billingReservation } from './usage/quota.table.ts'
export {
  QUOTA_CYCLES,
  QUOTA_KINDS,
  type Quota,
  type QuotaInput,
  type QuotaState,
  quotaFields,
  RESERVATION_STATUSES,
  type Reservation,
  type ReservationInput,
  type ReserveOutcome,
  reservationFields,
} from './usage/quota.ts'
export { ReservationConflict, ReservationEnded } from './usage/quotas.errors.ts'
export { tellDueQuotas } from './usage/quotas.jobs.ts'
export {
  type QuotaLook,
  QuotasRepository,
  ReservationsRepository,
} from './usage/quotas.repository.ts'
export type { QuotasScope } from './usage/quotas.scope.ts'
export { QuotasService } from './usage/quotas.service.ts'
export { UsageConflict, UsageRefused } from './usage/usage.errors.ts'
export type { UsageScope } from './usage/usage.scope.ts'
export { UsageService } from './usage/usage.service.ts'
export { billingUsageEvent, billingUsageReading } from './usage/usage.table.ts'
export {
  type CountedUsage,
  type RefusedUsage,
  USAGE_BATCH_MAX,
  type UsageEvent,
  type UsageEventInput,
  type UsageFault,
  type UsageRefusal,
  type UsageReport,
  usageEventFields,
} from './usage/usage-event.ts'
export { type CountedSpan, UsageEventsRepository } from './usage/usage-events.repository.ts'
export type {
  LateUsage,
  MeteredPeriod,
  OfPeriod,
  UsageReading,
  UsageSpan,
  UsageTotal,
  UsageTotals,
} from './usage/usage-reading.ts'
export { type ReadPeriod, UsageReadingsRepository } from './usage/usage-readings.repository.ts'
export * from './webhooks/index.ts'
