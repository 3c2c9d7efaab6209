import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { aPerson, peopleOfAMerge } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { friendshipsPart } from './person-part.ts'

const { services, close } = await testPlatform()
let { userId, guestId, otherId } = await peopleOfAMerge(services)

beforeEach(async () => {
  ;({ userId, guestId, otherId } = await peopleOfAMerge(services))
})

afterAll(close)

async function merge(): Promise<void> {
  await services.transaction((tx) => friendshipsPart.merge(tx, { guestId, userId, round: 0 }))
}

async function idsOf(list: 'list' | 'requests' | 'blocks', id: string): Promise<string[]> {
  const page = await services.friendships[list](id, { limit: 100 })
  return page.items.map((person) => person.userId)
}

describe('a merge', () => {
  test('gives the user the guest’s friends, requests and blocks, once', async () => {
    const { id: asked } = await aPerson(services)
    const { id: asking } = await aPerson(services)
    const { id: blocked } = await aPerson(services)
    await services.friendships.befriend(guestId, otherId)
    await services.friendships.request(guestId, asked)
    await services.friendships.request(asking, guestId)
    await services.friendships.block(guestId, blocked)
    await merge()
    await merge()
    expect(await idsOf('list', userId)).toEqual([otherId])
    expect(await idsOf('list', otherId)).toEqual([userId])
    expect(await idsOf('requests', asked)).toEqual([userId])
    expect(await idsOf('requests', userId)).toEqual([asking])
    expect(await idsOf('blocks', userId)).toEqual([blocked])
    expect(await idsOf('list', guestId)).toEqual([])
  })

  test('keeps a friendship of either where the other has only asked', async () => {
    await services.friendships.request(userId, otherId)
    await services.friendships.befriend(guestId, otherId)
    await merge()
    expect(await idsOf('list', userId)).toEqual([otherId])
    expect(await idsOf('requests', otherId)).toEqual([])
  })

  test('makes nobody their own friend, nor blocked by themselves', async () => {
    await services.friendships.befriend(guestId, userId)
    await merge()
    expect(await idsOf('list', userId)).toEqual([])
    await services.friendships.block(guestId, userId)
    await merge()
    expect(await idsOf('blocks', userId)).toEqual([])
  })

  test.for(['guest', 'other'] as const)(
    'lets a block of the %s win over a friendship of the user',
    async (blocker) => {
      await services.friendships.befriend(userId, otherId)
      if (blocker === 'guest') await services.friendships.block(guestId, otherId)
      else await services.friendships.block(otherId, guestId)
      await merge()
      expect([await idsOf('list', userId), await idsOf('list', otherId)]).toEqual([[], []])
    },
  )
})

test('an erasure leaves nothing between the person and others', async () => {
  await services.friendships.befriend(userId, otherId)
  await services.friendships.block(guestId, userId)
  await services.transaction((tx) => friendshipsPart.erase(tx, userId))
  expect(await idsOf('list', otherId)).toEqual([])
  expect(await idsOf('blocks', guestId)).toEqual([])
})

test('an export does not tell what became of one’s requests', async () => {
  await services.friendships.request(userId, otherId)
  await services.friendships.request(guestId, userId)
  const { friendships } = await friendshipsPart.export(services, userId)
  expect(friendships).toMatchObject([{ requestedBy: guestId }])
})

test('an export holds friends and one’s own blocks, not who has blocked one', async () => {
  await services.friendships.befriend(userId, otherId)
  await services.friendships.block(userId, guestId)
  await services.friendships.block(otherId, userId)
  const { friendships, blocks } = await friendshipsPart.export(services, userId)
  expect(friendships).toEqual([])
  expect(blocks).toMatchObject([{ blockedId: guestId }])
})
