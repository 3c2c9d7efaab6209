import { Piscina } from 'piscina'
import type { DocumentPrinter } from '../document-printer.ts'
import { layOut, type Sheet } from '../document-sheet.ts'
import { PrinterBusy } from '../documents.errors.ts'

/** How long a document may wait and be drawn; 5,000 lines take a few seconds. */
const TIME_MAX_MS = 30_000
const WAITING_MAX = 100
const IDLE_MS = 30_000
const MEMORY_MAX_MB = 512

/** A printer that holds a thread. */
export interface PdfkitPrinter extends DocumentPrinter, AsyncDisposable {}

/**
 * Makes the printer of PDFs. It draws in a thread of its own, which ends when nothing is printed
 * for half a minute and does not keep a process from ending; at most a hundred documents wait.
 */
export function pdfkitPrinter(): PdfkitPrinter {
  const pool = new Piscina<Sheet, Uint8Array>({
    filename: import.meta.url.replace(/pdfkit(\.[jt]s)$/, 'pdfkit-sheet$1'),
    name: 'drawSheet',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  })
  return {
    print: async (document) => {
      const sheet = layOut(document)
      if (pool.queueSize >= WAITING_MAX) throw new PrinterBusy()
      const signal = AbortSignal.timeout(TIME_MAX_MS)
      try {
        return await pool.run(sheet, { signal })
      } catch (error) {
        throw signal.aborted ? new PrinterBusy() : error
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}
