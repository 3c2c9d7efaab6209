import { Piscina } from 'piscina'
import type { DocumentPrinter } from '../document-printer.ts'
import { layOut, type Sheet } from '../document-sheet.ts'
import { PrinterBusy } from '../documents.errors.ts'

/** How long a document may wait and be drawn; 5,000 lines take a few seconds. */
const TIME_MAX_MS = 30_000
const WAITING_MAX = 32
const MEMORY_MAX_MB = 512

/** A printer that holds a thread. */
export interface PdfkitPrinter extends DocumentPrinter, AsyncDisposable {}

/**
 * Makes the printer of PDFs. It draws in a thread of its own, which starts with the first document
 * and does not keep a process from ending; at most 32 documents wait.
 */
export function pdfkitPrinter(): PdfkitPrinter {
  let pool: Piscina<Sheet, Uint8Array> | undefined
  const open = (): Piscina<Sheet, Uint8Array> =>
    new Piscina({
      filename: import.meta.url.replace(/pdfkit(\.[jt]s)$/, 'pdfkit-sheet$1'),
      name: 'drawSheet',
      // With none as the fewest, what waits would wait on after another was stopped for its time.
      minThreads: 1,
      maxThreads: 1,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
    })
  return {
    print: async (document) => {
      const sheet = layOut(document)
      pool ??= open()
      if (pool.queueSize >= WAITING_MAX) throw new PrinterBusy()
      const signal = AbortSignal.timeout(TIME_MAX_MS)
      try {
        return await pool.run(sheet, { signal })
      } catch (error) {
        throw signal.aborted ? new PrinterBusy() : error
      }
    },
    [Symbol.asyncDispose]: async () => pool?.destroy(),
  }
}
