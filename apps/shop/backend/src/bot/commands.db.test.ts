import { createBot } from '@gramkit/core/bot'
import type { UserControl } from '@gramkit/sandbox'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ApiClient,
  aCustomer,
  apiClient,
  eventually,
  type RunningShop,
  startRunningShop,
} from '../testing/running-shop.ts'

/** The sandbox numbers people in the order they come. */
const OWNER_ID = 5_000_000_001

let shop: RunningShop
let owner: UserControl
let database: pg.Client

beforeAll(async () => {
  shop = await startRunningShop({ GRAMKIT_OWNER_TELEGRAM_IDS: String(OWNER_ID) })
  owner = shop.sandbox.control.user('Olga', { first_name: 'Olga' })
  expect(await owner.id()).toBe(OWNER_ID)
  await ask(owner, '/start')
  database = new pg.Client(shop.database.adminUrl)
  await database.connect()
})

afterAll(async () => {
  await database.end()
  await shop[Symbol.asyncDispose]()
})

/** Says something and waits for the bot's next message. */
async function ask(person: UserControl, text: string): Promise<string> {
  const { message_id } = await person.say(text)
  return (await nextMessage(person, message_id)).text ?? ''
}

async function nextMessage(person: UserControl, after: number) {
  const messages = await eventually(
    async () =>
      (await person.chat()).filter(({ by, message_id }) => by === 'bot' && message_id > after),
    ({ length }) => length > 0,
  )
  const [first] = messages
  if (!first) throw new Error('The bot said nothing')
  return first
}

const somebody = (name: string, language_code = 'en') =>
  shop.sandbox.control.user(name, { first_name: name, language_code })
const meOf = async (client: ApiClient) => (await client.get('/api/v1/me')).body
const setRole = (telegramId: number, role: string) =>
  database.query('update gramkit.user_account set role = $2 where telegram_id = $1', [
    telegramId,
    role,
  ])

describe('/start', () => {
  test.each([
    ['', 'Welcome'],
    [' habr', 'Welcome'],
    [' s-habr-p-_smugs', 'Welcome'],
    [' i-NOBODY-HAS-THIS', 'The link you came by does not work any more.'],
    [' i-', 'Welcome'],
    [' l-0123456789', 'The link you came by does not work any more.'],
    [' <b>&%\u0000', 'Welcome'],
    [` ${'x'.repeat(600)}`, 'Welcome'],
    // A page that no link could carry, though a typed command can.
    [` p-${'x'.repeat(600)}`, 'Welcome'],
  ])('welcomes, whatever the link says: "%s"', async (payload, said) => {
    const answer = await ask(await aPerson(), `/start${payload}`)
    expect(answer).toContain('Welcome! Open the shop')
    expect(answer).toContain(said)
  })

  test('makes friends by the invitation in the link, and says so once', async () => {
    const ada = await aCustomer(shop, 'Ada')
    const invitation = await inviteBy(ada.person)
    const bob = await aCustomer(shop, 'Bob')
    expect(await ask(bob.person, `/start i-${invitation}`)).toContain(
      'You have accepted an invitation from Ada.',
    )
    expect(await ask(bob.person, `/start i-${invitation}`)).toContain('already')
    expect(await ask(ada.person, `/start i-${invitation}`)).toContain('your own invitation')
    const friends = await bob.get('/api/v1/friendships')
    expect(friends.body.items).toMatchObject([{ userId: ada.userId, firstName: 'Ada' }])
  })

  test('gives the link that the Mini App gives', async () => {
    const nell = await aCustomer(shop, 'Nell')
    const terms = { usageLimit: 50, makesFriends: true }
    const { body } = await nell.post('/api/v1/invitations', terms)
    expect(await inviteBy(nell.person)).toBe(body.code)
  })

  test('hands the Mini App on where the link leads', async () => {
    const { message_id } = await owner.say('/start s-habr-p-_smugs')
    const { reply_markup } = await nextMessage(owner, message_id)
    const [button] = reply_markup?.inline_keyboard.flat() ?? []
    expect(button).toMatchObject({ web_app: { url: `${shop.url}/shop/?startapp=p-_smugs` } })
  })

  test('counts the visit, as every message does', async () => {
    const carol = await aCustomer(shop, 'Carol')
    expect(await meOf(carol)).toMatchObject({ streak: { total: 0 } })
    await ask(carol.person, '/paysupport')
    expect(await meOf(carol)).toMatchObject({ streak: { current: 1, isCountedToday: true } })
    await shop.sandbox.control.clock.advance({ days: 1 })
    await ask(carol.person, '/start')
    expect(await meOf(carol)).toMatchObject({ streak: { current: 2, total: 2 } })
  })
})

