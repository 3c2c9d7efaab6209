import * as z from 'zod/mini'
import { componentsWire, entryStatusWire, personaWire } from '../api/wire.ts'
import { referralParts } from '../me/wire.ts'

/** A page of a list. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.nullable(z.string()) })

const cohortWire = z.enum(['control', 'trial'])

/** A version of what administrators configure. */
export const settingWire = z.object({
  version: z.int(),
  value: z.json(),
  actor: z.string(),
  reason: z.string(),
  /** Null of what was always there. */
  created_at: z.nullable(z.string()),
})

/** A version of what administrators configure. */
export type Setting = z.infer<typeof settingWire>

/** The last experiment, and how those fare who joined since it started. */
export const experimentWire = z.object({
  value: z.nullable(
    z.object({
      weights: z.json(),
      sharePercent: z.int(),
      startedAt: z.string(),
      stoppedAt: z.nullable(z.string()),
    }),
  ),
  report: z.array(
    z.object({
      cohort: cohortWire,
      joined: z.int(),
      invited: z.int(),
      admitted: z.int(),
      hours_to_invite: z.nullable(z.number()),
    }),
  ),
})

/** Somebody on the waitlist. */
export const personWire = z.object({
  id: z.string(),
  email: z.nullable(z.string()),
  telegram: z.nullable(z.string()),
  persona: personaWire,
  use_case: z.string(),
  score: z.int(),
  components: componentsWire,
  status: entryStatusWire,
  cohort: cohortWire,
  position: z.nullable(z.int()),
  joined_at: z.string(),
})

/** What other weights would do. */
export const simulationWire = z.object({
  people: z.int(),
  ranked: z.int(),
  moved: z.int(),
  by_persona: z.array(
    z.object({ persona: personaWire, now: z.nullable(z.number()), after: z.nullable(z.number()) }),
  ),
  next_batch: z.object({ stay: z.int(), leave: z.int(), enter: z.int() }),
})

/** How the launch goes. */
export const analyticsWire = z.object({
  funnel: z.array(
    z.object({ step: z.string(), people: z.int(), of_previous: z.nullable(z.number()) }),
  ),
  k_factor: z.nullable(z.number()),
  cohorts: z.array(
    z.object({
      week: z.string(),
      joined: z.int(),
      invited: z.int(),
      admitted: z.int(),
      qualified: z.int(),
      active_by_week: z.array(z.int()),
    }),
  ),
  time_to_invite: z.object({ p50: z.nullable(z.number()), p90: z.nullable(z.number()) }),
  series: z.array(
    z.object({ day: z.string(), joined: z.int(), invited: z.int(), admitted: z.int() }),
  ),
})

/** Invitations that went out together. */
export const batchWire = z.object({
  batch_id: z.string(),
  size: z.int(),
  generated: z.int(),
  actor: z.string(),
  refusal: z.nullable(z.string()),
  created_at: z.string(),
})

/** Answer to a batch that was generated. */
export const generatedWire = z.object({
  batch_id: z.string(),
  generated: z.int(),
  codes: z.array(z.string()),
})

/** What can have become of a code. */
export const codeStatuses = ['active', 'used', 'expired', 'revoked'] as const

/** An invitation. */
export const codeWire = z.object({
  code: z.string(),
  status: z.enum(codeStatuses),
  recipient: z.nullable(z.string()),
  delivery: z.nullable(z.enum(['issued', 'delivered'])),
  created_at: z.string(),
  expires_at: z.nullable(z.string()),
  used_at: z.nullable(z.string()),
})

/** Why the gate can be as it is. */
export const gateReasons = [
  'no_sample',
  'trust_low',
  'churn_high',
  'trust_not_recovered',
  'churn_not_recovered',
  'overridden',
] as const

/** Why the gate is as it is. */
const reasonsWire = z.array(
  z.object({
    code: z.enum(gateReasons),
    value: z.nullable(z.number()),
    threshold: z.nullable(z.number()),
  }),
)

const gateStateWire = z.enum(['open', 'slowed', 'closed'])

/** The gate. */
export const gateWire = z.object({
  state: gateStateWire,
  is_redeeming_allowed: z.boolean(),
  reasons: reasonsWire,
  override: z.nullable(
    z.object({
      state: z.enum(['open', 'closed']),
      until: z.string(),
      actor: z.string(),
      reason: z.string(),
    }),
  ),
})

const rate = z.nullable(z.number())

const rates = { trust_score: rate, churn_rate: rate, fraud_rate: rate, engagement_rate: rate }

/** How the growth does. */
export const trustWire = z.object({ ...rates, health_status: z.string() })

/** Between which values of trust the gate stays as it is. */
export const thresholdsWire = z.object({
  trust: z.object({ closesBelow: z.number(), opensAbove: z.number() }),
})

/** Figures of a moment. */
export const snapshotWire = z.object({ ...rates, id: z.string(), created_at: z.string() })

/** A change of the gate. */
export const gateChangeWire = z.object({
  version: z.int(),
  state: gateStateWire,
  reasons: reasonsWire,
  actor: z.string(),
  reason: z.string(),
  created_at: z.string(),
})

/** Something that somebody should look at. */
export const alertWire = z.object({
  id: z.string(),
  metric: z.enum(['trust', 'churn', 'fraud', 'engagement']),
  severity: z.enum(['warning', 'critical']),
  value: z.number(),
  threshold: z.number(),
  opened_at: z.string(),
  acknowledged_at: z.nullable(z.string()),
  acknowledged_by: z.nullable(z.string()),
  resolved_at: z.nullable(z.string()),
  escalations: z.int(),
})

const memberWire = z.object({ entry_id: z.string(), who: z.string() })

/** A referral, and whom its invitee brought. */
export const treeNodeWire = z.object({
  ...referralParts,
  inviter: memberWire,
  /** Null while the inviter has but named an address. */
  invitee: z.nullable(memberWire),
  brought: z.int(),
  qualified: z.int(),
})

/** Something that an administrator did. */
export const auditWire = z.object({
  id: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  facts: z.record(z.string(), z.string()),
  created_at: z.string(),
})

/** The server and its clock. */
export const statusWire = z.object({ timestamp: z.string() })
