import { AppError } from '../../kernel/index.ts'

/** A mail server will never take this mail. */
export class MailRefused extends AppError {
  readonly code = 'mail.refused'
  readonly kind = 'invalid'

  constructor(facts: { status: number }) {
    super(
      `The mail server refuses the mail (${facts.status}): the address cannot be reached`,
      facts,
    )
  }
}

/** A mail server was reached and its answer was lost. */
export class MailUnclear extends AppError {
  readonly code = 'mail.unclear'
  readonly kind = 'unavailable'

  constructor(facts: { reason: string }) {
    super(`Nobody knows whether the mail was taken (${facts.reason}): it may have arrived`, facts)
  }
}

/** No mail server takes mails now. */
export class MailUnavailable extends AppError {
  readonly code = 'mail.unavailable'
  readonly kind = 'unavailable'

  constructor(facts: { reason: string }) {
    super(`Mails cannot be sent now (${facts.reason}): try again later`, facts)
  }
}