describe('a language', () => {
  test('is Telegram’s until a person chooses their own', async () => {
    const dina = await aCustomer(shop, 'Dina')
    expect(await ask(dina.person, '/help')).toContain('/invite – Invite a friend')
    await fetch(`${shop.url}/api/v1/me`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${dina.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ language: 'ru' }),
    })
    expect(await ask(dina.person, '/help')).toContain('/invite – Пригласить друга')
    expect(await ask(dina.person, '/start')).toContain('Добро пожаловать')
    expect(await ask(dina.person, '/paysupport')).toContain('Платежей здесь пока нет.')
    expect(await ask(dina.person, 'hello?')).toContain('/paysupport – Помощь с платежом')
  })
})

describe('/settings', () => {
  const shownOf = (message: Awaited<ReturnType<typeof nextMessage>> | undefined) => ({
    text: message?.text,
    buttons: message?.reply_markup?.inline_keyboard.flat().map(({ text }) => text),
  })

  test('changes the language and the quiet hours by a press, in place', async () => {
    const finn = await aCustomer(shop, 'Finn')
    const { message_id: said } = await finn.person.say('/settings')
    const first = await nextMessage(finn.person, said)
    expect(shownOf(first)).toEqual({
      text: 'Your settings. Press to change them:',
      buttons: expect.arrayContaining(['✓ English', 'Quiet hours 22:00–08:00', '✓ News']),
    })
    const press = async (data: string, isDone: (text: string) => boolean) => {
      await finn.person.press(first.message_id, data)
      const find = async () =>
        shownOf(
          (await finn.person.chat()).find(({ message_id }) => message_id === first.message_id),
        )
      return eventually(find, ({ buttons = [] }) => isDone(buttons.join()))
    }
    expect(await press('settings:language:ru', (text) => text.includes('✓ Русский'))).toEqual({
      text: 'Ваши настройки. Нажмите, чтобы изменить:',
      buttons: expect.arrayContaining(['English', '✓ Русский', 'Тихие часы 22:00–08:00']),
    })
    expect(await meOf(finn)).toMatchObject({ language: 'ru' })
    await press('settings:quiet:on', (text) => text.includes('✓ Тихие'))
    const preferences = async () => (await finn.get('/api/v1/notifications/preferences')).body
    expect(await preferences()).toMatchObject({ quietHours: { from: '22:00', until: '08:00' } })
    await press('settings:quiet:off', (text) => !text.includes('✓ Тихие'))
    expect(await preferences()).toMatchObject({ quietHours: null })
    await press('settings:topic:news:off', (text) => text.includes(',Новости'))
    const news = { id: 'news', title: 'Новости', isEnabled: false }
    expect((await preferences()).topics).toContainEqual(news)
  })
})

describe('/invite', () => {
  test('gives one link, to be sent on, until it is old', async () => {
    const eve = await aCustomer(shop, 'Eve')
    const first = await inviteBy(eve.person)
    expect(await inviteBy(eve.person)).toBe(first)
    await shop.sandbox.control.clock.advance({ days: 30 })
    expect(await inviteBy(eve.person)).not.toBe(first)
  })

  test('offers the link to be sent to a friend', async () => {
    const { message_id } = await owner.say('/invite')
    const { reply_markup, text = '' } = await nextMessage(owner, message_id)
    const [button] = reply_markup?.inline_keyboard.flat() ?? []
    const url = new URL(button && 'url' in button ? button.url : '')
    expect(url.origin + url.pathname).toBe('https://t.me/share/url')
    expect(text).toContain(url.searchParams.get('url'))
  })
})

