import { AppError } from '../../kernel/index.ts'

/** The receiver did not take an event: it is posted again. */
export class WebhookNotTaken extends AppError {
  readonly code = 'webhooks.not_taken'
  readonly kind = 'unavailable'

  constructor(facts: { eventId: string; status: number | null }) {
    super(`The receiver answered ${facts.status ?? 'nothing'}`, facts)
  }
}

/** The receiver wants no more of this (410). */
export class WebhookGone extends AppError {
  readonly code = 'webhooks.gone'
  readonly kind = 'gone'

  constructor(facts: { eventId: string }) {
    super('The receiver answered 410: it wants no more', facts)
  }
}
