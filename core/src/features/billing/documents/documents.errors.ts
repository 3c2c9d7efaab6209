import { AppError } from '../../../kernel/index.ts'

/** A PDF was not made in time, or more of them are asked for than this process can make. */
export class PrinterBusy extends AppError {
  readonly code = 'billing.printer_busy'
  readonly kind = 'unavailable'

  constructor() {
    super('The PDF could not be made in time: try again in a moment')
  }
}
