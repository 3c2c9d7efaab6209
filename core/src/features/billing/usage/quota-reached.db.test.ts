import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { platform, services, close } = await testPlatform({ clock, poolSize: 12 })
afterAll(close)

const eventRow = z.object({ name: z.string(), payload: z.record(z.string(), z.unknown()) })

describe('who uses up a quota is told of once in a period', () => {
  const meter = 'calls'
  let billing: TenantBilling
  let customerId: string

  beforeEach(async () => {
    billing = await aTenant(services)
    customerId = (await aCustomer(billing)).id
    await billing.meters.create({
      ...{ code: meter, name: 'Calls', unit: 'call', aggregation: 'sum', valueProperty: 'calls' },
    })
    await set('10')
  })

  const set = (quantity: string) =>
    billing.quotas.set({
      ...{ customerId, meter, quantity, kind: 'allowance', cycle: 'monthly' },
      anchorOn: '2028-01-31',
    })
  const reserve = (quantity: string, id = newId()) =>
    billing.quotas.reserve({ id, customerId, meter, quantity })
  const anEvent = (calls: number) => ({
    ...{ id: newId(), customerId, meter, at: clock.now(), properties: { calls } },
  })
  const use = (calls: number) => billing.usage.record(anEvent(calls))
  const look = async () => {
    clock.advance(60_000)
    while ((await billing.quotas.tellDue()) > 0);
  }
  const waiting = async () => {
    const query = sql`select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    return (await rows(platform.database.executor, query, z.object({ pid: z.number() }))).length
  }
  const told = async () => {
    await look()
    const query = sql`select name, payload from gramkit.outbox_event
      where payload ->> 'tenantId' = ${billing.tenantId} order by seq`
    const found = await rows(platform.database.executor, query, eventRow)
    return found.map(({ name, payload: { meter: of, quantity, endsAt } }) => ({
      ...{ name, of, quantity, endsAt },
    }))
  }
  const reached = {
    ...{ name: 'billing.quota_reached', of: meter, quantity: '10' },
    endsAt: '2028-02-29T00:00:00.000Z',
  }

  test('by reservations, though some are freed and made again', async () => {
    await reserve('9')
    expect(await told()).toEqual([])
    const id = newId()
    await reserve('1', id)
    await reserve('1')
    await billing.quotas.release(id)
    await reserve('1')
    expect(await told()).toEqual([reached])
  })

  test('by usage that was not reserved', async () => {
    await use(9)
    expect(await told()).toEqual([])
    await use(2)
    await use(1)
    expect(await told()).toEqual([reached])
  })

  test('by usage beside what is reserved, and not again when that is committed', async () => {
    const id = newId()
    await reserve('4', id)
    await use(5)
    expect(await told()).toEqual([])
    await use(1)
    await billing.quotas.commit(id)
    expect(await told()).toEqual([reached])
  })

  test('by a part of what is reserved that is committed it is not', async () => {
    const id = newId()
    await reserve('9', id)
    await billing.quotas.commit(id, { quantity: '5' })
    expect(await told()).toEqual([])
  })

  test('however many report at once, and however many look', async () => {
    await Promise.all(Array.from({ length: 12 }, () => use(1)))
    clock.advance(60_000)
    await Promise.all([1, 2, 3].map(() => billing.quotas.tellDue()))
    expect(await told()).toEqual([reached])
  })

  test('by usage that somebody reports while it is looked at', async () => {
    await use(1)
    clock.advance(60_000)
    const written = Promise.withResolvers<void>()
    const lookedAt = Promise.withResolvers<void>()
    const reports = billing.transaction(async (tx) => {
      await tx.usage.record(anEvent(9))
      written.resolve()
      await lookedAt.promise
    })
    await written.promise
    const looks = billing.quotas.tellDue()
    await expect.poll(waiting, { timeout: 8_000 }).toBe(1)
    lookedAt.resolve()
    await Promise.all([reports, looks])
    expect(await told()).toEqual([reached])
  })

  test('by a batch of many customers, each by itself', async () => {
    const { id: other } = await aCustomer(billing)
    const quota = {
      customerId: other,
      meter,
      quantity: '3',
      kind: 'hard',
      cycle: 'weekly',
    } as const
    await billing.quotas.set({ ...quota, anchorOn: '2028-01-31' })
    const { id: nobody } = await aCustomer(billing)
    const events = [other, customerId, nobody].map((of) => ({ ...anEvent(3), customerId: of }))
    await billing.usage.recordBatch([...events, anEvent(4)])
    const endsAt = '2028-02-07T00:00:00.000Z'
    expect(await told()).toEqual([{ ...reached, quantity: '3', endsAt }])
  })

  test('again in the next period, and when it was raised', async () => {
    await use(10)
    await look()
    await set('20')
    await use(9)
    expect(await told()).toEqual([reached])
    await use(1)
    await look()
    clock.set(new Date('2028-03-01T00:00:00Z'))
    await use(20)
    const endsAt = '2028-03-31T00:00:00.000Z'
    expect(await told()).toEqual([
      ...[reached, { ...reached, quantity: '20' }, { ...reached, quantity: '20', endsAt }],
    ])
  })
})
