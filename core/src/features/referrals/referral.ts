import type { ReferralFlag } from './flags.ts'

/** Every state of a referral. */
export const REFERRAL_STATUSES = [
  /** The inviter named an address; nobody has come of it yet. */
  'shared',
  /** The invitee is on the waitlist. */
  'joined',
  /** The invitee was let in. */
  'signed_up',
  /** The invitee did something real, so it counts. */
  'qualified',
  /** The invitee left before they were let in, or did too little in time. */
  'lapsed',
  /** It was taken back, with what was given for it. */
  'clawed_back',
] as const

/** State of a referral. */
export type ReferralStatus = (typeof REFERRAL_STATUSES)[number]

/** What can happen to a referral. */
export const REFERRAL_STEPS = ['join', 'sign_up', 'qualify', 'lapse', 'claw_back'] as const

/** What can happen to a referral. */
export type ReferralStep = (typeof REFERRAL_STEPS)[number]

/** Whom somebody brought, or wants to bring. */
export interface Referral {
  readonly id: string
  readonly inviterEntryId: string
  /** Null while it is `shared`. */
  readonly inviteeEntryId: string | null
  /** Whom the inviter named; kept while it is `shared` only. */
  readonly recipientEmail: string | null
  /** The earned code that the invitee came with. */
  readonly invitationId: string | null
  readonly status: ReferralStatus
  readonly flags: readonly ReferralFlag[]
  readonly qualifiedBy: 'activity' | 'payment' | null
  /** The payment that qualified it. */
  readonly paymentId: string | null
  /** It counts for nothing as long as it is frozen. */
  readonly frozenAt: Date | null
  readonly signedUpAt: Date | null
  readonly qualifiedAt: Date | null
  /** When it is looked at again. */
  readonly nextCheckAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** How long an address that an inviter named is kept when nobody comes of it. */
export const SHARE_DAYS = 30
/** How long an invitee has to become active, their first day among it. */
export const QUALIFY_DAYS = 14
/** On how many days of it they are active. */
export const QUALIFY_ACTIVE_DAYS = 3

const STEPS: Readonly<Record<ReferralStatus, Partial<Record<ReferralStep, ReferralStatus>>>> = {
  shared: { join: 'joined', sign_up: 'signed_up' },
  joined: { sign_up: 'signed_up', lapse: 'lapsed', claw_back: 'clawed_back' },
  signed_up: { qualify: 'qualified', lapse: 'lapsed', claw_back: 'clawed_back' },
  qualified: { claw_back: 'clawed_back' },
  // Who was too little active in time may pay later.
  lapsed: { qualify: 'qualified', claw_back: 'clawed_back' },
  clawed_back: {},
}

/** The state after a step; undefined when the step changes nothing. */
export function afterStep(status: ReferralStatus, step: ReferralStep): ReferralStatus | undefined {
  return STEPS[status][step]
}

const HOUR_MS = 3_600_000

/** The whole hour at or after an instant: what is due within it is looked at together. */
export function checkHour(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / HOUR_MS) * HOUR_MS)
}
