import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../index.ts'
import { type Listener, listen, until } from '../testing/listen.ts'
import { startShop } from '../testing/shop.ts'

const DAY_MS = 86_400_000

/** A platform with one job every day; it has the sandbox's word for the time only. */
async function dailyPlatform(startMs: number): Promise<Listener & { readonly runs: string[] }> {
  const runs: string[] = []
  let next = startMs + DAY_MS
  const listener = await listen(({ body }) => {
    const now = Date.parse(String(body['now']))
    const before = runs.length
    for (; next <= now; next += DAY_MS) runs.push(String(body['now']))
    const answer = { nextDueAt: new Date(next).toISOString(), worked: runs.length - before }
    return { status: 200, body: JSON.stringify(answer) }
  })
  return Object.assign(listener, { runs })
}

test('a move stops at every due instant of the sandbox and of the platforms', async () => {
  await using shop = await startShop()
  const { control } = shop.sandbox
  const start = (await control.clock.now()).getTime()
  await using platform = await dailyPlatform(start)
  await control.clock.register({ url: platform.url, token: 'platform-token' })
  const link = await shop.bot.api.createInvoiceLink(
    'T',
    'D',
    'sub',
    '',
    'XTR',
    [{ label: 'x', amount: 1 }],
    { subscription_period: 2_592_000 },
  )
  await control.user('alice').pay(link)

  const { now, steps, frozen } = await control.clock.advance({ days: 31 })

  expect(platform.runs).toHaveLength(31)
  expect(platform.runs.slice(0, 3).map((at) => Date.parse(at) - start)).toEqual([
    DAY_MS,
    2 * DAY_MS,
    3 * DAY_MS,
  ])
  expect(shop.updates('message')).toHaveLength(2)
  expect(steps).toBeGreaterThanOrEqual(32)
  expect(frozen).toBe(false)
  expect(Date.parse(now)).toBeGreaterThanOrEqual(start + 31 * DAY_MS)
  const last = platform.received.at(-1)
  expect(last?.body).toMatchObject({ frozen: false })
  expect(last?.headers['authorization']).toBe('Bearer platform-token')
})

test('two moves of 15 days leave the same as one of 30, also with a restart between', async () => {
  const ends = await Promise.all(
    [[30], [15, 15]].map(async (moves) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
      onTestFinished(() => rm(dataDir, { recursive: true }))
      let userId = 0
      {
        await using shop = await startShop({ dataDir })
        const alice = shop.sandbox.control.user('alice')
        const price = [{ label: 'x', amount: 1 }]
        const link = await shop.bot.api.createInvoiceLink('T', 'D', 'sub', '', 'XTR', price, {
          subscription_period: 2_592_000,
        })
        await alice.pay(link)
        userId = await alice.id()
      }
      for (const days of moves) {
        await using sandbox = (await startShop({ dataDir })).sandbox
        await sandbox.control.clock.advance({ days })
      }
      await using shop = await startShop({ dataDir })
      const { stars, charges, subscriptions } = await shop.sandbox.control.userById(userId).wallet()
      return { stars, charges: charges.length, states: subscriptions.map(({ state }) => state) }
    }),
  )
  expect(ends[0]).toEqual({ stars: 9_998, charges: 2, states: ['active'] })
  expect(ends[1]).toEqual(ends[0])
})

test('the clock never runs backwards, neither over a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  let before: number
  {
    await using sandbox = await startSandbox({ dataDir })
    await sandbox.control.clock.advance({ days: 3 })
    before = (await sandbox.control.clock.now()).getTime()
  }
  await using sandbox = await startSandbox({ dataDir })
  const after = (await sandbox.control.clock.now()).getTime()
  expect(after).toBeGreaterThanOrEqual(before)
  expect(after - before).toBeLessThan(60_000)
  // It runs on, and does not stand until the machine's time has caught up.
  await until(async () => (await sandbox.control.clock.now()).getTime() > after)
  await expect(sandbox.control.clock.advance({ seconds: -1 })).rejects.toThrow(/seconds/)
})

test('a move to an instant ends there, however far the clock has run on by itself', async () => {
  await using sandbox = await startSandbox()
  await using platform = await listen(() => ({
    status: 200,
    body: JSON.stringify({ nextDueAt: null, worked: 0 }),
  }))
  const { clock } = sandbox.control
  await clock.register({ url: platform.url, token: 't' })
  const instant = new Date((await clock.now()).getTime() + DAY_MS)
  await clock.advanceTo(instant)
  const frozen = platform.received.filter(({ body }) => body['frozen'] === true)
  expect(frozen.at(-1)?.body['now']).toBe(instant.toISOString())
  // What has passed is where it is already.
  const { now } = await clock.advanceTo(new Date(instant.getTime() - DAY_MS))
  expect(Date.parse(now)).toBeGreaterThanOrEqual(instant.getTime())
})

test('a platform hears the time again after a webhook has reached it', async () => {
  const order: string[] = []
  let tries = 0
  // It fails until the clock has arrived, where the next try is.
  await using shop = await startShop({ limits: { retryScale: 1 } }, async () => {
    order.push('webhook')
    return ++tries <= 4 ? 500 : 200
  })
  await using platform = await listen(() => {
    order.push('clock')
    return { status: 200, body: JSON.stringify({ nextDueAt: null, worked: 0 }) }
  })
  const { control } = shop.sandbox
  await control.clock.register({ url: platform.url, token: 't' })
  await control.user('alice').say('hello')

  await control.clock.advance({ hours: 1 })

  expect(tries).toBe(5)
  // Once more at that instant, and once to run on from there.
  expect(order.slice(order.lastIndexOf('webhook'))).toEqual(['webhook', 'clock', 'clock'])
})

test('a platform that is gone does not hold the clock, and is named in the log', async () => {
  await using sandbox = await startSandbox()
  const { control } = sandbox
  await control.clock.register({ url: 'http://127.0.0.1:9/clock', token: 't' })
  await control.clock.advance({ days: 1 })
  const names = (await control.log()).map(({ name }) => name)
  expect(names).toContain('clock: a platform left')
})

test('work that never gets done does not hold the clock', async () => {
  await using sandbox = await startSandbox()
  await using platform = await listen(() => ({
    status: 200,
    body: JSON.stringify({ nextDueAt: '2020-01-01T00:00:00.000Z', worked: 0 }),
  }))
  await sandbox.control.clock.register({ url: platform.url, token: 't' })
  const { steps } = await sandbox.control.clock.advance({ days: 1 })
  expect(steps).toBe(1)
})
