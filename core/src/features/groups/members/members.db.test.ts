import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../../kernel/index.ts'
import { databaseError, rows } from '../../../platform/database/index.ts'
import type { CoreServices } from '../../../services.ts'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { outcomeOf } from '../../../testing/refusals.ts'
import { GROUP_ROLES, type GroupRole, type GroupView } from '../group.ts'

const { services, close } = await testPlatform({ poolSize: 16 })

afterAll(async () => {
  await expectGroupsToHold()
  await close()
})

/** Whatever the tests did: counts are true, and every group has one owner. */
async function expectGroupsToHold(): Promise<void> {
  const broken = await rows(
    services.repos.db,
    sql`select g.id from gramkit."group" g left join gramkit.group_member m on m.group_id = g.id
      group by g.id having g.member_count <> count(m.*)
        or count(*) filter (where m.role = 'owner') <> 1`,
    z.object({ id: z.string() }),
  )
  expect(broken).toEqual([])
}

async function people(count: number): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, () => aPerson(services)))
  return made.map(({ id }) => id)
}

interface Cast {
  readonly group: GroupView
  readonly ids: Readonly<Record<GroupRole | 'stranger' | 'otherAdmin' | 'otherMember', string>>
}

/** A group with two of each role that there may be two of, and somebody who is not in it. */
async function aGroup(): Promise<Cast> {
  const [owner = '', admin = '', otherAdmin = '', member = '', otherMember = '', stranger = ''] =
    await people(6)
  const group = await services.groups.create(owner, { title: 'Chess' })
  for (const userId of [admin, otherAdmin, member, otherMember]) {
    await services.members.join(group.id, userId)
  }
  for (const userId of [admin, otherAdmin]) {
    await services.members.changeRole(owner, group.id, { userId, role: 'admin' })
  }
  return { group, ids: { owner, admin, otherAdmin, member, otherMember, stranger } }
}

async function rolesOf({ group, ids }: Cast): Promise<Record<string, GroupRole | 'none'>> {
  const entries = await Promise.all(
    Object.entries(ids).map(async ([name, userId]) => {
      const found = await services.repos.members.find(group.id, userId)
      return [name, found?.role ?? 'none'] as const
    }),
  )
  return Object.fromEntries(entries)
}

const eventsOf = (groupId: string) =>
  rows(
    services.repos.db,
    sql`select name, user_id, payload from gramkit.outbox_event
      where subject_id = ${groupId} order by seq`,
    z.object({ name: z.string(), user_id: z.string(), payload: z.unknown() }),
  )

