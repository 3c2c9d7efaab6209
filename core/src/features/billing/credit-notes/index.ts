/**
 * Corrections of finalized invoices.
 *
 * @module
 */
export {
  billingCreditNote,
  billingCreditNoteLine,
  billingCreditNoteSeries,
} from './credit-note.table.ts'
export {
  type CreditNote,
  type CreditNoteInput,
  type CreditNoteLine,
  creditNoteFields,
} from './credit-note.ts'
export { MoreThanInvoiced, NothingToCredit } from './credit-notes.errors.ts'
export {
  type CreditNoteFilter,
  CreditNotesRepository,
  type IssuedCreditNote,
} from './credit-notes.repository.ts'
export type { CreditNotesScope } from './credit-notes.scope.ts'
export { CreditNotesService, type CreditNoteView } from './credit-notes.service.ts'
export type { CreditedLine, MadeCreditNote } from './make-credit-note.ts'
