import type { Currency, Period } from '../../../kernel/index.ts'

/** What a buyer agreed to when they let the kit charge them again without asking. */
export interface Consent {
  readonly id: string
  readonly userId: string
  /** The purchase it was given with; renewals repeat that one. */
  readonly paymentId: string
  /** The login it was given in. */
  readonly sessionId: string
  /** Which wording they saw. */
  readonly textVersion: string
  /** What they were shown: minor units, for each period. */
  readonly amount: bigint
  readonly currency: Currency
  readonly period: Period
  readonly agreedAt: Date
  readonly withdrawnAt: Date | null
}

/** The buyer's word, as a purchase brings it. */
export type GivenConsent = Pick<Consent, 'sessionId' | 'textVersion'>
