import { readEmail } from '@gramkit/core/kernel'
import { COHORTS, ENTRY_STATUSES, type Entry, PERSONAS, type Place } from '@gramkit/core/waitlist'
import { z } from 'zod'

/** An address as people type it. */
export const emailWire = z
  .string()
  .max(254)
  .refine((text) => readEmail(text) !== undefined, 'is no e-mail address')
  .meta({ format: 'email' })

/** What somebody wants to use the app for. */
export const useCaseWire = z.string().trim().min(1).max(2_000)

/** What somebody says they are. */
export const personaWire = z.enum(PERSONAS)

const componentsWire = z.object({
  persona: z.int(),
  detail: z.int(),
  keyword: z.int(),
  referrals: z.int(),
})

const placeWire = {
  /** 1 is next; null for who does not wait. */
  position: z.int().nullable(),
  total_waiting: z.int(),
  estimated_wait: z.string().nullable(),
}

/** Answer to a join and to a confirmed address. */
export const joinedWire = z
  .object({
    status: z.literal('success'),
    ...placeWire,
    entry_status: z.enum(ENTRY_STATUSES),
    /** Shows and changes the entry; to be kept. */
    position_token: z.string(),
    referral_link: z.string(),
  })
  .meta({ id: 'Joined' })

/** Where somebody is in the queue, and why there. */
export const positionWire = z
  .object({
    status: z.enum(ENTRY_STATUSES),
    ...placeWire,
    score: z.int(),
    components: componentsWire,
    weights_version: z.int(),
    persona: personaWire,
    use_case: z.string(),
    referral_link: z.string(),
  })
  .meta({ id: 'Position' })

/** How many people wait, came and were let in. */
export const statsWire = z
  .object({
    /** People who wait. */
    total: z.int(),
    /** Invited since midnight, UTC. */
    processed_today: z.int(),
    joined_today: z.int(),
    invited: z.int(),
    admitted: z.int(),
  })
  .meta({ id: 'WaitlistStats' })

/** An entry as administrators see it. */
export const entryWire = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    telegram: z.string().nullable(),
    persona: personaWire,
    use_case: z.string(),
    score: z.int(),
    components: componentsWire,
    status: z.enum(ENTRY_STATUSES),
    cohort: z.enum(COHORTS),
    position: z.int().nullable(),
    joined_at: z.string(),
  })
  .meta({ id: 'WaitlistEntry' })

/** The link by which somebody brings others. */
export function referralLink(joinUrl: string, { referralCode }: Pick<Entry, 'referralCode'>) {
  const link = new URL(joinUrl)
  link.searchParams.set('ref', referralCode)
  return link.href
}

/** A place on the wire. */
export function toPlaceWire({ position, totalWaiting, estimatedWait }: Place) {
  return { position, total_waiting: totalWaiting, estimated_wait: estimatedWait }
}
