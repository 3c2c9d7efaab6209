import { answerOf, type ShopClient } from './api.ts'

/** Marks invitations to friends, those of the bot's `/invite` too. */
const PURPOSE = 'friends'
/** Friends that one link is good for. */
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
    ({ metadata, expiresAt }) =>
      metadata['purpose'] === PURPOSE && (!expiresAt || Date.parse(expiresAt) > now + DAY_MS),
  )
  if (known) return known.code
  const body = { usageLimit: USAGE_LIMIT, metadata: { purpose: PURPOSE }, makesFriends: true }
  return (await answerOf(api.POST('/api/v1/invitations', { body }))).code
}