describe('commands of owners', () => {
  test('do not exist for anybody else', async () => {
    const mallory = await aCustomer(shop, 'Mallory')
    const help = await ask(mallory.person, '/help')
    for (const command of ['/stats', '/gift 1 pro-monthly', '/broadcast']) {
      expect(await ask(mallory.person, command)).toBe(help)
    }
    expect(help).not.toContain('/stats')
    await setRole(mallory.telegramId, 'admin')
    expect(await ask(mallory.person, '/stats')).toBe(help)
  })

  test('show owners how the app does', async () => {
    expect(await ask(owner, '/help')).toContain('/stats – How the app does')
    const stats = await ask(owner, '/stats')
    expect(stats).toMatch(/^People: \d+, and \d+ guests\nIn 7 days: \d+ new, \d+ active\n/)
  })

  test('ask who is an owner each time', async () => {
    expect(await ask(owner, '/stats')).toContain('People:')
    await setRole(OWNER_ID, 'user')
    expect(await ask(owner, '/stats')).not.toContain('People:')
    await setRole(OWNER_ID, 'owner')
    expect(await ask(owner, '/stats')).toContain('People:')
  })

  test('are announced in owners’ chats only, in both languages', async () => {
    const { botToken: token, apiRoot } = shop.config.telegram
    const { api } = createBot({ token, apiRoot })
    // At the first start the owner had not come yet, and had no chat to be told in.
    await shop.restart()
    const names = async (...options: Parameters<typeof api.getMyCommands>) =>
      (await api.getMyCommands(...options)).map(({ command }) => command)
    const scope = { type: 'chat', chat_id: OWNER_ID } as const
    expect(await names()).toEqual(['start', 'invite', 'settings', 'paysupport', 'help'])
    expect(await names({ scope })).toEqual([...(await names()), 'stats', 'gift', 'broadcast'])
    expect(await api.getMyCommands({ language_code: 'ru' })).toContainEqual({
      command: 'invite',
      description: 'Пригласить друга',
    })
    expect(await api.getMyCommands({ scope, language_code: 'ru' })).toContainEqual({
      command: 'stats',
      description: 'Показатели приложения',
    })
  })
})

describe('/gift', () => {
  const giftsOf = async (userId: string) =>
    (
      await database.query('select actor from gramkit.subscription_gift where user_id = $1', [
        userId,
      ])
    ).rows

  async function question(text: string) {
    const { message_id } = await owner.say(text)
    return nextMessage(owner, message_id)
  }

  test('asks first, and gives when it is confirmed', async () => {
    const fay = await aCustomer(shop, 'Fay')
    const asked = await question(`/gift ${fay.telegramId} pro-monthly`)
    expect(asked.text).toBe('Give “Pro, monthly” to Fay for nothing?')
    expect(await giftsOf(fay.userId)).toEqual([])
    await owner.press(asked.message_id, `gift:${fay.telegramId}:pro-monthly`)
    const answer = await settled(asked.message_id)
    expect(answer).toMatchObject({ text: expect.stringContaining('Given: “Pro, monthly”') })
    expect(answer?.reply_markup).toBeUndefined()
    expect(await giftsOf(fay.userId)).toHaveLength(1)
  })

  test('gives once, however often the button is pressed', async () => {
    const gus = await aCustomer(shop, 'Gus')
    const asked = await question(`/gift ${gus.telegramId} pro-monthly`)
    const { id } = await owner.press(asked.message_id, `gift:${gus.telegramId}:pro-monthly`)
    await settled(asked.message_id)
    // A quick finger presses again before the button is gone: other updates, the same question.
    for (const again of [1, 2]) await repeatPress(id, again)
    expect(await giftsOf(gus.userId)).toHaveLength(1)
  })

  test('stays given when it is canceled afterwards, and says so', async () => {
    const gil = await aCustomer(shop, 'Gil')
    const asked = await question(`/gift ${gil.telegramId} pro-monthly`)
    const { id } = await owner.press(asked.message_id, `gift:${gil.telegramId}:pro-monthly`)
    await settled(asked.message_id)
    // Pressed before the button was gone.
    await repeatPress(id, 1, { data: 'gift:cancel' })
    const texts = (await owner.chat()).map(({ text }) => text)
    expect(texts).toContain('It was given already.')
    expect(await giftsOf(gil.userId)).toHaveLength(1)
  })

  test('gives nothing when it is canceled, or by whom is no owner any more', async () => {
    const hal = await aCustomer(shop, 'Hal')
    const canceled = await question(`/gift ${hal.telegramId} pro-monthly`)
    await owner.press(canceled.message_id, 'gift:cancel')
    expect(await settled(canceled.message_id)).toMatchObject({ text: 'Nothing was given.' })
    const asked = await question(`/gift ${hal.telegramId} pro-monthly`)
    await setRole(OWNER_ID, 'user')
    const { id } = await owner.press(asked.message_id, `gift:${hal.telegramId}:pro-monthly`)
    await eventually(
      () => shop.sandbox.control.request<{ answer: unknown }>('GET', `/callbacks/${id}`),
      ({ answer }) => answer !== null,
    )
    await setRole(OWNER_ID, 'owner')
    expect(await giftsOf(hal.userId)).toEqual([])
  })

  test.each([
    ['/gift', 'Send /gift <Telegram id> <plan>'],
    ['/gift somebody pro-monthly', 'Send /gift <Telegram id> <plan>'],
    ['/gift 1 pro-monthly', 'Nobody with this id has been here.'],
    [`/gift ${OWNER_ID} credits-100`, 'There is no plan of this name on sale.'],
    [`/gift ${OWNER_ID} nothing`, 'There is no plan of this name on sale.'],
  ])('explains itself: "%s"', async (text, answer) => {
    expect(await ask(owner, text)).toContain(answer)
  })

  /** Delivers the press of a button as another press, and waits until the bot has ended it. */
  async function repeatPress(id: string, number: number, other: object = {}): Promise<void> {
    const { items } = await shop.sandbox.control.request<{
      items: { kind: string; body: { update_id: number; callback_query?: { id: string } } }[]
    }>('GET', '/deliveries')
    const press = items.find(({ body }) => body.callback_query?.id === id)?.body
    if (!press) throw new Error('The press was not delivered')
    const callback_query = { ...press.callback_query, ...other, id: `${id}${number}` }
    await fetch(`${shop.url}/webhooks/telegram`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': shop.config.telegram.webhookSecret,
      },
      body: JSON.stringify({ update_id: press.update_id + number * 1_000_000, callback_query }),
    })
    const ended = await eventually(
      () => shop.sandbox.control.request<{ answer: unknown }>('GET', `/callbacks/${id}${number}`),
      ({ answer }) => answer !== null,
    )
    expect(ended.answer).not.toBeNull()
  }

  async function settled(messageId: number) {
    const find = async () => (await owner.chat()).find(({ message_id }) => message_id === messageId)
    return eventually(find, (message) => message?.edit_date !== undefined)
  }
})

