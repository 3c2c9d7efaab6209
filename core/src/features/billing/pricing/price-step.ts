import { z } from 'zod'

const text = z.string()

/** One step of how a price came about, in texts: for people, for storage and for tests. */
export const priceStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flat'), amount: text }),
  z.strictObject({ kind: z.literal('included'), quantity: text, of: text }),
  z.strictObject({ kind: z.literal('units'), quantity: text, rate: text, amount: text }),
  z.strictObject({
    ...{ kind: z.literal('tier'), from: text, upTo: text.nullable(), quantity: text, rate: text },
    ...{ flatFee: text.optional(), amount: text },
  }),
  z.strictObject({
    ...{ kind: z.literal('packages'), packages: text, size: text, rate: text, amount: text },
  }),
  z.strictObject({ kind: z.literal('plug_in'), name: text, explanation: text, amount: text }),
  z.strictObject({ kind: z.literal('charged'), amount: text }),
  z.strictObject({ kind: z.literal('days'), days: text, of: text }),
])

/** One step of how a price came about. */
export type PriceStep = z.output<typeof priceStepSchema>
