import { sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { coreHost, startJobs } from '../../jobs.ts'
import { newId } from '../../kernel/index.ts'
import { forwardToBus, InProcessBus } from '../../platform/bus/index.ts'
import { rows } from '../../platform/database/index.ts'
import { bindPeople } from '../../platform/people/index.ts'
import type { CoreServices } from '../../services.ts'
import { aPerson } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { invitationCreated, invitationRevoked, invitationUsed } from './invites.events.ts'
import { invitesPart } from './person-part.ts'

const { platform, services, close } = await testPlatform({ poolSize: 12 })
const { invites } = services

afterAll(close)

const partOf = (tx: CoreServices) => {
  const [part] = bindPeople([invitesPart], tx)
  if (!part) throw new Error('There is one part')
  return part
}

async function aPair() {
  const { user: guest } = await services.users.loginAsGuest(newId())
  return { guestId: guest.id, userId: (await aPerson(services)).id }
}

const usedBy = async (id: string) => (await invites.uses(id)).items.map((use) => use.usedBy).sort()

test('a merge makes the user’s what the guest made, may use and has used', async () => {
  const { guestId, userId } = await aPair()
  const made = await invites.create({ createdBy: guestId, usageLimit: 3 })
  const bound = await invites.create({ createdBy: 'ada', recipient: guestId })
  const [one, both] = [
    await invites.create({ createdBy: 'ada', usageLimit: 5 }),
    await invites.create({ createdBy: 'ada', usageLimit: 5 }),
  ]
  await invites.use({ code: one.code, usedBy: guestId })
  await invites.use({ code: both.code, usedBy: guestId })
  await invites.use({ code: both.code, usedBy: userId })
  expect(await services.accounts.merge(guestId, userId)).toBe('merged')
  expect(await invites.getById(made.id)).toMatchObject({ createdBy: userId })
  expect(await usedBy(one.id)).toEqual([userId])
  expect(await usedBy(both.id)).toEqual([guestId, userId].sort())
  expect(await invites.getById(both.id)).toMatchObject({ useCount: 2 })
  await expect(invites.use({ code: one.code, usedBy: userId })).rejects.toMatchObject({
    code: 'invites.already_used',
  })
  await expect(invites.use({ code: made.code, usedBy: userId })).rejects.toMatchObject({
    code: 'invites.own_code',
  })
  expect(await invites.use({ code: bound.code, usedBy: userId })).toMatchObject({ useCount: 1 })
  expect(await services.accounts.merge(guestId, userId)).toBe('already_merged')
  expect(await usedBy(both.id)).toHaveLength(2)
})

test('a merge waits for a use of the same code, and then counts it once', async () => {
  const { guestId, userId } = await aPair()
  const { code, id } = await invites.create({ createdBy: 'ada', usageLimit: null })
  await invites.use({ code, usedBy: guestId })
  const used = Promise.withResolvers<void>()
  const committing = Promise.withResolvers<void>()
  const using = services.transaction(async (tx) => {
    await tx.invites.use({ code, usedBy: userId })
    used.resolve()
    await committing.promise
  })
  await used.promise
  const merging = services.accounts.merge(guestId, userId)
  const waiting = sql`select pid from pg_stat_activity
                      where wait_event_type = 'Lock' and datname = current_database()`
  await vi.waitUntil(
    async () => (await rows(platform.database.executor, waiting, z.unknown())).length > 0,
    { timeout: 10_000 },
  )
  committing.resolve()
  await using
  expect(await merging).toBe('merged')
  expect(await usedBy(id)).toEqual([guestId, userId].sort())
  expect(await invites.getById(id)).toMatchObject({ useCount: 2 })
})

test('an export holds what somebody made, was sent and used', async () => {
  const { id: userId } = await aPerson(services)
  const made = await invites.create({ createdBy: userId, code: 'ADAS-PARTY' })
  const sent = await invites.create({ createdBy: 'bob', recipient: userId })
  await invites.use({ code: sent.code, usedBy: userId })
  expect(await partOf(services).export(userId)).toMatchObject({
    made: [{ id: made.id, code: 'ADAS-PARTY' }],
    received: [{ id: sent.id }],
    used: [{ invitationId: sent.id, usedBy: userId }],
  })
})

test('who is erased leaves no code that opens anything, and no word of theirs', async () => {
  const { id: userId } = await aPerson(services)
  const terms = { createdBy: userId, usageLimit: null, metadata: { note: 'Adas flat' } }
  const made = await invites.create({
    ...terms,
    code: 'ADA-LOVELACE',
    recipient: 'ada@example.com',
  })
  await invites.revoke({ id: made.id, by: userId, reason: 'Ada has moved' })
  const active = await invites.create({ ...terms, code: 'LOVELACE-2' })
  await services.transaction((tx) => partOf(tx).erase(userId))
  await expect(invites.getByCode('LOVELACE-2')).rejects.toMatchObject({ code: 'invites.not_found' })
  for (const { id } of [made, active]) {
    expect(await invites.getById(id)).toMatchObject({ status: 'revoked', metadata: {} })
  }
  const left = await rows(
    platform.database.executor,
    sql`select to_jsonb(i)::text as row from gramkit.invitation i where created_by = ${userId}`,
    z.object({ row: z.string() }),
  )
  expect(left).toHaveLength(2)
  expect(left.filter(({ row }) => /adas|ada@|ada has|lovelace/i.test(row))).toEqual([])
  await services.transaction((tx) => partOf(tx).erase(userId))
})

test('the words of an erased person are in no event and no job, nor in how others came', async () => {
  const { user: guest } = await services.users.loginAsGuest(newId())
  const [{ id: userId }, { id: newcomer }] = [await aPerson(services), await aPerson(services)]
  await using bus = new InProcessBus({ onError() {} })
  await using jobs = await startJobs({
    database: platform.database,
    host: coreHost(platform),
    logger: { info() {}, warn() {}, error() {} },
    ...forwardToBus(bus, [invitationCreated, invitationUsed, invitationRevoked]),
  })
  const terms = { usageLimit: 3, metadata: { note: 'Graces flat' } }
  const early = await invites.create({ ...terms, createdBy: guest.id, code: 'GRACE-HOPPER' })
  await invites.revoke({ id: early.id, by: guest.id, reason: 'Grace has moved' })
  await services.accounts.merge(guest.id, userId)
  // Named as the kit names what it has forgotten.
  await invites.create({ ...terms, createdBy: userId, code: 'ERASED-GRACE' })
  await services.visits.record(newcomer, { via: 'start', startParam: 'i-erased-grace' })
  await invites.use({ code: 'erased-grace', usedBy: newcomer })
  await jobs.settle()
  const left = async () => {
    const found = await rows(
      platform.database.executor,
      sql`select name, row from (
            select 'event' as name, to_jsonb(e)::text as row from gramkit.outbox_event e
            union all select 'job', to_jsonb(j)::text from gramkit.job j
            union all select 'came', to_jsonb(a)::text from gramkit.user_attribution a
            union all select 'invitation', to_jsonb(i)::text from gramkit.invitation i) kept
          where row ~* 'grace'`,
      z.object({ name: z.string(), row: z.string() }),
    )
    return [...new Set(found.map(({ name }) => name))].sort()
  }
  expect(await left()).toEqual(['came', 'event', 'invitation', 'job'])
  await services.transaction((tx) => partOf(tx).erase(userId))
  expect(await left()).toEqual([])
  // Told after the erasure, and readable still.
  await jobs.settle()
  expect(await left()).toEqual([])
})
