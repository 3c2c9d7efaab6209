import { answerOf } from '@gramkit/mini-app/requests'
import type { ShopClient } from './api.ts'

/** Friends that one link is good for, as with the bot's `/invite`: each finds those of the other. */
const USAGE_LIMIT = 50
const DAY_MS = 86_400_000

/** The link that opens the Mini App with the person's invitation; a new one once that is used up. */
export async function inviteLink(api: ShopClient, now = Date.now()): Promise<string> {
  const [{ username }, code] = await Promise.all([
    answerOf(api.GET('/api/v1/bot')),
    currentCode(api, now),
  ])
  return `https://t.me/${username}?startapp=i-${code}`
}

async function currentCode(api: ShopClient, now: number): Promise<string> {
  const query = { status: 'active', limit: 100 } as const
  const { items } = await answerOf(api.GET('/api/v1/invitations', { params: { query } }))
  const known = items.find(
    ({ makesFriends, groupId, recipient, usageLimit, expiresAt }) =>
      makesFriends &&
      groupId === null &&
      recipient === null &&
      usageLimit === USAGE_LIMIT &&
      (!expiresAt || Date.parse(expiresAt) > now + DAY_MS),
  )
  if (known) return known.code
  const body = { usageLimit: USAGE_LIMIT, makesFriends: true }
  return (await answerOf(api.POST('/api/v1/invitations', { body }))).code
}
