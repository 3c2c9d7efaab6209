import { z } from 'zod'
import { addMs, DAY_MS } from '../../../kernel/index.ts'
import type { DeclineClass } from '../payments/invoice-payment.ts'

/** What becomes in the end of what nobody paid. */
export const DUNNING_ENDS = [
  /** The subscription ends now, with a last bill. */
  'cancel',
  /** The subscription charges for nothing until the invoice is paid. */
  'pause',
  /** The invoice is written off. */
  'uncollectible',
  /** The invoice stays overdue. */
  'nothing',
] as const

/** What becomes in the end of what nobody paid. */
export type DunningEnd = (typeof DUNNING_ENDS)[number]

/** How far a tenant goes after what is owed. */
export const dunningPolicyFields = z
  .strictObject({
    /** On which days after the first failure something is done, each later than the one before. */
    days: z
      .array(z.int('is no whole number').min(1, 'is below 1').max(365, 'is above 365'))
      .min(1, 'are none')
      .max(20, 'are more than 20')
      .refine((days) => days.every((day, at) => at === 0 || day > Number(days[at - 1])), {
        error: 'do not go up',
      }),
    /** The day after the first failure on which it ends. */
    endDay: z.int('is no whole number').min(1, 'is below 1').max(730, 'is above 730'),
    end: z.enum(DUNNING_ENDS, `is none of ${DUNNING_ENDS.join(', ')}`),
  })
  .refine(({ days, endDay }) => endDay >= (days.at(-1) ?? 0), {
    ...{ path: ['endDay'], error: 'is before the last of the days' },
  })

/** How far a tenant goes after what is owed. */
export type DunningPolicyInput = z.input<typeof dunningPolicyFields>

/** How far a tenant goes after what is owed. */
export type DunningPolicy = Readonly<z.output<typeof dunningPolicyFields>>

/** What a tenant does that has said nothing. */
export const DUNNING_DEFAULTS: DunningPolicy = { days: [1, 3, 5, 7], endDay: 14, end: 'pause' }

/** What is done about what is owed. */
export const DUNNING_STEPS = [
  /** The default method is charged again. */
  'retry',
  /** The customer is asked for another method, as this one never pays. */
  'ask_method',
  /** The customer is reminded to pay. */
  'remind',
  'end',
] as const

/** What is done about what is owed. */
export type DunningStep = (typeof DUNNING_STEPS)[number]

/** Whether what is owed is still gone after. */
export const DUNNING_STATES = [
  'open',
  /** The policy has come to its end. */
  'ended',
  /** It was paid after all, or is asked for no more. */
  'recovered',
] as const

/** Whether what is owed is still gone after. */
export type DunningState = (typeof DUNNING_STATES)[number]

/** An invoice that is gone after. */
export interface Dunning {
  readonly tenantId: string
  readonly invoiceId: string
  readonly state: DunningState
  /** How the last charge was declined; null where none was made. */
  readonly declineClass: DeclineClass | null
  /** How many of the policy's days are behind it. */
  readonly step: number
  /** When it was declined first, or fell overdue. */
  readonly openedAt: Date
  /** When something is done next; null when nothing is. */
  readonly dueAt: Date | null
  /** How it ended. */
  readonly ended: DunningEnd | null
  readonly updatedAt: Date
}

/** What was done about what is owed; never changed. */
export interface TakenDunningStep {
  readonly tenantId: string
  readonly invoiceId: string
  /** Counts from 1. */
  readonly number: number
  readonly kind: DunningStep
  readonly at: Date
}

/** How far it has gone with an invoice. */
export type DunningCourse = Pick<Dunning, 'openedAt' | 'declineClass' | 'step'>

/** What is done next, and when. */
export interface NextDunningStep {
  readonly kind: DunningStep
  readonly at: Date
}

/**
 * What is done next about an invoice that nobody paid. A charge that may pass is made again on each
 * day of the policy; after a final decline no charge is made, and the customer is asked for another
 * method; who is not charged is reminded.
 */
export function nextDunningStep(policy: DunningPolicy, course: DunningCourse): NextDunningStep {
  const day = policy.days[course.step]
  const at = addMs(course.openedAt, (day ?? policy.endDay) * DAY_MS)
  if (day === undefined) return { kind: 'end', at }
  const { declineClass } = course
  if (declineClass === null) return { kind: 'remind', at }
  return { kind: declineClass === 'temporary' ? 'retry' : 'ask_method', at }
}
