import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'
import { GATE_REASONS, GATE_STATES } from './gate.ts'

/** Something else is let through from now on: by the figures, by hand, or as an override is over. */
export const gateChanged = defineEvent('gate.changed', {
  version: 1,
  schema: z.object({
    /** Of the change. */
    version: z.int().positive(),
    was: z.enum(GATE_STATES),
    state: z.enum(GATE_STATES),
    reasons: z.array(z.enum(GATE_REASONS)),
    isRedeemingAllowed: z.boolean(),
  }),
})

/** Somebody set the gate by hand. */
export const gateOverridden = defineEvent('gate.overridden', {
  version: 1,
  schema: z.object({
    version: z.int().positive(),
    state: z.enum(['open', 'closed']),
    until: z.iso.datetime(),
    /** `admin`, or a user's id. */
    actor: z.string(),
  }),
})
