import { queryOptions } from '@tanstack/react-query'
import type { Launchpad } from '../launchpad-context.tsx'
import { leadersWire, mineWire } from './wire.ts'

const LIVE_MS = 15_000

/** Whom the person brought. */
export const mineQuery = ({ api }: Launchpad) =>
  queryOptions({
    queryKey: ['mine'],
    queryFn: () => api.ask(mineWire, '/api/referrals/me'),
    refetchInterval: LIVE_MS,
  })

/** Who has brought the most. */
export const leadersQuery = ({ api }: Launchpad) =>
  queryOptions({
    queryKey: ['leaders'],
    queryFn: () => api.ask(leadersWire, '/api/referrals/leaderboard'),
    refetchInterval: LIVE_MS,
  })
