import { overtake } from '@gramkit/services/overtake'
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { deriveId, isAppError, newId } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { aPerson, aPersonWithCredits } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import type { TransferRequest } from './balance.ts'

const { database, platform, close } = await testPlatform({ poolSize: 16 })

afterAll(async () => {
  expect(await platform.services.balance.verify()).toMatchObject({ ok: true, differences: [] })
  await close()
})

const facts = { unit: 'credits', reason: 'test.granted', reference: 'test' }
const issuance = { system: 'issuance' }

function grant(userId: string, amount = 1n, id = newId()): TransferRequest {
  return { ...facts, id, source: issuance, target: { userId }, amount }
}

function spend(userId: string, amount: bigint, id = newId()): TransferRequest {
  return { ...facts, id, source: { userId }, target: issuance, amount }
}

async function people(count: number): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, () => aPerson(platform.services)))
  return made.map(({ id }) => id)
}

const creditsOf = (userId: string) => platform.services.balance.get(userId, 'credits')

async function countPosted(ids: readonly string[]): Promise<number> {
  return (await platform.services.repos.balance.findTransfers(ids)).length
}

/** Straight to the repository: a transaction of the kit would try a deadlock again in silence. */
async function postOnce(batch: readonly TransferRequest[]): Promise<Map<string, bigint>> {
  const { balance } = platform.services.repos
  const createdAt = platform.clock.now()
  const accounts = await balance.ensureAccounts(
    batch.flatMap(({ source, target, unit }) => [
      { owner: source, unit },
      { owner: target, unit },
    ]),
    createdAt,
  )
  return balance.insertTransfers(
    batch.map(({ source: _source, target: _target, ...rest }, index) => ({
      ...rest,
      sourceAccountId: accounts[2 * index] ?? '',
      targetAccountId: accounts[2 * index + 1] ?? '',
      metadata: {},
      reversalOf: null,
      createdAt,
    })),
  )
}