describe('/broadcast', () => {
  const drafted = async (text: string) => {
    const written = await owner.say(text)
    // To the bot it is like any other text, until it is replied to.
    await nextMessage(owner, written.message_id)
    const command = await owner.say('/broadcast', { replyTo: written.message_id })
    // An owner gets broadcasts too, perhaps just now.
    const question = await eventually(
      async () =>
        (await owner.chat()).find(
          ({ message_id, text: said }) =>
            message_id > command.message_id && said?.startsWith('Send this to'),
        ),
      (message) => message !== undefined,
    )
    if (!question) throw new Error('The bot did not ask')
    const [send] = question.reply_markup?.inline_keyboard.flat() ?? []
    const id = send && 'callback_data' in send ? send.callback_data.split(':')[2] : undefined
    return { ...question, id }
  }
  const heard = async (person: UserControl, text: string) =>
    (await person.chat()).filter((message) => message.by === 'bot' && message.text === text)
  const shownAt = (messageId: number, isWanted: (text: string) => boolean) =>
    eventually(
      async () =>
        (await owner.chat()).find(({ message_id }) => message_id === messageId)?.text ?? '',
      isWanted,
    )

  test('previews, counts and sends', async () => {
    const lena = await aCustomer(shop, 'Lena')
    await lena.person.say('/start')
    const { rows } = await database.query(
      'select count(*)::int as count from gramkit.user_account where telegram_id is not null',
    )
    const text = 'Mugs are half price today!'
    const asked = await drafted(text)
    // One of them has turned news off above.
    const [, wanting = '', others = ''] =
      /^Send this to (\d+) people\? (\d+) more/.exec(asked.text ?? '') ?? []
    expect(Number(wanting) + Number(others)).toBe(rows[0].count)
    // More than once when Telegram puts the question off, as the command is then handled again.
    expect(await heard(owner, text)).not.toEqual([])
    expect(await heard(lena.person, text)).toEqual([])
    await owner.press(asked.message_id, `broadcast:send:${asked.id}`)
    const shown = await shownAt(asked.message_id, (now) => !now.startsWith('Send this'))
    expect(shown).toMatch(/^(Being sent|Sent)\.\nSent \d+, waiting \d+/)
    const recipients = await database.query(
      'select from gramkit.broadcast_recipient where broadcast_id = $1',
      [asked.id],
    )
    expect(recipients.rowCount).toBe(rows[0].count)
    const got = await eventually(
      () => heard(lena.person, text),
      ({ length }) => length > 0,
    )
    expect(got).toHaveLength(1)
  })

  test('previews a message of 4,096 characters whole', async () => {
    const text = '😀'.repeat(2_048)
    await drafted(text)
    // More than once when Telegram puts the question off, as the command is then handled again.
    expect(await heard(owner, text)).not.toEqual([])
  })

  test('takes no formatting, as its recipients would not see it', async () => {
    const written = await owner.say('Mugs are here')
    const command = await owner.say('/broadcast', { replyTo: written.message_id })
    await eventually(
      () => owner.chat(),
      (all) =>
        all.some(
          ({ message_id, text }) =>
            message_id > command.message_id && text?.startsWith('Send this to'),
        ),
    )
    const { items } = await shop.sandbox.control.request<{
      items: { body: { update_id: number; message?: { message_id: number } } }[]
    }>('GET', '/deliveries')
    const update = items.find(({ body }) => body.message?.message_id === command.message_id)?.body
    const entities = [{ type: 'text_link', offset: 9, length: 4, url: 'https://example.org/' }]
    const body = structuredClone(update)
    Object.assign(Object(body).message.reply_to_message, { entities })
    const said = await eventually(
      async () => {
        // Once more when Telegram puts the answer off.
        await shop.served().app.inbox.receive({ provider: 'telegram', key: 'formatted', body })
        return (await owner.chat()).map(({ text }) => text ?? '')
      },
      (texts) => texts.some((text) => text.startsWith('Broadcasts are plain text')),
    )
    expect(said.join()).toContain('Broadcasts are plain text')
  })

  test('is stopped before it begins, and then sends nothing', async () => {
    const mia = await aCustomer(shop, 'Mia')
    const asked = await drafted('Nobody reads this')
    await owner.press(asked.message_id, `broadcast:cancel:${asked.id}`)
    expect(await shownAt(asked.message_id, (shown) => shown.startsWith('Canceled.'))).toContain(
      'Sent 0',
    )
    expect(await heard(mia.person, 'Nobody reads this')).toEqual([])
  })

  test('is nobody’s who is no owner any more, and needs a message', async () => {
    const asked = await drafted('Somebody else’s')
    await setRole(OWNER_ID, 'user')
    const { id } = await owner.press(asked.message_id, `broadcast:send:${asked.id}`)
    await eventually(
      () => shop.sandbox.control.request<{ answer: unknown }>('GET', `/callbacks/${id}`),
      ({ answer }) => answer !== null,
    )
    await setRole(OWNER_ID, 'owner')
    const found = await database.query('select status from gramkit.broadcast where id = $1', [
      asked.id,
    ])
    expect(found.rows).toEqual([{ status: 'draft' }])
    const { message_id } = await owner.say('/broadcast')
    const said = await eventually(
      async () =>
        (await owner.chat())
          .filter((message) => message.message_id > message_id)
          .map(({ text }) => text),
      (texts) => texts.some((text) => text?.includes('reply to it with /broadcast')),
    )
    expect(said.join()).toContain('reply to it with /broadcast')
  })
})

