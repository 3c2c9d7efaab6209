import { type Ask, toRequestFailed } from '@gramkit/mini-app/requests'
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import type * as z from 'zod/mini'
import { type Desk, useDesk } from '../desk-context.tsx'
import { pageOf, tenantWire } from './wire.ts'

const LIVE_MS = 15_000
const PAGE = 50

/** What the tenant has; read anew while somebody looks. */
export function deskQuery<Wire extends z.ZodMiniType>(
  { api }: Desk,
  wire: Wire,
  path: string,
  query: Ask['query'] = {},
) {
  return queryOptions({
    queryKey: [path, query],
    queryFn: () => api.ask(wire, path, { query }),
    refetchInterval: LIVE_MS,
  })
}

/**
 * Whose key it is; null for a key that is good and may not read it. What failed is asked again only by
 * hand, so that nothing moves under whoever types another key.
 */
export function tenantQuery({ api }: Desk) {
  return queryOptions({
    queryKey: ['tenant'],
    queryFn: async () => {
      try {
        return await api.ask(tenantWire, 'tenant')
      } catch (error) {
        if (toRequestFailed(error).status === 403) return null
        throw error
      }
    },
    retry: false,
    refetchInterval: ({ state }) => (state.data === undefined ? false : LIVE_MS),
    refetchOnWindowFocus: false,
  })
}

/** A list of what the tenant has, page by page. */
export function deskListQuery<Item extends z.ZodMiniType>(
  { api }: Desk,
  item: Item,
  path: string,
  query: Ask['query'] = {},
) {
  return infiniteQueryOptions({
    queryKey: [path, 'list', query],
    queryFn: ({ pageParam }) =>
      api.ask(pageOf(item), path, { query: { ...query, limit: PAGE, cursor: pageParam } }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: LIVE_MS,
  })
}

/** Something to be done: where, and with what. */
export type Act = Pick<Ask, 'body'> & { readonly path: string }

/** Does what somebody wants, and reads again what it changed. */
export function useAct() {
  const { api } = useDesk()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, body = {} }: Act) => api.tell(path, { method: 'POST', body }),
    onSettled: () => queries.invalidateQueries(),
  })
}