describe('postMany', () => {
  test('posts 10,000 transfers and gives them in the order they were asked for', async () => {
    const ids = await people(20)
    const requests = Array.from({ length: 10_000 }, (_, index) =>
      grant(ids[index % ids.length] ?? '', BigInt(1 + (index % 3))),
    )
    const posted = await platform.services.balance.postMany(requests)
    expect(posted.map(({ id }) => id)).toEqual(requests.map(({ id }) => id))
    expect(new Set(posted.map(({ number }) => number)).size).toBe(10_000)
    const stored = await platform.services.repos.balance.findTransfers([requests[7]?.id ?? ''])
    expect(stored).toEqual([posted[7]])
    const balances = await Promise.all(ids.map(creditsOf))
    const total = requests.reduce((sum, { amount }) => sum + amount, 0n)
    expect(balances.reduce((sum, amount) => sum + amount, 0n)).toBe(total)
  })

  test('refuses one transfer more before it asks the database', async () => {
    const tooMany = Array.from({ length: 10_001 }, () => grant('nobody'))
    await expect(platform.services.balance.postMany(tooMany)).rejects.toMatchObject({
      code: 'balance.batch_too_large',
      details: { transfers: 10_001, max: 10_000 },
    })
    expect(await platform.services.balance.postMany([])).toEqual([])
  })

  test('posts each id once, however many batches hold it at the same time', async () => {
    const [userId = ''] = await people(1)
    const requests = Array.from({ length: 200 }, () => grant(userId))
    const batches = Array.from({ length: 8 }, (_, index) =>
      index % 2 === 0 ? requests : requests.toReversed(),
    )
    const answers = await Promise.all(
      batches.map((batch) => platform.services.balance.postMany(batch)),
    )
    for (const [index, answer] of answers.entries()) {
      const first = answers[0] ?? []
      expect(answer).toEqual(index % 2 === 0 ? first : first.toReversed())
    }
    expect(await creditsOf(userId)).toBe(200n)
    const more = await platform.services.balance.postMany([...requests.slice(0, 3), grant(userId)])
    expect(more.slice(0, 3)).toEqual(answers[0]?.slice(0, 3))
    expect(await creditsOf(userId)).toBe(201n)
  })

  test('refuses a batch with a used id whose contents differ, and posts nothing of it', async () => {
    const [userId = '', other = ''] = await people(2)
    const id = newId()
    const metadata = { campaign: 'spring', wave: '1' }
    await platform.services.balance.postMany([{ ...grant(userId, 5n, id), metadata }])
    for (const changed of [
      { amount: 6n },
      { reason: 'else' },
      { reference: 'else' },
      { unit: 'gems' },
      { target: { userId: other } },
      { metadata: {} },
      { metadata: { ...metadata, wave: '2' } },
    ]) {
      const fresh = grant(other)
      const batch = [fresh, { ...grant(userId, 5n, id), metadata, ...changed }]
      await expect(platform.services.balance.postMany(batch)).rejects.toMatchObject({
        code: 'balance.transfer_conflict',
        details: { transferId: id },
      })
      expect(await countPosted([fresh.id])).toBe(0)
    }
    const same = { ...grant(userId, 5n, id), metadata: { wave: '1', campaign: 'spring' } }
    await platform.services.balance.postMany([same])
    expect([await creditsOf(userId), await creditsOf(other)]).toEqual([5n, 0n])
  })

  test('takes an id twice in one batch for one transfer, and refuses it with two meanings', async () => {
    const [userId = ''] = await people(1)
    const one = grant(userId, 3n)
    const [first, second] = await platform.services.balance.postMany([one, one])
    expect(first).toEqual(second)
    expect(await creditsOf(userId)).toBe(3n)
    const twice = newId()
    await expect(
      platform.services.balance.postMany([grant(userId, 1n, twice), grant(userId, 2n, twice)]),
    ).rejects.toMatchObject({ code: 'balance.transfer_conflict' })
    expect(await creditsOf(userId)).toBe(3n)
  })

  test('names the account that is short, and posts nothing', async () => {
    const { id: rich } = await aPersonWithCredits(platform.services, 100n)
    const { id: poor } = await aPersonWithCredits(platform.services, 5n)
    const batch = [spend(rich, 10n), spend(poor, 4n), spend(poor, 2n)]
    const [accountId] = await platform.services.repos.balance.ensureAccounts(
      [{ owner: { userId: poor }, unit: 'credits' }],
      new Date(0),
    )
    await expect(platform.services.balance.postMany(batch)).rejects.toMatchObject({
      code: 'balance.insufficient_funds',
      details: { accountId, unit: 'credits', required: '6', available: '5' },
    })
    expect([await creditsOf(rich), await creditsOf(poor)]).toEqual([100n, 5n])
  })

  test('may take in one batch what the batch brings', async () => {
    const [ada = '', eve = ''] = await people(2)
    const pass = { ...facts, id: newId(), source: { userId: ada }, target: { userId: eve } }
    await platform.services.balance.postMany([{ ...pass, amount: 7n }, grant(ada, 7n)])
    expect([await creditsOf(ada), await creditsOf(eve)]).toEqual([0n, 7n])
  })

  test('leaves the caller’s transaction as it was when it is refused', async () => {
    const { id: userId } = await aPersonWithCredits(platform.services, 5n)
    const used = grant(userId)
    await platform.services.balance.postMany([used])
    const refused = [
      [grant(userId, 50n), { ...used, amount: 2n }],
      [grant(userId, 50n), spend(userId, 500n)],
    ]
    const codes = await platform.transaction(async (tx) => {
      const found: unknown[] = []
      for (const batch of refused) {
        const answer = await tx.balance.postMany(batch).catch((error: unknown) => error)
        found.push(isAppError(answer) && answer.code)
      }
      await tx.balance.credit({ ...facts, id: newId(), userId, amount: 1n })
      return found
    })
    expect(codes).toEqual(['balance.transfer_conflict', 'balance.insufficient_funds'])
    expect(await creditsOf(userId)).toBe(7n)
  })

  test('waits for a batch that takes the same ids the other way round, from its first id on', async () => {
    const [userId = ''] = await people(1)
    await platform.services.balance.postMany([grant(userId)])
    const batch = [grant(userId), grant(userId), grant(userId)]
    // Both get no further than the id in the middle: what they took before it, they hold.
    const blocked = await overtake(
      { database },
      `insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit, amount,
         reason, reference, metadata, created_at)
       select $1, source_account_id, target_account_id, unit, amount, reason, reference, metadata,
         created_at
       from gramkit.balance_transfer where target_account_id =
         (select id from gramkit.balance_account where user_id = $2)`,
      [batch[1]?.id, userId],
      () => Promise.allSettled([postOnce(batch), postOnce(batch.toReversed())]),
      { count: 2 },
    )
    const posted = blocked.map((one) => (one.status === 'fulfilled' ? one.value.size : one.reason))
    expect(posted.sort()).toEqual([0, 2])
    expect(await creditsOf(userId)).toBe(4n)
  })

  test('never deadlocks: opposite batches of many wait, new accounts and used ids among them', async () => {
    const ids = await people(30)
    const pairs = ids.map((userId, index) => [userId, ids[(index + 1) % ids.length] ?? ''])
    await platform.services.balance.postMany(ids.map((userId) => grant(userId, 100n)))
    const batches = Array.from({ length: 16 }, (_, batch) => {
      const around = batch % 2 === 0 ? pairs : pairs.toReversed().map((pair) => pair.toReversed())
      return around.map(([source = '', target = ''], index) => ({
        ...facts,
        // Four batches of each direction are the same one.
        id: deriveId(`${source}:${target}:${index}`, `batch:${batch % 4}`),
        source: { userId: source },
        target: { userId: target },
        unit: batch < 8 ? 'credits' : 'gems',
        amount: 1n,
      }))
    })
    const results = await Promise.allSettled(batches.map(postOnce))
    const refused = results.flatMap((result) =>
      result.status === 'rejected' && isAppError(result.reason) ? [result.reason.code] : [],
    )
    // Nobody has gems: those batches bring to each what they take, so none of them is short either.
    expect([refused, results.filter(({ status }) => status === 'rejected')]).toEqual([[], []])
    const posted = await rows(
      platform.database.executor,
      sql`select count(*)::int as count from gramkit.balance_transfer
          where id = any(${sql.param(batches.flat().map(({ id }) => id))}::uuid[])`,
      z.object({ count: z.number() }),
    )
    expect(posted).toEqual([{ count: new Set(batches.flat().map(({ id }) => id)).size }])
  })
})
