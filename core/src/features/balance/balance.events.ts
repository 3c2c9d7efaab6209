import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'
import { LEDGER_PROBLEMS } from './balance.ts'

const amountText = z.string().regex(/^-?\d+$/)

/** The ledger does not add up: somebody must look before more is moved. */
export const ledgerDiffers = defineEvent('balance.ledger_differs', {
  version: 1,
  schema: z.object({
    verificationId: z.uuid(),
    /** How many things do not add up; the first twenty are named. */
    count: z.int(),
    differences: z.array(
      z.object({
        accountId: z.uuid().nullable(),
        unit: z.string(),
        problem: z.enum(LEDGER_PROBLEMS),
        expected: amountText,
        actual: amountText,
      }),
    ),
  }),
})
