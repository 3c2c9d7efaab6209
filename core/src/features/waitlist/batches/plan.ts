import { z } from 'zod'
import { defineSetting, type Setting } from '../../../platform/settings/index.ts'
import { BATCH_SIZE_MAX } from './batch.ts'

/** When how many people are invited by themselves. */
export const planSchema = z.strictObject({
  isOn: z.boolean(),
  size: z.int().min(1).max(BATCH_SIZE_MAX),
  /** Hours from one batch to the next. */
  cadenceHours: z.int().min(1).max(720),
  /** Nobody of a lower score is invited. */
  cutoffScore: z.int().min(0).max(10_000),
})

/** When how many people are invited by themselves. */
export type Plan = z.output<typeof planSchema>

/** By which batches go out by themselves; off until an administrator turns it on. */
export const waitlistPlan: Setting<Plan> = defineSetting({
  name: 'waitlist.plan',
  schema: planSchema,
  initial: { isOn: false, size: 50, cadenceHours: 24, cutoffScore: 0 },
})