describe('rights', () => {
  /** What each action answers to each role: done, or the code of the refusal. */
  const matrix: Readonly<
    Record<string, Readonly<Record<GroupRole | 'stranger', string>> & { readonly act: Act }>
  > = {
    'reads the group': {
      ...allowedTo('owner', 'admin', 'member'),
      act: ({ group }, actorId) => services.groups.get(actorId, group.id),
    },
    'lists the members': {
      ...allowedTo('owner', 'admin', 'member'),
      act: ({ group }, actorId) => services.members.list(actorId, group.id, {}),
    },
    invites: {
      ...allowedTo('owner', 'admin'),
      act: ({ group }, actorId) => services.members.demandRight(group.id, actorId, 'invite'),
    },
    renames: {
      ...allowedTo('owner', 'admin'),
      act: ({ group }, actorId) => services.groups.rename(actorId, group.id, 'Draughts'),
    },
    'removes a member': {
      ...allowedTo('owner', 'admin'),
      act: ({ group, ids }, actorId) => services.members.remove(actorId, group.id, ids.otherMember),
    },
    'removes an admin': {
      ...allowedTo('owner'),
      act: ({ group, ids }, actorId) => services.members.remove(actorId, group.id, ids.otherAdmin),
    },
    'removes the owner': {
      ...allowedTo(),
      act: ({ group, ids }, actorId) => services.members.remove(actorId, group.id, ids.owner),
    },
    promotes: {
      ...allowedTo('owner'),
      act: ({ group, ids }, actorId) =>
        services.members.changeRole(actorId, group.id, { userId: ids.otherMember, role: 'admin' }),
    },
    demotes: {
      ...allowedTo('owner'),
      act: ({ group, ids }, actorId) =>
        services.members.changeRole(actorId, group.id, { userId: ids.otherAdmin, role: 'member' }),
    },
    'demotes the owner': {
      ...allowedTo(),
      owner: 'groups.owner_needed',
      act: ({ group, ids }, actorId) =>
        services.members.changeRole(actorId, group.id, { userId: ids.owner, role: 'member' }),
    },
    'hands the ownership over': {
      ...allowedTo('owner'),
      act: ({ group, ids }, actorId) =>
        services.members.transferOwnership(actorId, group.id, ids.otherMember),
    },
    leaves: {
      ...allowedTo('admin', 'member'),
      owner: 'groups.owner_needed',
      act: ({ group }, actorId) => services.members.leave(actorId, group.id),
    },
    'removes the group': {
      ...allowedTo('owner'),
      act: ({ group }, actorId) => services.groups.remove(actorId, group.id),
    },
  }
  type Act = (cast: Cast, actorId: string) => Promise<unknown>

  function allowedTo(...roles: readonly GroupRole[]): Record<GroupRole | 'stranger', string> {
    const answer = (role: GroupRole) => (roles.includes(role) ? 'done' : 'groups.role_too_low')
    return {
      owner: answer('owner'),
      admin: answer('admin'),
      member: answer('member'),
      stranger: 'groups.not_found',
    }
  }

  const cells = Object.entries(matrix).flatMap(([action, { act, ...answers }]) =>
    ([...GROUP_ROLES, 'stranger'] as const).map((role) => ({
      action,
      role,
      act,
      answer: answers[role],
    })),
  )

  test.for(cells)('$role $action: $answer', async ({ role, act, answer }) => {
    const cast = await aGroup()
    const before = await rolesOf(cast)
    const [result] = await Promise.allSettled([act(cast, cast.ids[role])])
    expect(result?.status === 'fulfilled' ? 'done' : outcomeOf(result ?? never())).toBe(answer)
    if (answer !== 'done') expect(await rolesOf(cast)).toEqual(before)
  })

  function never(): never {
    throw new Error('A settled promise has a result')
  }

  test('does to members what the actions say', async () => {
    const cast = await aGroup()
    const { group, ids } = cast
    await services.members.remove(ids.admin, group.id, ids.otherMember)
    await services.members.remove(ids.owner, group.id, ids.otherAdmin)
    await services.members.changeRole(ids.owner, group.id, { userId: ids.member, role: 'admin' })
    await services.members.changeRole(ids.owner, group.id, { userId: ids.admin, role: 'member' })
    await services.members.transferOwnership(ids.owner, group.id, ids.admin)
    expect(await rolesOf(cast)).toEqual({
      owner: 'admin',
      admin: 'owner',
      otherAdmin: 'none',
      member: 'admin',
      otherMember: 'none',
      stranger: 'none',
    })
    const told = (await eventsOf(group.id)).map(({ name }) => name)
    expect(told.slice(7)).toEqual([
      'group.member_removed',
      'group.member_removed',
      'group.member_role_changed',
      'group.member_role_changed',
      'group.member_role_changed',
      'group.member_role_changed',
    ])
  })

  test('tells a stranger the same of a group that is there and of one that is not', async () => {
    const { group, ids } = await aGroup()
    const ask = (groupId: string) => services.groups.get(ids.stranger, groupId)
    const [real, made] = await Promise.allSettled([ask(group.id), ask(newId())])
    expect([real, made].map((result) => result && outcomeOf(result))).toEqual([
      'groups.not_found',
      'groups.not_found',
    ])
  })

  test('changes nothing for a role that somebody has already', async () => {
    const { group, ids } = await aGroup()
    const before = await eventsOf(group.id)
    await services.members.changeRole(ids.owner, group.id, { userId: ids.admin, role: 'admin' })
    await services.members.transferOwnership(ids.owner, group.id, ids.owner)
    expect(await eventsOf(group.id)).toEqual(before)
  })

  test('does nothing about somebody who is not in the group', async () => {
    const { group, ids } = await aGroup()
    const results = await Promise.allSettled([
      services.members.remove(ids.owner, group.id, ids.stranger),
      services.members.changeRole(ids.owner, group.id, { userId: newId(), role: 'admin' }),
      services.members.transferOwnership(ids.owner, group.id, ids.stranger),
    ])
    expect(results.map(outcomeOf)).toEqual(Array(3).fill('groups.member_not_found'))
  })
})

