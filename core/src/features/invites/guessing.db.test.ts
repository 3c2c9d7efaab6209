import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { isAppError, newId, VirtualClock } from '../../kernel/index.ts'
import { openNodePostgres } from '../../platform/database/index.ts'
import { openPostgresLimiter } from '../../platform/limits/index.ts'
import { createPlatform } from '../../platform.ts'
import { GuessingService } from './guessing.service.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = new VirtualClock(new Date('2030-01-01T00:00:00.000Z'))
const platform = await createPlatform({ databaseUrl: database.appUrl, clock })
const { services } = platform
const databases = [1, 2, 3].map(() => openNodePostgres({ url: database.appUrl, poolSize: 4 }))
const lookedFor: string[] = []
const warnings: string[] = []
const log = { warn: (message: string) => void warnings.push(message) }

/** Each stands for a process; all see the codes that are looked for. */
const processes = databases.map(
  (own) =>
    new GuessingService({
      limiter: openPostgresLimiter(own, { clock }),
      repos: {
        invitations: {
          findByCode(code) {
            lookedFor.push(code)
            return services.repos.invitations.findByCode(code)
          },
        },
      },
    }),
)
let networks = 0
const aNetwork = () => `10.0.${++networks}.0/24`
const aCode = async (terms: { recipient?: string } = {}) =>
  (await services.invites.create({ createdBy: 'ada', usageLimit: null, ...terms })).code

/** What came of a try: `admitted`, or the code of the error. */
async function attempt(
  code: string,
  guesser: { userId?: string; network?: string },
  process_ = 0,
): Promise<string> {
  try {
    await processes[process_ % processes.length]?.admit({ userId: newId(), log, ...guesser }, code)
    return 'admitted'
  } catch (error) {
    return isAppError(error) ? error.code : String(error)
  }
}

beforeEach(() => {
  lookedFor.length = 0
  warnings.length = 0
})

afterAll(async () => {
  for (const own of databases) await own.close()
  await platform.close()
  await database.drop()
})

test('of 200 wrong codes that 20 people of one network try at once, at most ten are looked for', async () => {
  const network = aNetwork()
  const people = Array.from({ length: 20 }, newId)
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const userId = people[index % people.length] ?? ''
      return attempt(`WRONG-${index}`, { userId, network }, index)
    }),
  )
  const admitted = outcomes.filter((outcome) => outcome === 'admitted')
  expect(lookedFor.length).toBeLessThanOrEqual(10)
  expect(lookedFor.length).toBeGreaterThan(0)
  expect(admitted).toHaveLength(lookedFor.length)
  expect(new Set(outcomes)).toEqual(new Set(['admitted', 'limits.too_many_tries']))
  // Not even a good one is looked for then.
  expect(await attempt(await aCode(), { network })).toBe('limits.too_many_tries')
})

test('a crowd behind one address comes in by good codes, all at once', async () => {
  const network = aNetwork()
  const code = await aCode()
  for (let wrong = 0; wrong < 2; wrong++) await attempt(`WRONG-${wrong}`, { network })
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, index) => attempt(code, { network }, index)),
  )
  expect(new Set(outcomes)).toEqual(new Set(['admitted']))
})

test('in any hour at most ten wrong codes are looked for, however they are spread', async () => {
  const [network, userId] = [aNetwork(), newId()]
  const times = { network: [] as number[], person: [] as number[] }
  for (let minute = 0; minute < 180; minute += 3) {
    const now = clock.now().getTime()
    if ((await attempt('WRONG-1', { network })) === 'admitted') times.network.push(now)
    const there = { userId, network: aNetwork() }
    if ((await attempt('WRONG-1', there)) === 'admitted') times.person.push(now)
    clock.advance(3 * MINUTE_MS)
  }
  for (const found of Object.values(times)) {
    expect(found.length).toBeGreaterThan(15)
    for (const start of found) {
      const inThisHour = found.filter((time) => time >= start && time < start + 60 * MINUTE_MS)
      expect(inThisHour.length).toBeLessThanOrEqual(10)
    }
  }
})

test('whoever is refused takes nothing from those around them', async () => {
  const network = aNetwork()
  const guesser = { userId: newId(), network }
  // Their own tries are used up elsewhere.
  for (let tries = 0; tries < 5; tries++) {
    await attempt('WRONG-1', { userId: guesser.userId, network: aNetwork() })
  }
  for (let tries = 0; tries < 10; tries++) {
    expect(await attempt('WRONG-1', guesser)).toBe('limits.too_many_tries')
  }
  expect(warnings).toEqual([])
  expect(await attempt('WRONG-1', { network })).toBe('admitted')

  const crowded = aNetwork()
  for (let tries = 0; tries < 5; tries++) await attempt('WRONG-1', { network: crowded })
  const bystander = newId()
  for (let tries = 0; tries < 10; tries++) {
    await attempt('WRONG-1', { userId: bystander, network: crowded })
  }
  expect(await attempt('WRONG-1', { userId: bystander })).toBe('admitted')
})

test('a code of somebody else is a wrong one, a text that is no code is none', async () => {
  const userId = newId()
  const own = await aCode({ recipient: userId })
  const others = await aCode({ recipient: newId() })
  for (let tries = 0; tries < 12; tries++) {
    expect(await attempt(own, { userId })).toBe('admitted')
    expect(await attempt('no code', { userId })).toBe('admitted')
  }
  const outcomes = []
  for (let tries = 0; tries < 6; tries++) outcomes.push(await attempt(others, { userId }))
  expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(5)
})

test('a network that has used up its wrong codes is told of once an hour, without its name', async () => {
  const network = aNetwork()
  for (let tries = 0; tries < 5; tries++) await attempt('WRONG-1', { network })
  expect(warnings).toEqual([])
  for (let tries = 0; tries < 5; tries++) await attempt('WRONG-1', { network }, tries)
  expect(warnings).toEqual(['A network may try no more invitation codes: too many were wrong'])
  clock.advance(61 * MINUTE_MS)
  for (let tries = 0; tries < 7; tries++) await attempt('WRONG-1', { network }, tries)
  expect(warnings).toHaveLength(2)
})
