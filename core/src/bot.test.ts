import { Composer, type Context } from 'grammy'
import { expect, test } from 'vitest'
import { createBot, reachComposer, telegramInbox } from './bot.ts'
import { InvalidValue } from './kernel/index.ts'

/** A bot that knows who it is, so that it calls nobody. */
function botWith(...composers: Composer<Context>[]) {
  const bot = createBot({ token: '1:abc', apiRoot: 'http://127.0.0.1:1', composers })
  bot.botInfo = {
    ...{ id: 1, is_bot: true, first_name: 'Bot', username: 'a_bot' },
    ...{ can_join_groups: true, can_read_all_group_messages: false, can_manage_bots: false },
    ...{
      supports_join_request_queries: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
    },
    ...{ has_main_web_app: false, has_topics_enabled: false, allows_users_to_create_topics: false },
  }
  return bot
}
const user = { id: 7, is_bot: false, first_name: 'Ada' }
const delivery = { id: '', provider: 'telegram', key: '', receivedAt: new Date(0) }

test('what a composer throws is judged as what it is', async () => {
  const wrong = new InvalidValue({ field: 'text', problem: 'is no text' })
  const own = new Composer<Context>()
  own.on('message', () => {
    throw wrong
  })
  const bot = botWith(own)
  const chat = { id: 7, type: 'private', first_name: 'Ada' }
  const body = { update_id: 1, message: { message_id: 1, date: 0, chat, from: user, text: 'Hi' } }
  const { prepare } = telegramInbox(bot)
  await expect(prepare?.(Object(null), { ...delivery, body })).rejects.toBe(wrong)
})

test.each([
  { id: -100, type: 'group', title: 'Friends' },
  { id: 7, type: 'private', first_name: 'Ada' },
])('what happens to the bot in a $type chat goes on to the next composer', async (chat) => {
  const heard: number[] = []
  const reach = { heardBlocked: async () => {}, heardFrom: async () => {} }
  const own = new Composer<Context>()
  own.on('my_chat_member', ({ chat: { id } }) => {
    heard.push(id)
  })
  const bot = botWith(reachComposer({ reach }), own)
  const member = { user: bot.botInfo, status: 'member' as const }
  await bot.handleUpdate({
    update_id: 1,
    my_chat_member: {
      ...{ chat: Object(chat), from: user, date: 0 },
      ...{ old_chat_member: member, new_chat_member: member },
    },
  })
  expect(heard).toEqual([chat.id])
})