describe('join', () => {
  test('lets one of 50 who come at once into the last place', async () => {
    const [owner = '', ...others] = await people(51)
    const group = await services.groups.create(owner, { title: 'Two', memberMax: 2 })
    const results = await Promise.allSettled(
      others.map((userId) => services.members.join(group.id, userId)),
    )
    const codes = results.map(outcomeOf)
    expect(codes.filter((code) => code === 'joined')).toHaveLength(1)
    expect(codes.filter((code) => code === 'groups.full')).toHaveLength(49)
    expect(await services.groups.get(owner, group.id)).toMatchObject({ memberCount: 2 })
    const events = (await eventsOf(group.id)).map(({ name }) => name)
    expect(events).toEqual(['group.created', 'group.member_joined'])
  })

  test('lets somebody in once who comes 20 times at once, and says so once', async () => {
    const [owner = '', userId = ''] = await people(2)
    const invitationId = newId()
    const group = await services.groups.create(owner, { title: 'Once' })
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => services.members.join(group.id, userId, { invitationId })),
    )
    expect(outcomes.filter((outcome) => outcome === 'joined')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'already_member')).toHaveLength(19)
    expect((await eventsOf(group.id)).slice(1)).toEqual([
      {
        name: 'group.member_joined',
        user_id: userId,
        payload: { groupId: group.id, userId, invitationId },
      },
    ])
  })

  test('is undone with the transaction that it is part of', async () => {
    const [owner = '', userId = ''] = await people(2)
    const group = await services.groups.create(owner, { title: 'Undone' })
    const failed = services.transaction(async (tx) => {
      await tx.members.join(group.id, userId)
      throw new Error('The sign-up failed')
    })
    await expect(failed).rejects.toThrow('The sign-up failed')
    expect(await services.groups.get(owner, group.id)).toMatchObject({ memberCount: 1 })
  })

  test('lets a person be in 50 groups, however many they enter at once', async () => {
    const [owner = '', busy = ''] = await people(2)
    for (let made = 0; made < 49; made += 1) {
      await services.groups.create(busy, { title: `Mine ${made}` })
    }
    const open = [
      await services.groups.create(owner, { title: 'A' }),
      await services.groups.create(owner, { title: 'B' }),
      await services.groups.create(owner, { title: 'C' }),
    ]
    const results = await Promise.allSettled([
      ...open.map(({ id }) => services.members.join(id, busy)),
      services.groups.create(busy, { title: 'One more' }),
    ])
    const refused = results.map(outcomeOf).filter((code) => code === 'groups.too_many')
    expect(refused).toHaveLength(3)
    expect(await services.repos.members.countByUser(busy)).toBe(50)
  })

  test('refuses a group that is gone and a person who is not there', async () => {
    const [owner = ''] = await people(1)
    const group = await services.groups.create(owner, { title: 'Gone' })
    const results = await Promise.allSettled([
      services.members.join(newId(), owner),
      services.members.join(group.id, newId()),
    ])
    expect(results.map(outcomeOf)).toEqual(['groups.not_found', 'kernel.not_found'])
  })
})

