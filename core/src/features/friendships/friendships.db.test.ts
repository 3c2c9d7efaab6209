import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { databaseError, rows } from '../../platform/database/index.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { outcomeOf } from '../../testing/refusals.ts'
import { pairOf } from './friendship.ts'

const { services, close } = await testPlatform({ poolSize: 16 })
let ada = ''
let bob = ''

beforeEach(async () => {
  ada = (await aPerson(services)).id
  bob = (await aPerson(services)).id
})

afterAll(close)

type Lists = 'list' | 'requests' | 'blocks'

async function idsOf(list: Lists, userId: string): Promise<string[]> {
  const page = await services.friendships[list](userId, { limit: 100 })
  return page.items.map((person) => person.userId)
}

/** Names of the events between two people, and whose screens they touch. */
async function eventsBetween(a: string, b: string): Promise<string[]> {
  const { lowId, highId } = pairOf(a, b)
  const found = await rows(
    services.repos.db,
    sql`select name from gramkit.outbox_event
      where subject_id = ${`${lowId}:${highId}`} order by seq`,
    z.object({ name: z.string() }),
  )
  return found.map(({ name }) => name)
}

describe('a request', () => {
  test('does nothing before the other side agrees', async () => {
    expect(await services.friendships.request(ada, bob)).toBe('requested')
    expect(await services.friendships.request(ada, bob)).toBe('requested')
    expect([await idsOf('list', ada), await idsOf('list', bob)]).toEqual([[], []])
    expect([await idsOf('requests', ada), await idsOf('requests', bob)]).toEqual([[], [ada]])

    await services.friendships.accept(bob, ada)
    await services.friendships.accept(bob, ada)
    expect([await idsOf('list', ada), await idsOf('list', bob)]).toEqual([[bob], [ada]])
    expect(await idsOf('requests', bob)).toEqual([])
    expect(await services.friendships.request(bob, ada)).toBe('already_friends')
    expect(await eventsBetween(ada, bob)).toEqual(['friendship.requested', 'friendship.accepted'])
  })

  test('shows a name and nothing else of a person', async () => {
    await services.friendships.request(ada, bob)
    const [request] = (await services.friendships.requests(bob, {})).items
    expect(request).toEqual({
      userId: ada,
      firstName: 'Ada',
      username: null,
      since: expect.any(Date),
    })
    await services.friendships.accept(bob, ada)
    const [friend] = (await services.friendships.list(ada, {})).items
    expect(Object.keys(friend ?? {})).toEqual(['userId', 'firstName', 'username', 'since'])
  })

  test('of both is a friendship, also when they ask at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [a, b] = [(await aPerson(services)).id, (await aPerson(services)).id]
      const outcomes = await Promise.all([
        services.friendships.request(a, b),
        services.friendships.request(b, a),
      ])
      expect(outcomes.toSorted()).toEqual(['accepted', 'requested'])
      expect(await eventsBetween(a, b)).toEqual(['friendship.requested', 'friendship.accepted'])
    }
  })

  test('is not accepted by whoever has asked, nor by a third', async () => {
    const { id: eve } = await aPerson(services)
    await services.friendships.request(ada, bob)
    const results = await Promise.allSettled([
      services.friendships.accept(ada, bob),
      services.friendships.accept(eve, ada),
      services.friendships.accept(bob, eve),
      services.friendships.accept(bob, newId()),
    ])
    expect(results.map(outcomeOf)).toEqual(Array(4).fill('friendships.not_requested'))
    expect(await idsOf('list', ada)).toEqual([])
  })

  test('is declined without a word, and may be made again', async () => {
    await services.friendships.request(ada, bob)
    await services.friendships.decline(ada, bob)
    expect(await idsOf('requests', bob)).toEqual([ada])
    await services.friendships.decline(bob, ada)
    await services.friendships.decline(bob, ada)
    expect(await idsOf('requests', bob)).toEqual([])
    expect(await services.friendships.request(ada, bob)).toBe('requested')
  })

  test('is taken back by whoever has made it, and by nobody else', async () => {
    await services.friendships.request(ada, bob)
    await services.friendships.remove(bob, ada)
    expect(await idsOf('requests', bob)).toEqual([ada])
    await services.friendships.remove(ada, bob)
    expect(await idsOf('requests', bob)).toEqual([])
  })

  test('of 20 accepted at once is one friendship and one event', async () => {
    await services.friendships.request(ada, bob)
    await Promise.all(Array.from({ length: 20 }, () => services.friendships.accept(bob, ada)))
    expect(await eventsBetween(ada, bob)).toEqual(['friendship.requested', 'friendship.accepted'])
  })

  test('may be made 20 times a day, whether anybody is there or not', async () => {
    const results: unknown[] = []
    for (let tried = 0; tried < 21; tried += 1) {
      const otherId = tried % 2 === 0 ? newId() : bob
      results.push(
        ...(await Promise.allSettled([services.friendships.request(ada, otherId)])).map(outcomeOf),
      )
    }
    expect(results).toEqual([...Array(20).fill('requested'), 'limits.too_many_tries'])
    expect(await services.friendships.request(bob, ada)).toBe('accepted')
  })

  test('to oneself is refused', async () => {
    const results = await Promise.allSettled([
      services.friendships.request(ada, ada),
      services.friendships.block(ada, ada),
    ])
    expect(results.map(outcomeOf)).toEqual(Array(2).fill('friendships.with_self'))
  })
})

