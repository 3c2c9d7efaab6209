import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { openNodePostgres, rows } from '../../platform/database/index.ts'
import { testApi } from '../../testing/api.ts'
import { aPerson, aPersonWithCredits } from '../../testing/people.ts'
import { refusalOf } from '../../testing/refusals.ts'

const { admin, aGuest, ask, close, database, platform, services } = await testApi({ poolSize: 16 })

afterAll(async () => {
  expect(await services.balance.verify()).toMatchObject({ ok: true, differences: [] })
  await close()
})

const adjust = (userId: string, amount: string, key = newId(), unit = 'credits') =>
  ask({ ...admin, key }, 'POST', `/admin/users/${userId}/adjustments`, {
    unit,
    amount,
    reason: 'Sorry for the outage',
  })

const setFloor = (userId: string, floor: string, who = admin) =>
  ask(who, 'PUT', `/admin/users/${userId}/balance/credits/floor`, {
    floor,
    reason: 'A customer of ten years',
  })

const auditOf = (userId: string) =>
  rows(
    platform.database.executor,
    sql`select actor, action, facts from gramkit.audit_entry where subject = ${`user:${userId}`}
        order by id`,
    z.object({ actor: z.string(), action: z.string(), facts: z.record(z.string(), z.string()) }),
  )

const balanceOf = async (userId: string) =>
  (await ask(admin, 'GET', `/admin/users/${userId}/balance`)).body.items[0]

describe('an adjustment', () => {
  test('gives and takes once for each key, and is audited once', async () => {
    const { id } = await aPerson(services)
    const key = newId()
    const answers = await Promise.all([1, 2, 3].map(() => adjust(id, '50', key)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await adjust(id, '-20')).body).toMatchObject({
      amount: '-20',
      reason: 'balance.adjusted',
    })
    expect(await balanceOf(id)).toEqual({ unit: 'credits', amount: '30', held: '0', floor: '0' })
    const reason = 'Sorry for the outage'
    expect(await auditOf(id)).toEqual([
      {
        actor: 'admin',
        action: 'balance.adjusted',
        facts: { transferId: answers[0]?.body.id, unit: 'credits', amount: '50', reason },
      },
      {
        actor: 'admin',
        action: 'balance.adjusted',
        facts: { transferId: expect.any(String), unit: 'credits', amount: '-20', reason },
      },
    ])
    const history = await ask(admin, 'GET', `/admin/users/${id}/balance/credits/history`)
    expect(history.body.items.map(({ amount }: { amount: string }) => amount)).toEqual([
      '-20',
      '50',
    ])
  })

  test('is audited once when two processes post the same id', async () => {
    const { id: userId } = await aPerson(services)
    const request = { id: newId(), userId, unit: 'credits', amount: 5n, actor: 'admin' }
    await Promise.all(
      Array.from({ length: 8 }, () => services.balance.adjust({ ...request, reason: 'test' })),
    )
    expect(await auditOf(userId)).toHaveLength(1)
    expect(await services.balance.get(userId, 'credits')).toBe(5n)
  })

  test('that is declined stays declined when its key is sent again after a top-up', async () => {
    const { id } = await aPersonWithCredits(services, 3n)
    const key = newId()
    const declined = await adjust(id, '-10', key)
    expect(declined).toMatchObject({
      status: 402,
      replayed: 'false',
      body: { code: 'balance.insufficient_funds', details: { required: '10', available: '3' } },
    })
    await adjust(id, '100')
    expect(await adjust(id, '-10', key)).toEqual({ ...declined, replayed: 'true' })
    expect(await balanceOf(id)).toMatchObject({ amount: '103' })
    expect(await adjust(id, '-10')).toMatchObject({ status: 201 })
    expect(await auditOf(id)).toHaveLength(2)
  })

  test('is refused for nobody, for nothing and without a key', async () => {
    const { id } = await aPerson(services)
    expect(await adjust(newId(), '1')).toMatchObject({ status: 404 })
    expect(await adjust(id, '0')).toMatchObject({ status: 400 })
    expect(await adjust(id, '1', newId(), 'no unit')).toMatchObject({ status: 422 })
    expect(await adjust(id, '1', '')).toMatchObject({
      status: 400,
      body: { code: 'http.idempotency_key_required' },
    })
    for (const reason of ['', 'a\u0000b', '\ud800', 'x'.repeat(201)]) {
      const body = { unit: 'credits', amount: '1', reason }
      const asker = { ...admin, key: newId() }
      const answer = await ask(asker, 'POST', `/admin/users/${id}/adjustments`, body)
      expect(answer).toMatchObject({ status: 422 })
    }
    expect(await balanceOf(id)).toBeUndefined()
  })
})

