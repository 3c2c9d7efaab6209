import { AppError } from '../../kernel/index.ts'

/** A code that names something in a tenant is in use there already. */
export class CodeTaken extends AppError {
  readonly code = 'billing.code_taken'
  readonly kind = 'conflict'

  constructor(facts: { what: string; taken: string }, options?: ErrorOptions) {
    super(`There is a ${facts.what} with the code ${facts.taken} already`, facts, options)
  }
}

/** The app prints no PDFs. */
export class NoPrinter extends AppError {
  readonly code = 'billing.no_printer'
  readonly kind = 'internal'

  constructor() {
    super('No printer of PDFs is configured: name one in pdfGeneration, such as pdfkit')
  }
}

/** The app has named no tenant for single-tenant use. */
export class NoDefaultTenant extends AppError {
  readonly code = 'billing.no_default_tenant'
  readonly kind = 'internal'

  constructor() {
    super('No default tenant is configured: set DEFAULT_TENANT_ID, or use forTenant')
  }
}
