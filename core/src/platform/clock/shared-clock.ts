import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError, type VirtualClock } from '../../kernel/index.ts'

/** Whoever moves the clock must know the token that the platform registered with. */
export class ClockTokenInvalid extends AppError {
  readonly code = 'clock.token_invalid'
  readonly kind = 'unauthenticated'

  constructor() {
    super('Only the sandbox that this platform joined may move its clock')
  }
}

const movedSchema = z.object({ now: z.iso.datetime(), frozen: z.boolean() })

/** What a platform answers when its clock was moved and all that fell due is done. */
export interface Settled {
  readonly worked: number
  readonly nextDueAt: Date | null
}

/** How a platform follows the sandbox's clock. */
export interface SharedClockOptions {
  readonly clock: VirtualClock
  readonly token: string
  /** Does everything that is due, and waits for what is under way. */
  settle(): Promise<Settled>
}

/** Where the sandbox moves the clock. */
export const SHARED_CLOCK_PATH = '/dev/clock'

/** The route by which the sandbox moves a platform's clock; for development and tests only. */
export function sharedClockRoute(options: SharedClockOptions): FastifyPluginAsyncZod {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${options.token}`)
  return async (app) => {
    app.post(
      SHARED_CLOCK_PATH,
      {
        schema: { hide: true, body: movedSchema },
        onRequest: async ({ headers }) => {
          const given = digest(headers.authorization ?? '')
          if (!timingSafeEqual(given, expected)) throw new ClockTokenInvalid()
        },
      },
      async ({ body }) => {
        options.clock.set(new Date(body.now), { frozen: body.frozen })
        // A clock that runs on stood still at this instant until all that was due was done.
        if (!body.frozen) return { worked: 0, nextDueAt: null }
        const { worked, nextDueAt } = await options.settle()
        return { worked, nextDueAt: nextDueAt?.toISOString() ?? null }
      },
    )
  }
}

/** Takes over the sandbox's time once, for a process that nobody can call. */
export async function readSharedClock(options: {
  readonly clockUrl: string
  readonly clock: VirtualClock
}): Promise<void> {
  const response = await fetch(options.clockUrl, { signal: AbortSignal.timeout(5_000) })
  const { now, frozen } = movedSchema.parse(await response.json())
  options.clock.set(new Date(now), { frozen })
}

/**
 * Joins the sandbox's clock: takes over its time and has every later move sent to `platformUrl`.
 * Joining again, after a restart of either side, is harmless.
 */
export async function joinSharedClock(options: {
  /** Address of the sandbox's clock, such as `http://127.0.0.1:8081/sandbox/api/clock`. */
  readonly clockUrl: string
  readonly platformUrl: string
  readonly token: string
  readonly clock: VirtualClock
}): Promise<void> {
  const { clockUrl, platformUrl, token, clock } = options
  const response = await fetch(`${clockUrl}/platforms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${platformUrl}${SHARED_CLOCK_PATH}`, token }),
    signal: AbortSignal.timeout(5_000),
  })
  const { now, frozen } = movedSchema.parse(await response.json())
  clock.set(new Date(now), { frozen })
}
