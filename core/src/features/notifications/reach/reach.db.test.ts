import { afterAll, describe, expect, test } from 'vitest'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'

const { services, close } = await testPlatform()

afterAll(close)

const eventsOf = async (userId: string): Promise<string[]> =>
  (await services.repos.outbox.lockUnpublished(1_000))
    .filter(({ subjectId }) => subjectId === userId)
    .map(({ name }) => name)

describe('somebody who cannot be written to', () => {
  test('is marked once, until they write again', async () => {
    const { id, telegramId } = await aPerson(services)
    expect(await services.reach.isReachable(id)).toBe(true)
    const blocked = [{ userId: id, reason: 'bot was blocked by the user' }]
    await services.reach.markBlocked(blocked)
    await services.reach.markBlocked(blocked)
    expect(await services.reach.isReachable(id)).toBe(false)

    await services.reach.heardFrom(telegramId)
    await services.reach.heardFrom(telegramId)
    expect(await services.reach.isReachable(id)).toBe(true)
    expect(await eventsOf(id)).toEqual(['user.created', 'user.bot_blocked', 'user.bot_unblocked'])
  })

  test('is marked when Telegram tells of it, and a stranger is nobody', async () => {
    const { id, telegramId } = await aPerson(services)
    await services.reach.heardBlocked(telegramId, 'blocked the bot')
    await services.reach.heardBlocked(4_000_000_000n, 'blocked the bot')
    expect(await services.reach.isReachable(id)).toBe(false)
    await services.reach.heardFrom(4_000_000_000n)
    expect(await services.reach.isReachable(id)).toBe(false)
  })

  test('is marked by ten processes at once without harm', async () => {
    const { id } = await aPerson(services)
    const mark = () => services.reach.markBlocked([{ userId: id, reason: 'user is deactivated' }])
    await Promise.all(Array.from({ length: 10 }, mark))
    expect((await eventsOf(id)).filter((name) => name === 'user.bot_blocked')).toHaveLength(1)
  })
})
