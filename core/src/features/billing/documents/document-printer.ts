import type { InvoiceDocument } from './invoice-document.ts'

/** Makes PDFs of documents. The same document gives the same bytes, whoever asks and whenever. */
export interface DocumentPrinter {
  /**
   * Prints one.
   *
   * @throws {@link AssertionFailed} when its figures do not add up
   * @throws {@link InvalidValue} when it is too long
   * @throws {@link PrinterBusy} when too many wait, or it took too long: the same call may go
   * through later
   */
  print(document: InvoiceDocument): Promise<Uint8Array>
}
