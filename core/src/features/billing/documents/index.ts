/**
 * Invoices and credit notes as pages, tables and paper.
 *
 * @module
 */
export { type DocumentTable, documentCsv, documentCsvHead } from './document-csv.ts'
export { dayText, moneyText } from './document-formats.ts'
export {
  DOCUMENT_CSP,
  DOCUMENT_STYLE,
  documentArticle,
  documentPage,
  escapedHtml,
} from './document-html.ts'
export type { DocumentPrinter } from './document-printer.ts'
export { PrinterBusy } from './documents.errors.ts'
export {
  type CreditNoteFacts,
  checkDocument,
  type DocumentLine,
  type DocumentParty,
  type DocumentPeriod,
  type DocumentStep,
  type DocumentTax,
  type InvoiceDocument,
  type InvoiceFacts,
} from './invoice-document.ts'
