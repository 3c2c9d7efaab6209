import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { invitationStorageContract } from '../../testing/contracts/invitation-storage.contract.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00.000Z'))
const { database, platform, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client({ connectionString: database.adminUrl })

beforeAll(() => owner.connect())

afterAll(async () => {
  await owner.end()
  await close()
})

invitationStorageContract({
  name: 'PostgreSQL',
  async make() {
    await owner.query('truncate gramkit.invitation, gramkit.invitation_use cascade')
    return platform.services.repos.invitations
  },
})

const eventsOf = (subjectId: string) =>
  rows(
    platform.database.executor,
    sql`select name, user_id as "userId" from gramkit.outbox_event
        where subject_id = ${subjectId} order by seq`,
    z.object({ name: z.string(), userId: z.uuid().nullable() }),
  )

describe('invites in the platform', () => {
  test('write their events beside the change, for the screens of who made the invitation', async () => {
    const { invites } = platform.services
    const [ada, bob] = [await aPerson(platform.services), await aPerson(platform.services)]
    const { id, code } = await invites.create({ createdBy: ada.id })
    await invites.use({ code, usedBy: bob.id })
    expect(await eventsOf(id)).toEqual(
      ['invitation.created', 'invitation.used', 'invitation.limit_reached'].map((name) => ({
        name,
        userId: ada.id,
      })),
    )
  })

  test('burn no use when what they were used for fails', async () => {
    const { invites } = platform.services
    const { id, code } = await invites.create({ createdBy: 'ada' })
    const signUp = platform.services.transaction(async (tx) => {
      await tx.invites.use({ code, usedBy: 'bob' })
      throw new Error('the address is taken')
    })
    await expect(signUp).rejects.toThrow('the address is taken')
    expect(await invites.getById(id)).toMatchObject({ status: 'active', useCount: 0 })
    expect(await eventsOf(id)).toHaveLength(1)
    expect(await invites.use({ code, usedBy: 'bob' })).toMatchObject({ isExhausted: true })
  })

  test('refuse a taken code and a spent one, and the transaction goes on', async () => {
    const { invites } = platform.services
    const { code } = await invites.create({ createdBy: 'ada', code: 'SPENT-CODE' })
    await invites.use({ code, usedBy: 'bob' })
    const { id } = await platform.services.transaction(async (tx) => {
      await expect(
        tx.invites.create({ createdBy: 'ada', code: 'spent-code' }),
      ).rejects.toMatchObject({ code: 'invites.code_taken' })
      await expect(tx.invites.use({ code, usedBy: 'eve' })).rejects.toMatchObject({
        code: 'invites.not_active',
      })
      return tx.invites.create({ createdBy: 'ada', code: 'ANOTHER-1' })
    })
    expect(await invites.getById(id)).toMatchObject({ code: 'ANOTHER-1' })
  })

  test('expire once: three sweepers and ten people find out together', async () => {
    const { invites } = platform.services
    const expiresAt = addMs(clock.now(), DAY_MS)
    const made = await Promise.all(
      Array.from({ length: 30 }, () => invites.create({ createdBy: 'ada', expiresAt })),
    )
    clock.set(expiresAt)
    await Promise.all([
      ...[1, 2, 3].map(() => invites.expireDue()),
      ...made.slice(0, 10).map(({ code }) =>
        expect(invites.use({ code, usedBy: 'bob' })).rejects.toMatchObject({
          code: 'invites.expired',
        }),
      ),
    ])
    expect(await invites.expireDue()).toBe(0)
    for (const { id } of made) {
      const names = (await eventsOf(id)).map(({ name }) => name)
      expect(names).toEqual(['invitation.created', 'invitation.expired'])
    }
  })

  test('an expiry that is noticed in a transaction is undone with it, and swept later', async () => {
    const { invites } = platform.services
    const expiresAt = addMs(clock.now(), DAY_MS)
    const { id, code } = await invites.create({ createdBy: 'ada', expiresAt })
    clock.set(expiresAt)
    const signUp = platform.services.transaction((tx) => tx.invites.use({ code, usedBy: 'bob' }))
    await expect(signUp).rejects.toMatchObject({ code: 'invites.expired' })
    expect(await invites.getById(id)).toMatchObject({ status: 'active' })
    expect(await platform.services.repos.invitations.findNextExpiry()).toEqual(expiresAt)
    expect(await invites.expireDue()).toBe(1)
    expect(await invites.getById(id)).toMatchObject({ status: 'expired' })
    expect((await eventsOf(id)).map(({ name }) => name)).toEqual([
      'invitation.created',
      'invitation.expired',
    ])
  })

  test('make 10,000 codes at once, all different, and all or none', async () => {
    const { invites } = platform.services
    const { codes, batchId } = await invites.createBatch({ createdBy: 'ada', count: 10_000 })
    expect(new Set(codes).size).toBe(10_000)
    expect((await invites.list({ batchId }, { limit: 100 })).items).toHaveLength(100)
    const undone = newId()
    const failed = platform.services.transaction(async (tx) => {
      await tx.invites.createBatch({ createdBy: 'ada', count: 10, batchId: undone })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await invites.list({ batchId: undone })).toMatchObject({ items: [] })
  })
})

describe('the application’s role', () => {
  const attempt = (statement: ReturnType<typeof sql>) =>
    platform.database.executor.execute(statement)

  test.each([
    [
      'a use',
      sql`insert into gramkit.invitation_use values (gen_random_uuid(), gen_random_uuid(), 'eve', now())`,
    ],
    ['a count', sql`update gramkit.invitation set use_count = 0`],
    ['a state', sql`update gramkit.invitation set status = 'active'`],
    ['a limit', sql`update gramkit.invitation set usage_limit = null`],
    ['fewer uses', sql`delete from gramkit.invitation_use`],
    [
      'another state of a new one',
      sql`insert into gramkit.invitation (id, code, created_by, metadata, created_at, status) values (gen_random_uuid(), 'ABCDEF', 'eve', '{}', now(), 'used')`,
    ],
  ])('cannot write %s', async (_what, statement) => {
    await expect(attempt(statement)).rejects.toMatchObject({
      cause: { code: '42501' },
    })
  })
})

describe('the tables', () => {
  const insert = (columns: string) =>
    owner.query(
      `insert into gramkit.invitation (id, code, created_by, metadata, created_at, status, use_count, usage_limit, revoked_at)
       values (gen_random_uuid(), ${columns})`,
    )

  test.each([
    ['a code that is none', `'ABC%EF', 'ada', '{}', now(), 'active', 0, 1, null`],
    ['a code that ends in a line break', `E'ABCDEF\\n', 'ada', '{}', now(), 'active', 0, 1, null`],
    ['more uses than the limit', `'LIMIT-1', 'ada', '{}', now(), 'active', 2, 1, null`],
    ['an end before the limit', `'LIMIT-2', 'ada', '{}', now(), 'used', 1, 2, null`],
    ['an end without a limit', `'LIMIT-3', 'ada', '{}', now(), 'used', 1, null, null`],
    ['a limit of none', `'LIMIT-4', 'ada', '{}', now(), 'active', 0, 0, null`],
    ['a revocation without its time', `'REVOKED', 'ada', '{}', now(), 'revoked', 0, 1, null`],
    ['a state nobody knows', `'STATE-1', 'ada', '{}', now(), 'paused', 0, 1, null`],
  ])('refuse %s', async (_what, columns) => {
    await expect(insert(columns)).rejects.toMatchObject({ code: '23514' })
  })
})
