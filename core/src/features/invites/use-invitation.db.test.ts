import { afterAll, describe, expect, test } from 'vitest'
import { addMs, DAY_MS, VirtualClock } from '../../kernel/index.ts'
import { createPlatform } from '../../platform.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00.000Z'))
const { database, services, close } = await testPlatform({ poolSize: 12, clock })
const { invites } = services

afterAll(close)

async function people(count: number): Promise<string[]> {
  const made = []
  for (let index = 0; index < count; index++) made.push((await aPerson(services)).id)
  return made
}

const friendsOf = async (userId: string) =>
  (await services.friendships.list(userId, {})).items.map((friend) => friend.userId)

describe('an invitation that makes friends', () => {
  test('makes friends of who made it and who uses it', async () => {
    const [ada = '', bob = ''] = await people(2)
    const { code } = await invites.create({ createdBy: ada, makesFriends: true })
    await invites.use({ code, usedBy: bob })
    expect(await friendsOf(ada)).toEqual([bob])
    expect(await friendsOf(bob)).toEqual([ada])
  })

  test('is used, and no word is said, where one has blocked the other', async () => {
    const [ada = '', bob = ''] = await people(2)
    const { code } = await invites.create({ createdBy: ada, makesFriends: true })
    await services.friendships.block(ada, bob)
    expect(await invites.use({ code, usedBy: bob })).toMatchObject({ isExhausted: true })
    expect(await friendsOf(bob)).toEqual([])
  })

  test('makes no friends when it cannot be used', async () => {
    const [ada = '', bob = ''] = await people(2)
    const expiresAt = addMs(clock.now(), DAY_MS)
    const { code, id } = await invites.create({ createdBy: ada, makesFriends: true, expiresAt })
    clock.set(expiresAt)
    await expect(invites.use({ code, usedBy: bob })).rejects.toMatchObject({
      code: 'invites.expired',
    })
    expect(await friendsOf(ada)).toEqual([])
    expect(await invites.getById(id)).toMatchObject({ status: 'expired' })
  })
})

describe('an invitation into a group', () => {
  async function aGroup(memberMax?: number) {
    const [owner = ''] = await people(1)
    const { id } = await services.groups.create(owner, {
      title: 'Chess',
      ...(memberMax === undefined ? {} : { memberMax }),
    })
    return { owner, groupId: id }
  }
  const membersOf = async (owner: string, groupId: string) =>
    (await services.members.list(owner, groupId, {})).items.map(({ userId }) => userId)

  test('lets its users join, and writes down by which invitation', async () => {
    const { owner, groupId } = await aGroup()
    const [bob = ''] = await people(1)
    const { code, id } = await invites.create({ createdBy: owner, groupId })
    expect(await invites.use({ code, usedBy: bob })).toMatchObject({ groupId })
    expect(await membersOf(owner, groupId)).toEqual([owner, bob])
    const member = await services.repos.members.find(groupId, bob)
    expect(member).toMatchObject({ invitationId: id, role: 'member' })
  })

  test('is made by those only who may invite there', async () => {
    const { owner, groupId } = await aGroup()
    const [bob = '', eve = ''] = await people(2)
    await services.members.join(groupId, bob)
    await expect(invites.create({ createdBy: bob, groupId })).rejects.toMatchObject({
      code: 'groups.role_too_low',
    })
    await expect(invites.create({ createdBy: eve, groupId })).rejects.toMatchObject({
      code: 'groups.not_found',
    })
    await expect(invites.create({ createdBy: 'admin', groupId })).rejects.toMatchObject({
      details: { field: 'createdBy' },
    })
    expect(await invites.stats({ createdBy: owner })).toMatchObject({ total: 0 })
  })

  test('opens nothing once its maker may not invite any more', async () => {
    const { owner, groupId } = await aGroup()
    const [bob = '', eve = ''] = await people(2)
    await services.members.join(groupId, bob)
    await services.members.changeRole(owner, groupId, { userId: bob, role: 'admin' })
    const { code } = await invites.create({ createdBy: bob, groupId })
    expect(await invites.validate({ code, usedBy: eve })).toMatchObject({ isValid: true })
    await services.members.changeRole(owner, groupId, { userId: bob, role: 'member' })
    const nothing = { isValid: false, reason: 'not_found', status: null }
    expect(await invites.validate({ code, usedBy: eve })).toMatchObject(nothing)
    await expect(invites.use({ code, usedBy: eve })).rejects.toMatchObject({
      code: 'invites.not_found',
    })
    await services.members.changeRole(owner, groupId, { userId: bob, role: 'admin' })
    await services.groups.remove(owner, groupId)
    expect(await invites.validate({ code })).toMatchObject(nothing)
    await expect(invites.use({ code, usedBy: eve })).rejects.toMatchObject({
      code: 'invites.not_found',
    })
  })

  test('is not burnt by a full group, nor by who is in it already', async () => {
    const { owner, groupId } = await aGroup(2)
    const [bob = '', eve = ''] = await people(2)
    await services.members.join(groupId, bob)
    const { code, id } = await invites.create({ createdBy: owner, groupId, makesFriends: true })
    expect(await invites.validate({ code, usedBy: eve })).toMatchObject({ reason: 'group_full' })
    await expect(invites.use({ code, usedBy: eve })).rejects.toMatchObject({ code: 'groups.full' })
    await expect(invites.use({ code, usedBy: bob })).rejects.toMatchObject({
      code: 'invites.already_member',
    })
    expect(await friendsOf(owner)).toEqual([])
    expect(await invites.getById(id)).toMatchObject({ status: 'active', useCount: 0 })
    expect((await invites.uses(id)).items).toEqual([])
  })

  test('lets one of many who come at once in where one place is left', async () => {
    const { owner, groupId } = await aGroup(2)
    const crowd = await people(12)
    const { code, id } = await invites.create({ createdBy: owner, groupId, usageLimit: null })
    const results = await Promise.allSettled([
      ...crowd.map((usedBy) => invites.use({ code, usedBy })),
      // Not in the queue of the others, as in another process.
      ...crowd.map((usedBy) => services.transaction((tx) => tx.invites.use({ code, usedBy }))),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await membersOf(owner, groupId)).toHaveLength(2)
    expect(await invites.getById(id)).toMatchObject({ useCount: 1 })
  })

  test('lets one of many who come at once in where one use is left', async () => {
    const { owner, groupId } = await aGroup()
    const crowd = await people(4)
    const { code, id } = await invites.create({ createdBy: owner, groupId, makesFriends: true })
    // Each in a process of their own: one process would let them go one after the other.
    const others = await Promise.all(
      crowd.map(() => createPlatform({ databaseUrl: database.appUrl, poolSize: 2, clock })),
    )
    const results = await Promise.allSettled(
      others.map((other, index) =>
        other.services.invites.use({ code, usedBy: crowd[index] ?? '' }),
      ),
    )
    await Promise.all(others.map((other) => other.close()))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await membersOf(owner, groupId)).toHaveLength(2)
    expect(await friendsOf(owner)).toHaveLength(1)
    expect(await invites.getById(id)).toMatchObject({ status: 'used', useCount: 1 })
  })
})
