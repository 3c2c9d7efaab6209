import { AppError } from '../../../kernel/index.ts'
import type { Reservation } from './quota.ts'

/** An id under which something else is reserved. */
export class ReservationConflict extends AppError {
  readonly code = 'billing.reservation_conflict'
  readonly kind = 'conflict'

  constructor(facts: { reservationId: string }, options?: ErrorOptions) {
    super('Something else is reserved under the id', facts, options)
  }
}

/** A reservation that holds nothing any more. */
export class ReservationEnded extends AppError {
  readonly code = 'billing.reservation_ended'
  readonly kind = 'gone'

  constructor(facts: { reservationId: string; status: Reservation['status'] | 'expired' }) {
    super(`The reservation is ${facts.status}`, facts)
  }
}