describe('a friendship', () => {
  test('is ended by either side, once', async () => {
    await services.friendships.befriend(ada, bob)
    await Promise.all([
      services.friendships.remove(ada, bob),
      services.friendships.remove(bob, ada),
    ])
    expect([await idsOf('list', ada), await idsOf('list', bob)]).toEqual([[], []])
    expect(await eventsBetween(ada, bob)).toEqual(['friendship.accepted', 'friendship.removed'])
  })

  test('is listed in pages', async () => {
    const friends = await Promise.all(Array.from({ length: 5 }, () => aPerson(services)))
    for (const { id } of friends) await services.friendships.befriend(ada, id)
    const first = await services.friendships.list(ada, { limit: 3 })
    expect(first.nextCursor).not.toBeNull()
    const second = await services.friendships.list(ada, {
      limit: 3,
      cursor: first.nextCursor ?? '',
    })
    expect(second.nextCursor).toBeNull()
    const ids = [...first.items, ...second.items].map(({ userId }) => userId)
    expect(ids).toEqual(friends.map(({ id }) => id).toSorted())
  })

  test('is refused to whoever has 1,000 friends', async () => {
    await services.repos.db.execute(sql`
      with made as (
        insert into gramkit.user_account (id, kind, created_at, updated_at)
        select gen_random_uuid(), 'guest', now(), now() from generate_series(1, 999) returning id)
      insert into gramkit.friendship (low_id, high_id, status, requested_by, created_at, accepted_at)
      select least(id, ${ada}::uuid), greatest(id, ${ada}::uuid), 'accepted', id, now(), now()
      from made`)
    const { id: eve } = await aPerson(services)
    await services.friendships.request(bob, ada)
    await services.friendships.request(ada, eve)
    const results = await Promise.allSettled([
      services.friendships.accept(ada, bob),
      services.friendships.accept(eve, ada),
    ])
    expect(results.map(outcomeOf).toSorted()).toEqual(['friendships.too_many', 'ok'])
    expect(await services.repos.friendships.countFriends(ada)).toBe(1_000)
    const { id: late } = await aPerson(services)
    expect(await services.friendships.befriend(ada, late)).toBe('refused')
  })
})

describe('befriend', () => {
  test('makes friends once, also of a request, in either order and at once', async () => {
    await services.friendships.request(bob, ada)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0
          ? services.friendships.befriend(ada, bob)
          : services.friendships.befriend(bob, ada),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'befriended')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'already_friends')).toHaveLength(9)
    expect(await idsOf('list', bob)).toEqual([ada])
    expect(await eventsBetween(ada, bob)).toEqual(['friendship.requested', 'friendship.accepted'])
  })

  test('is undone with the transaction that it is part of', async () => {
    const failed = services.transaction(async (tx) => {
      await tx.friendships.befriend(ada, bob)
      throw new Error('The sign-up failed')
    })
    await expect(failed).rejects.toThrow('The sign-up failed')
    expect(await idsOf('list', ada)).toEqual([])
  })

  test('gives way to a block of either side, and to oneself', async () => {
    await services.friendships.block(ada, bob)
    expect(await services.friendships.befriend(ada, bob)).toBe('refused')
    expect(await services.friendships.befriend(bob, ada)).toBe('refused')
    expect(await services.friendships.befriend(ada, ada)).toBe('refused')
    expect(await services.friendships.befriend(ada, newId())).toBe('refused')
    expect([await idsOf('list', ada), await idsOf('list', bob)]).toEqual([[], []])
  })

  test('never leaves friends of whom one has blocked the other at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [a, b] = [(await aPerson(services)).id, (await aPerson(services)).id]
      await Promise.all([services.friendships.befriend(a, b), services.friendships.block(b, a)])
      expect([await idsOf('list', a), await idsOf('blocks', b)]).toEqual([[], [a]])
    }
  })
})