describe('the owner', () => {
  test('who is alone takes the group along', async () => {
    const [owner = ''] = await people(1)
    const group = await services.groups.create(owner, { title: 'Mine' })
    await services.members.leave(owner, group.id)
    expect(await services.repos.groups.findById(group.id)).toBeUndefined()
    const events = await eventsOf(group.id)
    expect(events.map(({ name }) => name)).toEqual(['group.created', 'group.removed'])
  })

  test('is one, whatever transfers, departures and removals come at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { group, ids } = await aGroup()
      await Promise.allSettled([
        services.members.transferOwnership(ids.owner, group.id, ids.member),
        services.members.transferOwnership(ids.owner, group.id, ids.admin),
        services.members.leave(ids.owner, group.id),
        services.members.leave(ids.member, group.id),
        services.members.remove(ids.owner, group.id, ids.admin),
        services.members.remove(ids.admin, group.id, ids.member),
        services.members.changeRole(ids.owner, group.id, { userId: ids.member, role: 'admin' }),
      ])
      await expectGroupsToHold()
    }
  })

  test('goes with the group only, when removal and joining come at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [owner = '', userId = ''] = await people(2)
      const group = await services.groups.create(owner, { title: 'Now or never' })
      const results = await Promise.allSettled([
        services.members.join(group.id, userId),
        services.members.leave(owner, group.id),
      ])
      expect([
        ['joined', 'groups.owner_needed'],
        ['groups.not_found', 'ok'],
      ]).toContainEqual(results.map(outcomeOf))
    }
  })
})

describe('the database', () => {
  let cast: Cast

  beforeEach(async () => {
    cast = await aGroup()
  })

  /** What the database says to the application's own role. */
  async function refusalOf(work: (tx: CoreServices) => Promise<unknown>): Promise<unknown> {
    const [result] = await Promise.allSettled([services.transaction(work)])
    if (result?.status !== 'rejected') return 'committed'
    const { code, constraint } = databaseError(result.reason) ?? {}
    return constraint ?? code
  }

  test('refuses a group without an owner when it is committed', async () => {
    const { group, ids } = cast
    const run = (statement: ReturnType<typeof sql>) =>
      refusalOf((tx) => tx.repos.db.execute(statement))
    expect(
      await run(sql`update gramkit.group_member set role = 'admin'
        where group_id = ${group.id} and user_id = ${ids.owner}`),
    ).toBe('GK010')
    expect(
      await run(sql`delete from gramkit.group_member
        where group_id = ${group.id} and user_id = ${ids.owner}`),
    ).toBe('GK010')
    expect(
      await run(sql`insert into gramkit."group"
        (id, title, created_by, member_max, created_at, updated_at)
        values (${newId()}, 'Nobody’s', ${ids.owner}, 5, now(), now())`),
    ).toBe('GK010')
  })

  test('refuses a second owner', async () => {
    const refusal = await refusalOf((tx) =>
      tx.repos.members.updateRole(cast.group.id, cast.ids.admin, 'owner'),
    )
    expect(refusal).toBe('group_member_owner_key')
  })

  test('refuses one member too many in one statement with others', async () => {
    const [owner = '', ...others] = await people(4)
    const group = await services.groups.create(owner, { title: 'Three', memberMax: 3 })
    const refusal = await refusalOf((tx) =>
      tx.repos.db.execute(sql`insert into gramkit.group_member (group_id, user_id, role, joined_at)
        select ${group.id}, id, 'member', now() from gramkit.user_account
        where id = any(${sql.param(others)}::uuid[])`),
    )
    expect(refusal).toBe('group_member_count_check')
  })

  test('refuses a member twice', async () => {
    const { group, ids } = cast
    const refusal = await refusalOf((tx) =>
      tx.repos.members.insert({
        groupId: group.id,
        userId: ids.member,
        role: 'member',
        joinedAt: new Date('2026-01-01T00:00:00Z'),
        invitationId: null,
      }),
    )
    expect(refusal).toBe('group_member_key')
  })

  test('lets the application write neither counts nor limits nor who is meant', async () => {
    const { group, ids } = cast
    const refusals = await Promise.all(
      [
        sql`update gramkit."group" set member_count = 0 where id = ${group.id}`,
        sql`update gramkit."group" set member_max = 999 where id = ${group.id}`,
        sql`update gramkit.group_member set user_id = ${ids.stranger} where user_id = ${ids.member}`,
        sql`insert into gramkit."group" (id, title, created_by, member_count, member_max,
          created_at, updated_at) values (${newId()}, 'x', ${ids.owner}, -9, 5, now(), now())`,
      ].map((statement) => refusalOf((tx) => tx.repos.db.execute(statement))),
    )
    expect(refusals).toEqual(Array(4).fill('42501'))
  })
})
