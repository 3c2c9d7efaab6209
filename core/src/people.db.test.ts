import { testDatabase } from '@gramkit/services/testing'
import { strFromU8, unzipSync } from 'fflate'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY_MS, newId, VirtualClock } from './kernel/index.ts'
import { forgetStrangers } from './people.ts'
import type { PersonPart } from './platform/people/index.ts'
import { createPlatform } from './platform.ts'
import type { CoreServices } from './services.ts'
import { aPerson } from './testing/people.ts'

const CAP = 20n

/** Something that happens in the transaction that erases, once it is known that nothing is open. */
let whileErasing: () => Promise<void> = async () => {}
const probePart: PersonPart<CoreServices> = {
  name: 'probe',
  tables: [],
  merge: async () => {},
  export: async () => ({}),
  erase: () => whileErasing(),
}

const database = await testDatabase()
const clock = new VirtualClock(new Date('2030-01-01T12:00:00Z'))
const platform = await createPlatform({
  databaseUrl: database.appUrl,
  clock,
  people: [probePart],
  resources: [{ unit: 'energy', refill: { amount: 5n, every: 'day', cap: CAP } }],
})
const { services } = platform
const { accounts, balance, repos } = services
const client = new pg.Client(database.adminUrl)

beforeAll(() => client.connect())

afterAll(async () => {
  expect(await balance.verify()).toMatchObject({ ok: true, differences: [] })
  await client.end()
  await platform.close()
  await database.drop()
})

const aGuest = async () =>
  (await services.users.loginAsGuest(`device ${newId()}`.replace(' ', '-'))).user
const energyOf = (userId: string) => balance.get(userId, 'energy')
const give = (userId: string, amount: bigint) =>
  balance.credit({ id: newId(), userId, unit: 'energy', amount, reason: 'test', reference: 'test' })

/** Writes down that a sender has sent something, and that it is done. */
async function sends(telegramId: bigint, { isDone }: { isDone: boolean }): Promise<string> {
  const at = clock.now()
  const { row } = await repos.inbox.insertOnce({
    ...{ provider: 'telegram', key: newId(), sender: `telegram:${telegramId}` },
    ...{ body: '{"first_name":"Zerah"}', receivedAt: at, nextAttemptAt: at },
  })
  if (isDone) await repos.inbox.markDone(row.id, at)
  return row.id
}