describe('a block', () => {
  test('ends the friendship, and hides requests until it is taken back', async () => {
    await services.friendships.befriend(ada, bob)
    await services.friendships.block(ada, bob)
    await services.friendships.block(ada, bob)
    expect([await idsOf('list', ada), await idsOf('list', bob)]).toEqual([[], []])
    expect(await idsOf('blocks', ada)).toEqual([bob])

    expect(await services.friendships.request(bob, ada)).toBe('requested')
    expect(await idsOf('requests', ada)).toEqual([])
    const [accepted] = await Promise.allSettled([services.friendships.accept(ada, bob)])
    expect(accepted && outcomeOf(accepted)).toBe('friendships.not_requested')
    expect(await eventsBetween(ada, bob)).toEqual(['friendship.accepted', 'friendship.removed'])

    await services.friendships.unblock(ada, bob)
    await services.friendships.unblock(ada, bob)
    expect(await idsOf('requests', ada)).toEqual([bob])
  })

  test('answers like nobody at all to whoever is blocked', async () => {
    await services.friendships.block(bob, ada)
    const asked = async (otherId: string) => [
      await services.friendships.request(ada, otherId),
      await services.friendships.request(ada, otherId),
      await services.friendships.remove(ada, otherId),
      await services.friendships.decline(ada, otherId),
      (await Promise.allSettled([services.friendships.accept(ada, otherId)])).map(outcomeOf),
      await services.friendships.block(ada, otherId),
      await services.friendships.unblock(ada, otherId),
    ]
    const { id: carol } = await aPerson(services)
    const stranger = await asked(newId())
    expect(await asked(bob)).toEqual(stranger)
    expect(await asked(carol)).toEqual(stranger)
  })

  test('takes one’s own request back, and is taken back before a new one', async () => {
    await services.friendships.request(ada, bob)
    await services.friendships.block(ada, bob)
    expect(await idsOf('requests', bob)).toEqual([])
    const [result] = await Promise.allSettled([services.friendships.request(ada, bob)])
    expect(result && outcomeOf(result)).toBe('friendships.blocked_by_you')
  })

  test('is set 1,000 times at the most', async () => {
    await services.repos.db.execute(sql`
      with made as (
        insert into gramkit.user_account (id, kind, created_at, updated_at)
        select gen_random_uuid(), 'guest', now(), now() from generate_series(1, 1000) returning id)
      insert into gramkit.friendship_block (blocker_id, blocked_id, created_at)
      select ${ada}::uuid, id, now() from made`)
    const [result] = await Promise.allSettled([services.friendships.block(ada, bob)])
    expect(result && outcomeOf(result)).toBe('friendships.too_many')
  })
})

describe('the database', () => {
  async function refusalOf(lowId: string, highId: string, requestedBy: string): Promise<unknown> {
    const times = { createdAt: new Date('2026-01-01T00:00:00Z'), acceptedAt: null }
    const [result] = await Promise.allSettled([
      services.repos.friendships.insert({
        ...{ lowId, highId, requestedBy },
        status: 'requested',
        ...times,
      }),
    ])
    return result?.status === 'rejected' ? databaseError(result.reason)?.constraint : 'written'
  }

  test('refuses a friendship with oneself, the other way round, twice, or asked by a third', async () => {
    const { lowId, highId } = pairOf(ada, bob)
    expect(await refusalOf(ada, ada, ada)).toBe('friendship_pair_check')
    expect(await refusalOf(highId, lowId, ada)).toBe('friendship_pair_check')
    expect(await refusalOf(lowId, highId, newId())).toBe('friendship_requested_by_check')
    expect(await refusalOf(lowId, highId, ada)).toBe('written')
    expect(await refusalOf(lowId, highId, bob)).toBe('friendship_key')
  })
})