describe('POST /me/visit', () => {
  test('begins a visit of the Mini App by what its link says', async () => {
    const ivy = await aCustomer(shop, 'Ivy')
    const code = await inviteBy(ivy.person)
    const joe = await aCustomer(shop, 'Joe')
    const startParam = `s-habr-p-_smugs-i-${code}`
    const { status, body } = await joe.post('/api/v1/me/visit', {
      startParam,
      timeZone: 'Asia/Tokyo',
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      streak: { current: 1, best: 1, total: 1, isCountedToday: true },
      milestone: null,
      start: { page: '/mugs', mode: null, invitation: code },
      invitation: {
        isAccepted: true,
        refusal: null,
        inviter: { id: ivy.userId, firstName: 'Ivy' },
        makesFriends: true,
      },
    })
    expect(await meOf(joe)).toMatchObject({ timeZone: 'Asia/Tokyo', streak: { current: 1 } })
    expect((await meOf(joe)).source).toBeUndefined()
  })

  test('takes whatever a device says, and asks who it is', async () => {
    const kim = await aCustomer(shop, 'Kim')
    const strange = { startParam: '<>'.repeat(1_000), timeZone: 'Mars/Base' }
    expect(await kim.post('/api/v1/me/visit', strange)).toMatchObject({
      status: 200,
      body: { invitation: null },
    })
    expect((await apiClient(shop, 'none').post('/api/v1/me/visit', {})).status).toBe(401)
  })
})

let people = 0
async function aPerson(): Promise<UserControl> {
  people += 1
  return somebody(`Person ${people}`)
}

/** The code behind a person's link. */
async function inviteBy(person: UserControl): Promise<string> {
  const answer = await ask(person, '/invite')
  const [, code = ''] = /https:\/\/t\.me\/shop_bot\?start=i-([\w-]+)/.exec(answer) ?? []
  return code
}