describe('a merge', () => {
  test('brings no more of a unit that refills than its cap leaves room for', async () => {
    const { id: userId } = await aPerson(services)
    expect(await energyOf(userId)).toBe(5n)
    for (let count = 1; count <= 5; count++) {
      const { id: guestId } = await aGuest()
      expect(await energyOf(guestId)).toBe(5n)
      await accounts.merge(guestId, userId)
      expect(await balance.get(guestId, 'energy')).toBe(0n)
      expect(await energyOf(userId)).toBe(BigInt(Math.min(20, 5 + count * 5)))
    }
  })

  test('brings all that was bought or given, whatever the cap', async () => {
    const { id: userId } = await aPerson(services)
    const { id: guestId } = await aGuest()
    expect([await energyOf(userId), await energyOf(guestId)]).toEqual([5n, 5n])
    await give(userId, 100n)
    await give(guestId, 30n)
    const spent = { unit: 'energy', amount: 3n, reason: 'test', reference: 'test' }
    await balance.debit({ ...spent, id: newId(), userId: guestId })
    await accounts.merge(guestId, userId)
    // Of the 5 that each was refilled, 3 are spent and the guest's other 2 are over the cap.
    expect(await energyOf(userId)).toBe(135n)
    expect(await energyOf(guestId)).toBe(0n)
  })

  test('keeps quiet hours, language and time zone of the guest where the user has said nothing', async () => {
    const { id: userId } = await aPerson(services)
    const { id: guestId } = await aGuest()
    const quiet = { from: 22 * 60, until: 8 * 60 }
    await services.users.updateProfile(guestId, { language: 'ru', timeZone: 'Asia/Omsk' })
    await repos.notificationSettings.setQuietHours(guestId, quiet, clock.now())
    // The user has only ever got a message.
    const share = { day: '2030-01-01', max: 2, at: clock.now() }
    await repos.notificationSettings.takeShare(userId, share)
    await accounts.merge(guestId, userId)
    expect(await repos.notificationSettings.findQuietHours(userId)).toEqual(quiet)
    expect(await services.users.getById(userId)).toMatchObject({
      language: 'ru',
      timeZone: 'Asia/Omsk',
    })
  })

  test('changes nothing that the user has said', async () => {
    const { id: userId } = await aPerson(services)
    const { id: guestId } = await aGuest()
    const quiet = { from: 60, until: 120 }
    await repos.notificationSettings.setQuietHours(userId, quiet, clock.now())
    await repos.notificationSettings.setQuietHours(guestId, { from: 1, until: 2 }, clock.now())
    await services.users.updateProfile(userId, { language: 'en', timeZone: 'Asia/Tokyo' })
    await services.users.updateProfile(guestId, { language: 'ru', timeZone: 'Asia/Omsk' })
    await accounts.merge(guestId, userId)
    expect(await repos.notificationSettings.findQuietHours(userId)).toEqual(quiet)
    expect(await services.users.getById(userId)).toMatchObject({
      language: 'en',
      timeZone: 'Asia/Tokyo',
    })
  })

  test('leaves nobody under the guest’s id to whom an administrator could give something', async () => {
    const { id: userId } = await aPerson(services)
    const { id: guestId } = await aGuest()
    await accounts.merge(guestId, userId)
    const adjustment = { unit: 'energy', amount: 100n, actor: 'admin', reason: 'test' }
    const given = balance.adjust({ ...adjustment, id: newId(), userId: guestId })
    await expect(given).rejects.toMatchObject({ kind: 'not_found' })
    expect((await balance.adjust({ ...adjustment, id: newId(), userId })).amount).toBe(100n)
  })

  test('whose later round fails holds up nobody: the 21st is swept when 20 are broken', async () => {
    const { id: userId } = await aPerson(services)
    const guests: string[] = []
    for (let count = 1; count <= 21; count++) {
      const { id } = await aGuest()
      await accounts.merge(id, userId)
      guests.push(id)
      clock.advance(1)
    }
    const [last = '', ...broken] = guests.reverse()
    const ids = broken.map((id) => `'${id}'`).join(', ')
    await client.query(`create trigger broken before update on gramkit.user_departure for each row
      when (new.rounds <> old.rounds and new.user_id in (${ids}))
      execute function gramkit.refuse_change()`)
    clock.advance(DAY_MS)
    try {
      for (let tries = 1; tries <= 3; tries++) await accounts.sweep().catch(() => undefined)
      expect(await repos.departures.find(last)).toMatchObject({ rounds: 2 })
    } finally {
      await client.query('drop trigger broken on gramkit.user_departure')
    }
    clock.advance(DAY_MS)
    while ((await accounts.sweep()) > 0);
    for (const id of broken) {
      expect((await repos.departures.find(id))?.rounds).toBeGreaterThan(1)
    }
  })

  test('takes the answers that the guest’s requests got, and the export holds what stayed theirs', async () => {
    const { id: userId } = await aPerson(services)
    const { id: guestId } = await aGuest()
    await give(guestId, 30n)
    const answer = `insert into gramkit.http_idempotency
      (scope, key, fingerprint, operation_id, runner_id, lease_until, status, body)
      values ($1, $2, 'f', $3, $3, now(), 200, '{"said":"Zerah"}')`
    const scope = `user:${guestId} POST /payments`
    await client.query(answer, [scope, newId(), newId()])
    await accounts.merge(guestId, userId)
    const left = 'select count(*)::int as count from gramkit.http_idempotency where scope = $1'
    expect((await client.query(left, [scope])).rows).toEqual([{ count: 0 }])
    const files = unzipSync(await accounts.export(userId))
    const facts = JSON.parse(strFromU8(files['balance.json'] ?? new Uint8Array()))
    expect(facts.asGuest[0].received).toMatchObject([{ amount: '30', reason: 'test' }])
    // A request that was under way at the merge and after it.
    await client.query(answer, [scope, newId(), newId()])
    await accounts.erase(userId)
    expect((await client.query(left, [scope])).rows).toEqual([{ count: 0 }])
  })
})

describe('an erasure', () => {
  test('waits for a delivery that comes in while it runs, which is kept whole', async () => {
    const { id: userId, telegramId } = await aPerson(services)
    await sends(telegramId, { isDone: true })
    let paid = ''
    whileErasing = async () => {
      whileErasing = async () => {}
      paid = await sends(telegramId, { isDone: false })
    }
    await expect(accounts.erase(userId)).rejects.toMatchObject({
      code: 'accounts.erasure_blocked',
      details: { reasons: 'delivery_open' },
    })
    expect(await repos.inbox.getById(paid)).toMatchObject({ body: '{"first_name":"Zerah"}' })
    await repos.inbox.markDone(paid, clock.now())
    await accounts.erase(userId)
    expect(await repos.inbox.getById(paid)).toMatchObject({ body: '{}', sender: null })
  })

  test('is followed by no name: what Telegram tells of somebody afterwards is emptied', async () => {
    const [{ id, telegramId }, other] = [await aPerson(services), await aPerson(services)]
    await accounts.erase(id)
    const blocked = await sends(telegramId, { isDone: true })
    const open = await sends(telegramId, { isDone: false })
    const known = await sends(other.telegramId, { isDone: true })
    expect(await forgetStrangers.runDue(services)).toBeGreaterThan(0)
    expect(await forgetStrangers.runDue(services)).toBe(0)
    expect(await repos.inbox.getById(blocked)).toMatchObject({ body: '{}', sender: null })
    expect(await repos.inbox.getById(open)).toMatchObject({
      status: 'pending',
      body: expect.stringContaining('Zerah'),
    })
    expect((await repos.inbox.getById(known)).body).toContain('Zerah')
  })
})