describe('a declined spend, at the service', () => {
  test('leaves its id free, so that the same id succeeds after a top-up', async () => {
    const { id: userId } = await aPersonWithCredits(services, 3n)
    const facts = { unit: 'credits', reason: 'test.spent', reference: 'test' }
    const spend = { ...facts, id: newId(), userId, amount: 10n }
    await expect(services.balance.debit(spend)).rejects.toMatchObject({
      code: 'balance.insufficient_funds',
    })
    expect(await services.repos.balance.findTransfers([spend.id])).toEqual([])
    await services.balance.credit({ ...facts, id: newId(), userId, amount: 10n })
    await services.balance.debit(spend)
    await services.balance.debit(spend)
    expect(await services.balance.get(userId, 'credits')).toBe(3n)
  })
})

describe('a floor', () => {
  test('below zero is a credit line, and one above it keeps an amount from being spent', async () => {
    const { id } = await aPersonWithCredits(services, 5n)
    expect(await setFloor(id, '-10')).toMatchObject({ status: 204 })
    expect(await adjust(id, '-16')).toMatchObject({
      status: 402,
      body: { details: { available: '15' } },
    })
    expect(await adjust(id, '-15')).toMatchObject({ status: 201 })
    expect(await balanceOf(id)).toMatchObject({ amount: '-10', floor: '-10' })
    await adjust(id, '30')
    expect(await setFloor(id, '15')).toMatchObject({ status: 204 })
    expect(await adjust(id, '-6')).toMatchObject({
      status: 402,
      body: { details: { available: '5' } },
    })
  })

  test('is refused above what the account has to spare, held amounts left out', async () => {
    const { id } = await aPersonWithCredits(services, 5n)
    const hold = { unit: 'credits', reason: 'test.held', reference: 'test' }
    await services.holds.place({ ...hold, id: newId(), userId: id, amount: 2n })
    expect(await setFloor(id, '4')).toMatchObject({
      status: 409,
      body: { code: 'balance.floor_too_high', details: { floor: '4', available: '3' } },
    })
    expect(await setFloor(id, '3')).toMatchObject({ status: 204 })
    expect(await setFloor(newId(), '0')).toMatchObject({ status: 404 })
    const { body } = await setFloor(id, '-9000000000000000')
    expect(body).toMatchObject({ code: 'kernel.invalid_value' })
  })

  test('never ends above what a parallel debit leaves', async () => {
    for (let round = 0; round < 10; round++) {
      const { id: userId } = await aPersonWithCredits(services, 10n)
      const facts = { userId, unit: 'credits', reason: 'test', reference: 'test', actor: 'admin' }
      await Promise.allSettled([
        services.balance.setFloor({ ...facts, floor: 6n }),
        services.balance.debit({ ...facts, id: newId(), amount: 6n }),
      ])
      const [left] = await services.balance.list(userId)
      expect([
        [10n, 6n],
        [4n, 0n],
      ]).toContainEqual([left?.amount, left?.floor])
    }
  })

  test('is audited by the database itself, once for each change', async () => {
    const { id } = await aPersonWithCredits(services, 5n)
    await Promise.all([1, 2, 3].map(() => setFloor(id, '-10')))
    await setFloor(id, '0')
    const facts = { unit: 'credits', reason: 'A customer of ten years' }
    expect(await auditOf(id)).toEqual([
      {
        actor: 'admin',
        action: 'balance.floor_changed',
        facts: { ...facts, floor: '-10', previous: '0' },
      },
      {
        actor: 'admin',
        action: 'balance.floor_changed',
        facts: { ...facts, floor: '0', previous: '-10' },
      },
    ])
  })

  test('cannot be set by a role that is not the application, nor by a user', async () => {
    const guest = await aGuest()
    expect(await setFloor(guest.id, '-10', guest)).toMatchObject({ status: 403 })
    await using direct = openNodePostgres({ url: database.adminUrl, poolSize: 1 })
    const held = await rows(
      direct.executor,
      sql`select r.rolname from pg_roles r where not r.rolsuper and has_function_privilege(r.oid,
            'gramkit.balance_set_floor(uuid, bigint, uuid, text, text, timestamptz)', 'execute')
          order by r.rolname`,
      z.object({ rolname: z.string() }),
    )
    expect(held.map(({ rolname }) => rolname)).toEqual([
      'gramkit_app',
      'gramkit_app_login',
      'gramkit_owner',
    ])
    const write = 'update gramkit.balance_account set floor = -1'
    expect(await refusalOf(database.appUrl, write)).toBe('42501')
  })
})
