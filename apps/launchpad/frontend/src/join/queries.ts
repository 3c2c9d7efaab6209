import { toRequestFailed } from '@gramkit/mini-app/requests'
import { queryOptions } from '@tanstack/react-query'
import { positionWire, statsWire } from '../api/wire.ts'
import type { Launchpad } from '../launchpad-context.tsx'

const LIVE_MS = 5_000

/** How many wait. */
export const statsQuery = ({ api }: Launchpad) =>
  queryOptions({
    queryKey: ['stats'],
    queryFn: () => api.ask(statsWire, '/api/waitlist/stats'),
    refetchInterval: LIVE_MS,
  })

/** The person's place, or nothing for who is not on the waitlist. */
export const positionQuery = ({ api, access }: Launchpad) =>
  queryOptions({
    queryKey: ['position'],
    queryFn: () =>
      access.isKnown
        ? api.ask(positionWire, '/api/waitlist/position').catch((error: unknown) => {
            const { status } = toRequestFailed(error)
            if (status === 401 || status === 404) return null
            throw error
          })
        : null,
    refetchInterval: ({ state }) => (state.data ? LIVE_MS : false),
  })
