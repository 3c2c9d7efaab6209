import { testDatabase } from '@gramkit/services/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { openNodePostgres } from '../../../platform/database/index.ts'
import { outboxEvent } from '../../../platform/outbox/index.ts'
import { usersScope } from '../../../testing/users-scope.ts'
import { userAccount } from '../user.table.ts'

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const db = database.executor
const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
const ownedBy = (...ownerTelegramIds: bigint[]) =>
  usersScope(database, { clock, identity: { ownerTelegramIds } })
const { users, roles } = ownedBy()

let last = 5_000n
const person = async () => {
  last += 1n
  const profile = { username: null, firstName: 'Anna', lastName: null, languageCode: null }
  return users.getOrCreateFromTelegram({ ...profile, id: last })
}
const roleOf = async (id: string) => (await users.getById(id)).role
const eventsOf = (userId: string) =>
  db.select().from(outboxEvent).where(eq(outboxEvent.subjectId, userId)).orderBy(outboxEvent.id)
const auditOf = async (userId: string) => {
  const found = await db.execute(sql`
    select actor, facts from gramkit.audit_entry where subject = ${`user:${userId}`} order by id`)
  return Reflect.get(Object(found), 'rows')
}

beforeEach(async () => {
  await roles.syncOwners()
})
afterAll(async () => {
  await database.close()
  await testing.drop()
})

describe('syncOwners', () => {
  test('makes owners of whom the configuration names, and of nobody else', async () => {
    const [old, next, admin] = [await person(), await person(), await person()]
    await roles.set({ userId: admin.id, role: 'admin', actor: 'admin' })
    await ownedBy(old.telegramId ?? 0n).roles.syncOwners()
    expect([await roleOf(old.id), await roleOf(next.id)]).toEqual(['owner', 'user'])
    const changes = await ownedBy(next.telegramId ?? 0n).roles.syncOwners()
    expect(changes).toHaveLength(2)
    expect([await roleOf(old.id), await roleOf(next.id)]).toEqual(['user', 'owner'])
    expect(await roleOf(admin.id)).toBe('admin')
    expect(await auditOf(old.id)).toEqual([
      { actor: 'system', facts: { role: 'owner', was: 'user' } },
      { actor: 'system', facts: { role: 'user', was: 'owner' } },
    ])
  })

  test('changes, audits and tells nothing when it is repeated, also at the same time', async () => {
    const owner = await person()
    const { roles: same } = ownedBy(owner.telegramId ?? 0n)
    await Promise.all(Array.from({ length: 8 }, () => same.syncOwners()))
    expect(await same.syncOwners()).toEqual([])
    expect(await auditOf(owner.id)).toHaveLength(1)
    expect((await eventsOf(owner.id)).map(({ name }) => name)).toEqual([
      'user.created',
      'user.role_changed',
    ])
  })

  test('takes the role from an owner whose Telegram identity is gone', async () => {
    const owner = await person()
    await db
      .update(userAccount)
      .set({ role: 'owner', telegramId: null })
      .where(eq(userAccount.id, owner.id))
    await ownedBy(42n).roles.syncOwners()
    expect(await roleOf(owner.id)).toBe('user')
  })

  test('makes an owner of somebody who is configured before their first visit', async () => {
    const telegramId = 9_000n
    const { users: visited } = ownedBy(telegramId)
    const profile = { username: null, firstName: 'Olga', lastName: null, languageCode: null }
    const owner = await visited.getOrCreateFromTelegram({ ...profile, id: telegramId })
    expect(owner.role).toBe('owner')
    expect(await auditOf(owner.id)).toHaveLength(1)
  })
})

describe('set', () => {
  test('appoints an admin and takes it back, audited with who did it', async () => {
    const [user, actor] = [await person(), newId()]
    expect(await roles.set({ userId: user.id, role: 'admin', actor })).toMatchObject({
      role: 'admin',
    })
    await roles.set({ userId: user.id, role: 'admin', actor })
    await roles.set({ userId: user.id, role: 'user', actor: 'admin' })
    expect(await roleOf(user.id)).toBe('user')
    expect(await auditOf(user.id)).toEqual([
      { actor, facts: { role: 'admin', was: 'user' } },
      { actor: 'admin', facts: { role: 'user', was: 'admin' } },
    ])
  })

  test('refuses to change an owner, whom only the configuration makes', async () => {
    const owner = await person()
    await ownedBy(owner.telegramId ?? 0n).roles.syncOwners()
    await expect(
      roles.set({ userId: owner.id, role: 'admin', actor: 'admin' }),
    ).rejects.toMatchObject({ code: 'users.owner_is_configured' })
  })

  test('refuses a guest, in the database too', async () => {
    const { user } = await users.loginAsGuest(newId())
    await expect(
      roles.set({ userId: user.id, role: 'admin', actor: 'admin' }),
    ).rejects.toMatchObject({ code: 'users.role_needs_registration' })
    await expect(
      db.update(userAccount).set({ role: 'admin' }).where(eq(userAccount.id, user.id)),
    ).rejects.toMatchObject({ cause: { constraint: 'user_account_role_kind_check' } })
  })
})
