import { z } from 'zod'

const id = z.int().positive().transform(BigInt)

/** An update is `update_id` and one thing that somebody did; a subscription calls them `user`. */
const updateSchema = z.record(
  z.string(),
  z.union([
    z.object({ from: z.object({ id }) }).transform(({ from }) => from.id),
    z.object({ user: z.object({ id }) }).transform(({ user }) => user.id),
    z.unknown().transform(() => undefined),
  ]),
)

/** Finds who did what an update tells of; undefined when it names nobody. */
export function readSenderId(update: unknown): bigint | undefined {
  const read = updateSchema.safeParse(update)
  return Object.values(read.data ?? {}).find((found) => found !== undefined)
}
