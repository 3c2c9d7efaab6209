import type { Ask } from '@gramkit/mini-app/requests'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type * as z from 'zod/mini'
import type { Launchpad } from '../launchpad-context.tsx'
import { pageOf } from './wire.ts'

/** How often what somebody looks at is read anew. */
export const LIVE_MS = 15_000

/** All that administrators read is read anew when one of them changes something. */
export const ADMIN_KEY = 'admin'

/** Something that an administrator looks at; read anew while they do. */
export function adminQuery<Wire extends z.ZodMiniType>(
  { adminApi }: Launchpad,
  wire: Wire,
  path: string,
  query: Ask['query'] = {},
) {
  return queryOptions({
    queryKey: [ADMIN_KEY, path, query],
    queryFn: () => adminApi.ask(wire, path, { query }),
    refetchInterval: LIVE_MS,
  })
}

/** A list that an administrator looks at, page by page. */
export function adminListQuery<Item extends z.ZodMiniType>(
  { adminApi }: Launchpad,
  item: Item,
  path: string,
  query: Ask['query'] = {},
) {
  return infiniteQueryOptions({
    queryKey: [ADMIN_KEY, path, 'list', query],
    queryFn: ({ pageParam }) =>
      adminApi.ask(pageOf(item), path, { query: { ...query, limit: 50, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: LIVE_MS,
  })
}
