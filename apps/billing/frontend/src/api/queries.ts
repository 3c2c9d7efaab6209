import type { Ask } from '@gramkit/mini-app/requests'
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import type * as z from 'zod/mini'
import { type Desk, useDesk } from '../desk-context.tsx'
import { pageOf } from './wire.ts'

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
