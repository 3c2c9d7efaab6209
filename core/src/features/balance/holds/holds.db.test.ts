import { overtake } from '@gramkit/services/overtake'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { addMs, DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { aPersonWithCredits } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { codeOf, refusalOf } from '../../../testing/refusals.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const { database, platform, close } = await testPlatform({ poolSize: 16, clock })

afterAll(async () => {
  expect(await platform.services.balance.verify()).toMatchObject({ ok: true, differences: [] })
  await close()
})

const facts = { unit: 'credits', reason: 'test.held', reference: 'test' }
const place = (userId: string, amount: bigint, id = newId(), expiresAt?: Date) =>
  platform.services.holds.place({
    ...facts,
    id,
    userId,
    amount,
    ...(expiresAt ? { expiresAt } : {}),
  })
const balanceOf = async (userId: string) => (await platform.services.balance.list(userId))[0]
const debit = (userId: string, amount: bigint) =>
  platform.services.balance.debit({ ...facts, id: newId(), userId, amount })

describe('a hold', () => {
  test('keeps its amount from being spent, until it is released', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 7n)
    expect(await balanceOf(id)).toMatchObject({ amount: 10n, held: 7n })
    await expect(debit(id, 4n)).rejects.toMatchObject({
      code: 'balance.insufficient_funds',
      details: { available: '3' },
    })
    await debit(id, 3n)
    expect(await platform.services.holds.release(hold.id)).toMatchObject({ status: 'voided' })
    expect(await platform.services.holds.release(hold.id)).toMatchObject({ status: 'voided' })
    await debit(id, 7n)
    expect(await balanceOf(id)).toMatchObject({ amount: 0n, held: 0n })
  })

  test('of more than there is to spare is refused; 10 of 12 parallel ones of 10 succeed', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => place(id, 1n)))
    const codes = results.map(codeOf)
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10)
    expect(codes.filter((code) => code === 'balance.insufficient_funds')).toHaveLength(2)
    expect(await balanceOf(id)).toMatchObject({ amount: 10n, held: 10n })
  })

  test('is one for one id, however often it is asked for', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const holdId = newId()
    await Promise.all(Array.from({ length: 10 }, () => place(id, 6n, holdId)))
    expect(await balanceOf(id)).toMatchObject({ held: 6n })
    await expect(place(id, 5n, holdId)).rejects.toMatchObject({ code: 'balance.hold_conflict' })
  })

  test('is captured once, in part, and the rest is free again', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 8n)
    const capture = () => platform.services.holds.capture({ holdId: hold.id, amount: 5n })
    const captured = await Promise.all([capture(), capture(), capture()])
    expect(new Set(captured.map(({ number }) => number)).size).toBe(1)
    expect(await balanceOf(id)).toMatchObject({ amount: 5n, held: 0n })
    await expect(platform.services.holds.release(hold.id)).rejects.toMatchObject({
      code: 'balance.hold_not_pending',
    })
    await expect(
      platform.services.holds.capture({ holdId: hold.id, amount: 4n }),
    ).rejects.toMatchObject({ code: 'balance.transfer_conflict' })
  })

  test('is not captured for more than it holds, nor once it is free', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 3n)
    const capture = (amount: bigint) => platform.services.holds.capture({ holdId: hold.id, amount })
    await expect(capture(4n)).rejects.toMatchObject({ code: 'balance.hold_not_pending' })
    await platform.services.holds.release(hold.id)
    await expect(capture(3n)).rejects.toMatchObject({ code: 'balance.hold_not_pending' })
    expect(await balanceOf(id)).toMatchObject({ amount: 10n, held: 0n })
  })

  test('is captured or released, never both, when both are asked at once', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 10n)
    const results = await Promise.allSettled([
      platform.services.holds.capture({ holdId: hold.id }),
      platform.services.holds.release(hold.id),
    ])
    expect(results.map(codeOf).sort()).toEqual(['balance.hold_not_pending', 'ok'])
    const { amount, held } = (await balanceOf(id)) ?? {}
    expect([held, amount === 0n || amount === 10n]).toEqual([0n, true])
  })

  test('ends by itself, and only when its time is over', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const short = await place(id, 2n, newId(), addMs(clock.now(), DAY_MS))
    await place(id, 3n, newId(), addMs(clock.now(), 2 * DAY_MS))
    await place(id, 4n)
    expect(await platform.services.holds.expireDue()).toBe(0)
    clock.advance(DAY_MS)
    expect(await platform.services.repos.holds.findNextExpiry()).toEqual(short.expiresAt)
    expect(await platform.services.holds.expireDue()).toBe(1)
    expect(await platform.services.holds.expireDue()).toBe(0)
    expect(await balanceOf(id)).toMatchObject({ amount: 10n, held: 7n })
  })

  test('waits for whoever is ending it, and then finds it ended', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const { holds } = platform.services
    const [captured, released] = [await place(id, 2n), await place(id, 3n)]
    const hold = 'select from gramkit.balance_hold where id = $1 for update'
    const capture = () => holds.capture({ holdId: captured.id })
    const both = () => Promise.all([capture(), capture()])
    const transfers = await overtake({ database }, hold, [captured.id], both, { count: 2 })
    expect(transfers[0]).toEqual(transfers[1])
    const end = `update gramkit.balance_hold set status = 'voided' where id = $1`
    expect(
      await overtake({ database }, end, [released.id], () => holds.release(released.id)),
    ).toMatchObject({ status: 'voided' })
    expect(await balanceOf(id)).toMatchObject({ amount: 8n, held: 0n })
  })

  test('does not end by itself while it is being captured', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 2n, newId(), clock.now())
    const end = `update gramkit.balance_hold set status = 'voided' where id = $1`
    await overtake({ database }, end, [hold.id], () => undefined, {
      count: 0,
      meanwhile: async () => expect(await platform.services.holds.expireDue()).toBe(0),
    })
  })

  test('is not captured once its time is over, whether or not that was noticed', async () => {
    const { id } = await aPersonWithCredits(platform.services, 10n)
    const hold = await place(id, 7n, newId(), addMs(clock.now(), DAY_MS))
    clock.advance(DAY_MS)
    await expect(platform.services.holds.capture({ holdId: hold.id })).rejects.toMatchObject({
      code: 'balance.hold_not_pending',
      details: { status: 'expired' },
    })
    await platform.services.holds.expireDue()
    expect(await balanceOf(id)).toMatchObject({ amount: 10n, held: 0n })
  })

  test('agrees with a simple model for any sequence of steps', async () => {
    const step = fc.tuple(
      fc.constantFrom('place', 'capture', 'release', 'debit', 'credit'),
      fc.bigInt({ min: 1n, max: 20n }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { id } = await aPersonWithCredits(platform.services, 20n)
        const model = { amount: 20n, held: 0n }
        const holds: { id: string; amount: bigint }[] = []
        const { balance, holds: service } = platform.services
        for (const [what, amount] of steps) {
          const isThere = amount <= model.amount - model.held
          if (what === 'place') {
            const placed = await place(id, amount).catch(() => undefined)
            expect(placed !== undefined).toBe(isThere)
            if (placed) holds.push(placed)
            if (placed) model.held += amount
          } else if (what === 'debit') {
            const done = await debit(id, amount).catch(() => undefined)
            expect(done !== undefined).toBe(isThere)
            if (done) model.amount -= amount
          } else if (what === 'credit') {
            await balance.credit({ ...facts, id: newId(), userId: id, amount })
            model.amount += amount
          } else {
            const hold = holds.pop()
            if (!hold) continue
            model.held -= hold.amount
            if (what === 'release') await service.release(hold.id)
            else {
              const part = 1n + (amount % hold.amount)
              await service.capture({ holdId: hold.id, amount: part })
              model.amount -= part
            }
          }
          expect(await balanceOf(id)).toMatchObject(model)
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('PostgreSQL itself', () => {
  test('lets nobody free an amount but by ending its hold once', async () => {
    const { id } = await aPersonWithCredits(platform.services, 5n)
    const hold = await place(id, 5n)
    const row = `where id = '${hold.id}'`
    for (const statement of [
      'update gramkit.balance_account set held = 0',
      `update gramkit.balance_hold set amount = 1 ${row}`,
      `delete from gramkit.balance_hold ${row}`,
      'truncate gramkit.balance_hold',
    ]) {
      expect(await refusalOf(database.appUrl, statement)).toBe('42501')
    }
    await platform.services.holds.release(hold.id)
    for (const status of ['pending', 'posted']) {
      const again = `update gramkit.balance_hold set status = '${status}' ${row}`
      expect(await refusalOf(database.appUrl, again)).toBe('GK003')
    }
  })

  test('refuses a hold that begins ended, or on an account of somebody else', async () => {
    const [ada, eve] = [
      await aPersonWithCredits(platform.services, 5n),
      await aPersonWithCredits(platform.services, 5n),
    ]
    const insert = (userId: string, status: string): string =>
      `insert into gramkit.balance_hold
         (id, account_id, user_id, unit, amount, status, reason, reference, created_at, updated_at)
       select gen_random_uuid(), a.id, '${userId}', 'credits', 1, '${status}', 'x', 'x', now(), now()
       from gramkit.balance_account a where a.user_id = '${ada.id}'`
    expect(await refusalOf(database.appUrl, insert(ada.id, 'voided'))).toBe('GK003')
    expect(await refusalOf(database.appUrl, insert(eve.id, 'pending'))).toBe('GK003')
    expect(await refusalOf(database.appUrl, insert(ada.id, 'pending'))).toBeUndefined()
  })
})
