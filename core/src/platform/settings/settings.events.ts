import { z } from 'zod'
import { defineEvent } from '../outbox/index.ts'

/** An administrator changed a setting: the new version holds from now on. */
export const settingChanged = defineEvent('setting.changed', {
  version: 1,
  schema: z.object({ setting: z.string(), version: z.int().positive() }),
})
