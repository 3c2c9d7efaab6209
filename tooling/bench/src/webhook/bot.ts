import { Composer, type Context } from 'grammy'
import type { UserFromGetMe } from 'grammy/types'

/** What Telegram repeats in each delivery of this benchmark. */
export const WEBHOOK_SECRET = 'webhook-secret-of-the-benchmark'

/** The bot of both sides; known beforehand, as nobody plays Telegram here. */
export const BOT_INFO: UserFromGetMe = {
  id: 700_000_002,
  is_bot: true,
  first_name: 'Bench',
  username: 'bench_bot',
  can_join_groups: false,
  can_read_all_group_messages: false,
  can_manage_bots: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  supports_join_request_queries: false,
}

/** Does what costs least with a text: counts it. */
export function countingComposer(): Composer<Context> {
  let texts = 0
  const composer = new Composer<Context>()
  composer.on('message:text', () => {
    texts += 1
    process.title = `bench ${texts % 2}`
  })
  return composer
}
