/**
 * Purchases: products, gateways, and everything a provider may report about money.
 *
 * @module
 */
export type { ApplyOutcome } from './apply-report.ts'
export { paymentConsent } from './consents/consent.table.ts'
export type { Consent, GivenConsent } from './consents/consent.ts'
export { ConsentsRepository } from './consents/consents.repository.ts'
export { creditsFulfilment, type SpentCredits } from './credits.fulfilment.ts'
export { paymentDispute } from './disputes/dispute.table.ts'
export { DISPUTE_STATUSES, type Dispute, type DisputeStatus } from './disputes/dispute.ts'
export { DisputesRepository } from './disputes/disputes.repository.ts'
export {
  type DisputeReport,
  type DisputesScope,
  DisputesService,
} from './disputes/disputes.service.ts'
export {
  type BoundFulfilment,
  bindFulfilment,
  type Fulfilment,
  type FulfilmentRegistry,
  type RefundedPart,
  type Reversal,
} from './fulfilment.ts'
export { createGatewayRegistry } from './gateway-breaker.ts'
export { payment, paymentEvent } from './payment.table.ts'
export {
  isOpen,
  PAYMENT_STATUSES,
  type Payment,
  type PaymentSnapshot,
  type PaymentStatus,
  type Surface,
  transition,
} from './payment.ts'
export type {
  CancelCall,
  CaptureCall,
  GatewayCapabilities,
  GatewayRegistry,
  LookUp,
  PaymentGateway,
  RefundRequest,
  RefundSnapshot,
  RenewalSwitch,
  SavedMethodCharge,
  StartRequest,
  StartResult,
} from './payment-gateway.ts'
export * as paymentErrors from './payments.errors.ts'
export {
  ProviderRejected,
  ProviderUnavailable,
} from './payments.errors.ts'
export {
  paymentClosed,
  paymentDiffers,
  paymentDisputed,
  paymentRefunded,
  paymentReportRefused,
  paymentSucceeded,
  paymentUpdated,
} from './payments.events.ts'
export { checkDuePayments } from './payments.jobs.ts'
export { PaymentsRepository } from './payments.repository.ts'
export type { PaymentsScope } from './payments.scope.ts'
export { PaymentsService, type RenewalCharge, type StartPayment } from './payments.service.ts'
export { type PaymentsCheckScope, PaymentsCheckService } from './payments-check.service.ts'
export { paymentsPart } from './person-part.ts'
export {
  createProductCatalog,
  type Product,
  type ProductCatalog,
  type ProductInput,
  type ProductSnapshot,
} from './product.ts'
export type { Quote, QuoteRequest, StartQuoted } from './quotes/quote.ts'
export type { GivenContact } from './receipts/buyer-contact.ts'
export { checkTaxProfiles } from './receipts/check-tax-profiles.ts'
export { ContactsRepository } from './receipts/contacts.repository.ts'
export { paymentContact, paymentReceipt } from './receipts/receipt.table.ts'
export type {
  Receipt,
  ReceiptDesk,
  ReceiptDraft,
  ReceiptReport,
  ReceiptSnapshot,
} from './receipts/receipt.ts'
export * as receiptErrors from './receipts/receipts.errors.ts'
export { receiptOverdue, receiptRejected } from './receipts/receipts.events.ts'
export { checkDueReceipts, forgetOldContacts } from './receipts/receipts.jobs.ts'
export { ReceiptsRepository } from './receipts/receipts.repository.ts'
export { type ReceiptsScope, ReceiptsService } from './receipts/receipts.service.ts'
export { type ReceiptsCheckScope, ReceiptsCheckService } from './receipts/receipts-check.service.ts'
export type { TaxProfile } from './receipts/tax-profile.ts'
export type { InBooks } from './reconciliation/in-books.ts'
export { reconcilePayments } from './reconciliation/reconciliation.jobs.ts'
export { ReconciliationRepository } from './reconciliation/reconciliation.repository.ts'
export {
  type ReconciliationScope,
  ReconciliationService,
} from './reconciliation/reconciliation.service.ts'
export { paymentReconciliation } from './reconciliation/reconciliation.table.ts'
export type {
  BookEntry,
  BookPage,
  BooksRequest,
  ReconciledEntry,
  Reconciliation,
} from './reconciliation/reconciliation.ts'
export { paymentRefund } from './refunds/refund.table.ts'
export { REFUND_STATUSES, type Refund, type RefundReport } from './refunds/refund.ts'
export { RefundsRepository } from './refunds/refunds.repository.ts'
export { type RefundsScope, RefundsService } from './refunds/refunds.service.ts'
