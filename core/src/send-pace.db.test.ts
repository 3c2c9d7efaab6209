import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { Api } from 'grammy'
import { afterAll, expect, test } from 'vitest'
import { newId, VirtualClock } from './kernel/index.ts'
import { openNodePostgres } from './platform/database/index.ts'
import { openPostgresLimiter } from './platform/limits/index.ts'
import { paced, SendPace } from './platform/telegram/index.ts'

const TOKEN = '700000004:AAtest-token-of-a-bot-that-keeps-pace'
const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'paced_bot', name: 'Bot' }],
})
const template = await testDatabase()
const database = openNodePostgres({ url: template.appUrl, poolSize: 4 })

afterAll(async () => {
  await sandbox.close()
  await database.close()
  await template.drop()
})

/** Two processes of one bot, on a clock that stands still. */
function twoProcesses(options: { messagesPerSecond?: number } = {}) {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
  const botId = newId()
  const open = () =>
    new SendPace({ limiter: openPostgresLimiter(database, { clock }), botId, ...options })
  return { clock, paces: [open(), open()] as const }
}

/** Asks for leave again and again and counts how often it is given. */
async function count(ask: () => Promise<{ readonly isAllowed: boolean }>): Promise<number> {
  let allowed = 0
  while ((await ask()).isAllowed) allowed++
  return allowed
}

test('two processes together write no faster than one may', async () => {
  const { clock, paces } = twoProcesses()
  const ask = (at: number) => count(() => (paces[at] ?? paces[0]).takeAll(1, false))
  expect((await Promise.all([ask(0), ask(1)])).reduce((a, b) => a + b)).toBe(24)
  clock.advance(500)
  expect((await Promise.all([ask(0), ask(1)])).reduce((a, b) => a + b)).toBe(15)
})

test('paying for it lets them write a thousand a second', async () => {
  const { clock, paces } = twoProcesses()
  await count(() => paces[0].takeAll(25, true))
  clock.advance(500)
  expect(await count(() => paces[1].takeAll(25, true))).toBe(20)
})

test('one chat gets a few at once and then one a second, a group twenty a minute', async () => {
  const { clock, paces } = twoProcesses()
  expect(await count(() => paces[0].takeChat(1))).toBe(16)
  clock.advance(3_000)
  expect(await count(() => paces[1].takeChat(1))).toBe(3)
  expect(await count(() => paces[0].takeChat(-100))).toBe(20)
  clock.advance(3_000)
  expect(await count(() => paces[1].takeChat(-100))).toBe(1)
})

test('leave for many people at once is the leave of each', async () => {
  const { paces } = twoProcesses()
  await count(() => paces[0].takeChat(1))
  const leaves = await paces[1].takeEach(['2', '1', '3'])
  expect(leaves.map(({ isAllowed }) => isAllowed)).toEqual([true, false, true])
  expect(await count(() => paces[0].takeChat(2))).toBe(15)
})

test('what Telegram asks one process to wait, all of them wait', async () => {
  const { clock, paces } = twoProcesses()
  await paces[0].hold(7_000)
  clock.advance(6_999)
  expect(await paces[1].takeAll(1, false)).toEqual({ isAllowed: false, retryAfterMs: 1 })
  expect(await paces[1].takeAll(1, true)).toEqual({ isAllowed: false, retryAfterMs: 1 })
  clock.advance(1)
  expect(await paces[1].takeAll(1, false)).toMatchObject({ isAllowed: true })
})

test('a paced bot holds the others back when it is refused, and is not called meanwhile', async () => {
  const limiter = openPostgresLimiter(database)
  const pace = new SendPace({ limiter, botId: newId() })
  const api = new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })
  api.config.use(paced(pace))
  const chat = await sandbox.control.user('ada').id()
  await api.sendMessage(chat, 'Hello')
  await sandbox.control.faults.add({ target: 'telegram', kind: 'rate_limit', retry_after: 600 })
  await expect(api.sendMessage(chat, 'Hello?')).rejects.toMatchObject({ error_code: 429 })
  const calls = async () =>
    (await sandbox.control.log()).filter(({ name }) => name === 'sendMessage').length
  const before = await calls()
  const refused = await api.sendMessage(chat, 'Hello!').catch((error: unknown) => error)
  expect(refused).toMatchObject({ error_code: 429 })
  expect(Reflect.get(Object(refused), 'parameters').retry_after).toBeGreaterThan(500)
  expect(await calls()).toBe(before)
  // What is no message never waits.
  expect(await api.getMe()).toMatchObject({ username: 'paced_bot' })
})
