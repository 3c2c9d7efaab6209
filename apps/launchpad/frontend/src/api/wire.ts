import * as z from 'zod/mini'

/** What somebody on the waitlist may say they are. */
export const personas = [
  'solo_founder',
  'small_team',
  'agency',
  'content_creator',
  'other',
] as const

/** What somebody on the waitlist says they are. */
export type Persona = (typeof personas)[number]

/** What somebody on the waitlist says they are. */
export const personaWire = z.enum(personas)

/** How far somebody can have come on their way in. */
export const entryStatuses = [
  'unconfirmed',
  'waiting',
  'invited',
  'admitted',
  'lapsed',
  'left',
] as const

/** How far somebody has come on their way in. */
export const entryStatusWire = z.enum(entryStatuses)

/** A place in the queue. */
const placeWire = {
  position: z.nullable(z.int()),
  total_waiting: z.int(),
  estimated_wait: z.nullable(z.string()),
}

/** What a score consists of. */
export const componentsWire = z.object({
  persona: z.int(),
  detail: z.int(),
  keyword: z.int(),
  referrals: z.int(),
})

/** Answer to a join. */
export const joinedWire = z.object({
  ...placeWire,
  entry_status: entryStatusWire,
  position_token: z.string(),
  referral_link: z.string(),
})

/** Answer to a confirmed address. */
export const confirmedWire = z.object({ ...placeWire, position_token: z.string() })

/** Somebody's place in the queue, and why it is theirs. */
export const positionWire = z.object({
  ...placeWire,
  status: entryStatusWire,
  score: z.int(),
  components: componentsWire,
  persona: personaWire,
  use_case: z.string(),
  referral_link: z.string(),
})

/** Somebody's place in the queue, and why it is theirs. */
export type Position = z.infer<typeof positionWire>

/** How many wait, and how many were let in. */
export const statsWire = z.object({
  total: z.int(),
  joined_today: z.int(),
  processed_today: z.int(),
})

/** Answer to a code that was used. */
export const redeemedWire = z.object({ email: z.nullable(z.string()) })

/** A login that was begun. */
export const startedLoginWire = z.object({ id: z.string() })

/** A login. */
export const loginWire = z.object({ token: z.string() })
