import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../kernel/index.ts'
import { peopleOfAMerge } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { groupsPart } from './person-part.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const { services, close } = await testPlatform({ clock })
let { userId, guestId, otherId } = await peopleOfAMerge(services)

beforeEach(async () => {
  ;({ userId, guestId, otherId } = await peopleOfAMerge(services))
})

afterAll(close)

const merge = () =>
  services.transaction((tx) => groupsPart.merge(tx, { guestId, userId, round: 0 }))
const erase = (id: string) => services.transaction((tx) => groupsPart.erase(tx, id))
const roleOf = async (groupId: string, id: string) =>
  (await services.repos.members.find(groupId, id))?.role

describe('a merge', () => {
  test('gives the user the guest’s places, what the guest owns, and nothing twice', async () => {
    const owned = await services.groups.create(guestId, { title: 'Owned', memberMax: 2 })
    await services.members.join(owned.id, otherId)
    const joined = await services.groups.create(otherId, { title: 'Joined' })
    await services.members.join(joined.id, guestId)
    await merge()
    await merge()
    expect(await roleOf(owned.id, userId)).toBe('owner')
    expect(await roleOf(joined.id, userId)).toBe('member')
    expect(await services.repos.members.listAllByUser(guestId)).toEqual([])
    expect(await services.groups.get(userId, owned.id)).toMatchObject({
      createdBy: userId,
      memberCount: 2,
    })
  })

  test.for([
    ['member', 'admin', 'admin'],
    ['admin', 'member', 'admin'],
  ] as const)('of a %s with a guest who is %s makes an %s', async ([user, guest, role]) => {
    const group = await services.groups.create(otherId, { title: 'Both' })
    for (const [id, had] of [
      [userId, user],
      [guestId, guest],
    ] as const) {
      await services.members.join(group.id, id)
      await services.members.changeRole(otherId, group.id, { userId: id, role: had })
    }
    await merge()
    expect(await roleOf(group.id, userId)).toBe(role)
    expect(await services.groups.get(otherId, group.id)).toMatchObject({ memberCount: 2 })
  })

  test('keeps one owner where the guest or the user owns the group of both', async () => {
    const guests = await services.groups.create(guestId, { title: 'The guest’s' })
    const users = await services.groups.create(userId, { title: 'The user’s' })
    await services.members.join(guests.id, userId)
    await services.members.join(users.id, guestId)
    await merge()
    expect([await roleOf(guests.id, userId), await roleOf(users.id, userId)]).toEqual([
      'owner',
      'owner',
    ])
  })
})

describe('an erasure', () => {
  test('hands a group to the oldest admin, or to the oldest member', async () => {
    const [withAdmin, without] = [
      await services.groups.create(userId, { title: 'With an admin' }),
      await services.groups.create(userId, { title: 'Without' }),
    ]
    for (const group of [withAdmin, without]) {
      await services.members.join(group.id, otherId)
      clock.advance(1)
      await services.members.join(group.id, guestId)
    }
    await services.members.changeRole(userId, withAdmin.id, { userId: guestId, role: 'admin' })
    await erase(userId)
    expect(await roleOf(withAdmin.id, guestId)).toBe('owner')
    expect(await roleOf(without.id, otherId)).toBe('owner')
    expect(await roleOf(without.id, userId)).toBeUndefined()
  })

  test('removes a group of one, and leaves the others', async () => {
    const own = await services.groups.create(userId, { title: 'Mine alone' })
    const joined = await services.groups.create(otherId, { title: 'Joined' })
    await services.members.join(joined.id, userId)
    await erase(userId)
    await erase(userId)
    expect(await services.repos.groups.findById(own.id)).toBeUndefined()
    expect(await services.groups.get(otherId, joined.id)).toMatchObject({ memberCount: 1 })
  })
})

test('an export holds the person’s groups and places', async () => {
  const own = await services.groups.create(userId, { title: 'Chess' })
  await services.groups.create(otherId, { title: 'Theirs' })
  expect(await groupsPart.export(services, userId)).toMatchObject({
    memberships: [{ groupId: own.id, role: 'owner' }],
    groups: [{ title: 'Chess' }],
  })
})
