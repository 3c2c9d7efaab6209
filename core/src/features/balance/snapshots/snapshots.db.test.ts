import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { aPersonWithCredits } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const { database, platform, close } = await testPlatform({ poolSize: 8, clock })
const { balance } = platform.services
const admin = new pg.Client({ connectionString: database.adminUrl })

beforeAll(() => admin.connect())

afterAll(async () => {
  expect(await balance.verify()).toMatchObject({ ok: true, differences: [] })
  await admin.end()
  await close()
})

const issued = () => platform.services.repos.balance.sumSystemAccount('issuance', 'credits')

/** What `issuance` has by its transfers alone. */
async function issuedByTransfers(): Promise<bigint> {
  const { rows: found } = await admin.query(
    `select (-sum(amount))::text as sum from gramkit.balance_transfer
     where source_account_id in (select id from gramkit.balance_account where system_name = 'issuance')`,
  )
  return BigInt(found[0].sum)
}

const snapshots = () =>
  rows(
    platform.database.executor,
    sql`select s.number::text, s.balance::text from gramkit.balance_snapshot s
        join gramkit.balance_account a on a.id = s.account_id where a.system_name = 'issuance'
        order by s.number`,
    z.object({ number: z.string(), balance: z.string().nullable() }),
  )

/** A connection of the application's that posts, and commits when it is told to. */
async function aPosting(amount: bigint) {
  const { id } = await aPersonWithCredits(platform.services, 1n)
  const client = new pg.Client({ connectionString: database.appUrl })
  await client.connect()
  await client.query('begin')
  const post = () =>
    client.query(
      `insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit, amount,
         reason, reference, metadata, created_at)
       select gen_random_uuid(), source.id, target.id, 'credits', $2, 'test', 'test', '{}', now()
       from gramkit.balance_account source, gramkit.balance_account target
       where source.system_name = 'issuance' and target.user_id = $1`,
      [id, amount],
    )
  const end = async (how: 'commit' | 'rollback') => {
    await client.query(how)
    await client.end()
  }
  return { post, end }
}

describe('a snapshot of system accounts', () => {
  test('stands in for the transfers before it, which are not summed again', async () => {
    await aPersonWithCredits(platform.services, 100n)
    expect(await balance.takeSnapshots()).toBe(1)
    await aPersonWithCredits(platform.services, 11n)
    expect(await issued()).toBe(-111n)
    await admin.query('update gramkit.balance_snapshot set balance = balance - 1000')
    expect(await issued()).toBe(-1111n)
    expect((await balance.verify()).differences).toEqual([
      expect.objectContaining({
        problem: 'snapshot_differs_from_transfers',
        expected: -100n,
        actual: -1100n,
      }),
    ])
    await admin.query('update gramkit.balance_snapshot set balance = balance + 1000')
  })

  test('is taken once a day, on top of the one before it, which goes', async () => {
    expect(await balance.takeSnapshots()).toBe(0)
    clock.advance(DAY_MS)
    expect(await balance.takeSnapshots()).toBe(1)
    expect(await snapshots()).toEqual([{ number: '2', balance: '-111' }])
    clock.advance(DAY_MS)
    expect(await balance.takeSnapshots()).toBe(0)
    expect(await issued()).toBe(-111n)
  })

  test('waits for who took a number before it and commits after it, and for nobody else', async () => {
    clock.advance(DAY_MS)
    const [late, given, later] = [await aPosting(1_000n), await aPosting(20n), await aPosting(3n)]
    await late.post()
    await given.post()
    await aPersonWithCredits(platform.services, 5n)
    const before = await issuedByTransfers()

    expect(await balance.takeSnapshots()).toBe(0)
    await later.post()
    await aPersonWithCredits(platform.services, 7n)
    expect(await issued()).toBe(before - 7n)
    await given.end('rollback')
    expect(await balance.takeSnapshots()).toBe(0)
    await late.end('commit')

    expect(await balance.takeSnapshots()).toBe(1)
    expect(await snapshots()).toEqual([
      { number: expect.any(String), balance: String(before - 1_000n) },
    ])
    expect(await issued()).toBe(before - 1_007n)
    await later.end('commit')
    expect(await issued()).toBe(before - 1_010n)
    expect(await balance.verify()).toMatchObject({ ok: true })
  })

  test('agrees with the transfers at any moment while many post', async () => {
    const { id: userId } = await aPersonWithCredits(platform.services, 1n)
    const facts = { userId, unit: 'credits', reason: 'test.moved', reference: 'test' }
    const posting = Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let round = 0; round < 25; round++) {
          await balance.credit({ ...facts, id: newId(), amount: 2n })
          await balance.debit({ ...facts, id: newId(), amount: 1n })
        }
      }),
    )
    let taken = 0
    for (let round = 0; round < 20; round++) {
      clock.advance(DAY_MS)
      taken += await balance.takeSnapshots()
      expect((await balance.verify()).differences).toEqual([])
    }
    await posting
    clock.advance(DAY_MS)
    taken += await balance.takeSnapshots()
    taken += await balance.takeSnapshots()
    expect(taken).toBeGreaterThan(0)
    const [latest] = await snapshots()
    expect(latest?.balance).not.toBeNull()
  })
})
