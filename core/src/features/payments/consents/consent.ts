import type { Currency, Period } from '../../../kernel/index.ts'

/** What a buyer agreed to when they let the kit charge them again without asking. */
export interface Consent {
  readonly id: string
  readonly userId: string
  /** The purchase it was given with; renewals repeat that one. */
  readonly paymentId: string
  /** The login it was given in; null where it was given without one. */
  readonly sessionId: string | null
  /** Which wording they saw. */
  readonly textVersion: string
  /** What they were shown, in minor units: for each period, or of the first invoice. */
  readonly amount: bigint
  readonly currency: Currency
  /** Null where it is for whatever is asked for when it is due. */
  readonly period: Period | null
  readonly agreedAt: Date
  readonly withdrawnAt: Date | null
}

/** The buyer's word, as a purchase brings it. */
export type GivenConsent = Pick<Consent, 'sessionId' | 'textVersion'>
