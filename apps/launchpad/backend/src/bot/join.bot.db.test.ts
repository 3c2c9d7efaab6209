import { newId } from '@gramkit/core/kernel'
import type { ChatMessage, UserControl } from '@gramkit/sandbox'
import { eventually } from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningLaunchpad, startRunningLaunchpad } from '../testing/running-launchpad.ts'

let launchpad: RunningLaunchpad

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
})
afterAll(() => launchpad[Symbol.asyncDispose]())

const somebody = (language = 'en') =>
  launchpad.sandbox.control.user(newId(), { first_name: 'Ada', language_code: language })

/** The last message of the bot, once there are so many. */
async function answerOf(person: UserControl, count: number): Promise<ChatMessage> {
  const messages = await eventually(
    async () => (await person.chat()).filter(({ by }) => by === 'bot'),
    ({ length }) => length >= count,
  )
  const last = messages.at(-1)
  if (!last || messages.length < count) throw new Error(`${messages.length} messages`)
  return last
}

/** Presses a button of the bot's last message and waits for what it says then. */
async function press(person: UserControl, persona: string): Promise<ChatMessage> {
  const message = await answerOf(person, 1)
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  const button = buttons.find(
    (one) => 'callback_data' in one && one.callback_data.includes(persona),
  )
  if (!button || !('callback_data' in button)) throw new Error(`No button ${persona}`)
  await person.press(message.message_id, button.callback_data)
  return eventually(
    async () =>
      (await person.chat()).find(({ message_id: id }) => id === message.message_id) ?? message,
    ({ text }) => text !== message.text,
  )
}

const entryOf = async (person: UserControl) => {
  const { core } = launchpad.served().app.platform
  const user = await core.repos.users.findByTelegramId(BigInt(await person.id()))
  return core.waitlist.get({ userId: user?.id ?? '' })
}

describe('/start join', () => {
  test('asks what somebody is, joins by one press, and shows place and link', async () => {
    const ada = somebody()
    await ada.say('/start join')
    expect(await answerOf(ada, 1)).toMatchObject({ text: expect.stringContaining('What are you?') })
    const shown = await press(ada, 'agency')
    expect(shown.text).toContain('Your place: 1 of 1.')
    const entry = await entryOf(ada)
    expect(entry).toMatchObject({ status: 'waiting', email: null })
    const buttons = JSON.stringify(shown.reply_markup)
    expect(buttons).toContain(`/join/`)
    expect(buttons).toContain(encodeURIComponent(`?start=r-${entry.referralCode}`))
    await ada.say('/place')
    expect((await answerOf(ada, 2)).text).toContain('Your place: 1 of 1.')
  })

  test('speaks Russian to who does', async () => {
    const boris = somebody('ru')
    await boris.say('/start join')
    expect((await press(boris, 'other')).text).toContain('Ваше место: 2 из 2.')
  })
})

test('a link of somebody who brings others remembers whose it was, by first touch', async () => {
  const ada = somebody()
  await ada.say('/start join')
  await press(ada, 'agency')
  const { id, referralCode } = await entryOf(ada)
  const bob = somebody()
  await bob.say(`/start r-${referralCode}`)
  await press(bob, 'small_team')
  expect(await entryOf(bob)).toMatchObject({ inviterEntryId: id })
})

test('/place asks who has not joined, and any other /start opens the page', async () => {
  const carol = somebody()
  await carol.say('/place')
  expect((await answerOf(carol, 1)).text).toContain('What are you?')
  await carol.say('/start habr')
  expect((await answerOf(carol, 2)).text).toContain('Welcome!')
})
