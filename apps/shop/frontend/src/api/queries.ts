import { answerOf } from '@gramkit/mini-app/requests'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { progressOf } from '../purchase/progress.ts'
import type { ShopClient } from './api.ts'
import type { ChangeBody } from './wire.ts'

const PAGE = 20
const WAITING_POLL_MS = 3_000

/** The logged-in person. */
export const meQuery = (api: ShopClient) =>
  queryOptions({ queryKey: ['me'], queryFn: () => answerOf(api.GET('/api/v1/me')) })

/**
 * The beginning of this visit, once for each opening: counts the day and uses what the link carries.
 */
export const visitQuery = (api: ShopClient, startParam: string | undefined) =>
  queryOptions({
    queryKey: ['visit'],
    queryFn: () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      return answerOf(
        api.POST('/api/v1/me/visit', { body: { startParam: startParam ?? null, timeZone } }),
      )
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  })

/** Where the person is logged in, last used first. */
export const sessionsQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['sessions'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/me/sessions'))).items,
  })

/** The person's address, if they have given one. */
export const emailQuery = (api: ShopClient) =>
  queryOptions({ queryKey: ['email'], queryFn: () => answerOf(api.GET('/api/v1/me/email')) })

/** What the person wants to hear of, and when not. */
export const preferencesQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['preferences'],
    queryFn: () => answerOf(api.GET('/api/v1/notifications/preferences')),
  })

/** The person's friends, page by page. */
export const friendsQuery = (api: ShopClient) =>
  infiniteQueryOptions({
    queryKey: ['friendships', 'friends'],
    queryFn: ({ pageParam }) =>
      answerOf(api.GET('/api/v1/friendships', { params: { query: pageAt(pageParam) } })),
    ...byCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

/** Those who want to be the person's friend, page by page. */
export const requestsQuery = (api: ShopClient) =>
  infiniteQueryOptions({
    queryKey: ['friendships', 'requests'],
    queryFn: ({ pageParam }) =>
      answerOf(api.GET('/api/v1/friendships/requests', { params: { query: pageAt(pageParam) } })),
    ...byCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

/** Those whom the person has blocked, page by page. */
export const blocksQuery = (api: ShopClient) =>
  infiniteQueryOptions({
    queryKey: ['friendships', 'blocks'],
    queryFn: ({ pageParam }) =>
      answerOf(api.GET('/api/v1/friendships/blocks', { params: { query: pageAt(pageParam) } })),
    ...byCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

/** What is sold here. */
export const productsQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['products'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/products'))).items,
  })

/** What the person has. */
export const balanceQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['balance'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/balance'))).items,
  })

/** The person's subscriptions, newest first. */
export const subscriptionsQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['subscriptions'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/subscriptions'))).items,
  })

/** What a change of plan would do. */
export const previewQuery = (api: ShopClient, id: string, body: ChangeBody) =>
  queryOptions({
    queryKey: ['subscriptions', 'preview', id, body],
    queryFn: () =>
      answerOf(
        api.POST('/api/v1/subscriptions/{id}/change/preview', { params: { path: { id } }, body }),
      ),
  })

/** The person's orders, newest first. */
export const ordersQuery = (api: ShopClient) =>
  queryOptions({
    queryKey: ['orders'],
    queryFn: async () => (await answerOf(api.GET('/api/v1/orders'))).items,
  })

/** One payment, asked for often while its money is awaited. */
export const paymentQuery = (api: ShopClient, id: string) =>
  queryOptions({
    queryKey: ['payments', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/payments/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) =>
      data && progressOf(data) !== 'waiting' ? false : WAITING_POLL_MS,
  })

/** The person's payments, page by page. */
export const paymentsQuery = (api: ShopClient) =>
  infiniteQueryOptions({
    queryKey: ['payments', 'list'],
    queryFn: ({ pageParam }) =>
      answerOf(api.GET('/api/v1/payments', { params: { query: pageAt(pageParam) } })),
    ...byCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

/** Changes of one balance, page by page. */
export const historyQuery = (api: ShopClient, unit: string) =>
  infiniteQueryOptions({
    queryKey: ['balance', 'history', unit],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/balance/{unit}/history', {
          params: { path: { unit }, query: pageAt(pageParam) },
        }),
      ),
    ...byCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })

const byCursor = {
  initialPageParam: '',
  getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor,
}

function pageAt(cursor: string): { limit: number; cursor?: string } {
  return cursor === '' ? { limit: PAGE } : { limit: PAGE, cursor }
}
