import { GATE_STATES } from '@gramkit/core/quality'
import { z } from 'zod'

const instant = z.string()

/** A code as people type it: what it may be is told by whether it is found. */
export const codeWire = z.string().trim().min(1).max(64)

/** Whether a code lets somebody in. */
export const codeStatusWire = z
  .object({
    valid: z.boolean(),
    expires_at: instant.nullable(),
    used: z.boolean(),
    status: z.enum(['active', 'used', 'expired', 'revoked']),
  })
  .meta({ id: 'CodeStatus' })

/** Answer to a batch. */
export const generatedWire = z
  .object({
    status: z.literal('success'),
    batch_id: z.string(),
    generated: z.int(),
    codes: z.array(z.string()),
  })
  .meta({ id: 'GeneratedBatch' })

/** A batch, or a run of the plan that the gate refused. */
export const batchWire = z
  .object({
    batch_id: z.string(),
    /** How many were asked for. */
    size: z.int(),
    generated: z.int(),
    actor: z.string(),
    is_planned: z.boolean(),
    gate_state: z.enum(GATE_STATES),
    refusal: z.string().nullable(),
    created_at: instant,
  })
  .meta({ id: 'Batch' })

/** A code of a batch, and what became of it. */
export const issuedWire = z
  .object({
    code: z.string(),
    batch_id: z.string(),
    status: z.enum(['active', 'used', 'expired', 'revoked']),
    /** The address that it was sent to; null of who is known at Telegram alone. */
    recipient: z.string().nullable(),
    delivery: z.enum(['issued', 'delivered']),
    created_at: instant,
    expires_at: instant,
    used_at: instant.nullable(),
  })
  .meta({ id: 'IssuedCode' })
