import { z } from 'zod'
import { PAGE_LIMIT_MAX } from '../../kernel/index.ts'
import { problemSchema } from './problem.ts'

const AMOUNT = /^(0|-?[1-9]\d{0,17})$/

/** An amount: bigint in the program, decimal text of minor units on the wire, never a float. */
export const amountWire = z
  .codec(z.string().regex(AMOUNT, 'is not a whole number of minor units as text'), z.bigint(), {
    decode: (text) => BigInt(text),
    encode: (amount) => amount.toString(),
  })
  .meta({ type: 'string', pattern: AMOUNT.source, examples: ['1000'] })

/** An instant: Date in the program, ISO 8601 in UTC on the wire. */
export const instantWire = z
  .codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (instant) => instant.toISOString(),
  })
  .meta({ type: 'string', format: 'date-time' })

/** Query of a keyset list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).optional(),
  cursor: z.string().min(1).max(256).optional(),
})

/** Path of one thing that has an id. */
export const idParams = z.object({ id: z.uuid() })

/** Answer of a keyset list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

/** The error answers that every route documents; spread them into `response`. */
export const problemResponses = {
  '4xx': problem('The request is refused; `code` says why'),
  '5xx': problem('The service cannot answer now; try again later'),
}

/** Security of routes for a logged-in person, for their OpenAPI description. */
export const userSecurity = [{ session: [] }]

/** Security of routes for an administrator, for their OpenAPI description. */
export const adminSecurity = [{ admin: [] }]
