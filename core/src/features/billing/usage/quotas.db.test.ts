import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, readDecimal, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { codeOf } from '../../../testing/refusals.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { QuotaInput, ReservationInput } from './quota.ts'

const NOW = new Date('2028-03-15T12:00:00Z')
const clock = new VirtualClock(NOW)
const { services, close } = await testPlatform({ clock, poolSize: 12 })
afterAll(close)

let billing: TenantBilling
let customerId: string
const meter = 'tokens'
const units = (text: string): bigint => readDecimal(text)

beforeEach(async () => {
  billing = await aTenant(services, { timeZone: 'Asia/Tokyo' })
  customerId = (await aCustomer(billing)).id
  await billing.meters.create({
    ...{ code: meter, name: 'Tokens', unit: 'token', aggregation: 'sum', valueProperty: 'tokens' },
  })
})

const set = (fields: Partial<QuotaInput> = {}) =>
  billing.quotas.set({
    ...{ customerId, meter, quantity: '50', kind: 'hard', cycle: 'monthly' },
    ...{ anchorOn: '2028-01-31', ...fields },
  })
const reserve = (quantity: string, fields: Partial<ReservationInput> = {}) =>
  billing.quotas.reserve({ id: newId(), customerId, meter, quantity, ...fields })
const state = () => billing.quotas.state({ customerId, meter })
const use = (tokens: string, at = clock.now()) =>
  billing.usage.record({ id: newId(), customerId, meter, at, properties: { tokens } })

describe('a quota', () => {
  test('counts the usage of its period, from local midnight of the customer', async () => {
    await set()
    await use('10.5', new Date('2028-02-28T14:59:59.999Z'))
    await use('7.5', new Date('2028-02-28T15:00:00.000Z'))
    expect(await state()).toEqual({
      ...{ quantity: units('50'), used: units('7.5'), held: 0n, remaining: units('42.5') },
      endsAt: new Date('2028-03-30T15:00:00Z'),
    })
    clock.set(new Date('2028-03-30T15:00:00Z'))
    expect(await state()).toMatchObject({ used: 0n, remaining: units('50') })
  })

  test('is changed by setting it again', async () => {
    const first = await set()
    expect(await set({ quantity: '60' })).toMatchObject({ id: first.id, quantity: units('60') })
    expect(await state()).toMatchObject({ remaining: units('60') })
  })

  test.each([
    [{ quantity: '-1' }, 'quantity'],
    [{ kind: 'soft' }, 'kind'],
    [{ cycle: 'one_time' }, 'cycle'],
    [{ anchorOn: '2028-02-30' }, 'anchorOn'],
    [{ anchorOn: '2099-01-01' }, 'anchorOn'],
    [{ meter: 'peak' }, 'meter'],
  ])('with %o is refused with a clear word', async (wrong, field) => {
    await billing.meters.create({
      ...{ code: 'peak', name: 'Peak', unit: 'user', aggregation: 'max', valueProperty: 'users' },
    })
    await expect(set(wrong as never)).rejects.toMatchObject({ details: { field } })
    await expect(state()).rejects.toMatchObject({ code: 'kernel.not_found' })
  })
})

describe('a reservation', () => {
  test('holds its part until what was used of it is committed', async () => {
    await set()
    const id = newId()
    expect(await reserve('30', { id })).toMatchObject({
      ...{ outcome: 'reserved', state: { held: units('30'), remaining: units('20') } },
    })
    expect(await reserve('20.1')).toMatchObject({
      ...{ outcome: 'exceeded', state: { remaining: units('20') } },
    })
    for (const _ of ['first', 'again']) {
      const committed = await billing.quotas.commit(id, { quantity: '12' })
      expect(committed.status).toBe('committed')
    }
    expect(await state()).toMatchObject({ used: units('12'), held: 0n, remaining: units('38') })
    const released = billing.quotas.release(id)
    await expect(released).rejects.toMatchObject({ details: { status: 'committed' } })
  })

  test('is free again when it is released', async () => {
    await set()
    const id = newId()
    await reserve('50', { id })
    for (const _ of ['first', 'again']) {
      expect((await billing.quotas.release(id)).status).toBe('released')
    }
    expect(await state()).toMatchObject({ used: 0n, remaining: units('50') })
    await expect(billing.quotas.commit(id)).rejects.toMatchObject({
      ...{ code: 'billing.reservation_ended', details: { status: 'released' } },
    })
  })

  test('is free again at the instant when it expires', async () => {
    await set()
    const id = newId()
    const { outcome } = await reserve('50', { id, seconds: 60 })
    expect(outcome).toBe('reserved')
    const from = clock.now().getTime()
    clock.set(new Date(from + 59_999))
    expect(await reserve('1')).toMatchObject({ outcome: 'exceeded' })
    clock.set(new Date(from + 60_000))
    expect(await reserve('50')).toMatchObject({ outcome: 'reserved' })
    for (const late of [() => billing.quotas.commit(id), () => billing.quotas.release(id)]) {
      await expect(late()).rejects.toMatchObject({ details: { status: 'expired' } })
    }
  })

  test('is made once for an id, and nothing else under it', async () => {
    await set()
    const id = newId()
    const first = await reserve('30', { id })
    const again = await reserve('30', { id })
    expect(again).toEqual(first)
    await expect(reserve('31', { id })).rejects.toMatchObject({
      ...{ code: 'billing.reservation_conflict', details: { reservationId: id } },
    })
    expect(await state()).toMatchObject({ held: units('30') })
  })

  test('of another quota under its id is refused, however many ask at once', async () => {
    const other = { code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum' } as const
    await billing.meters.create({ ...other, valueProperty: 'calls' })
    await set()
    await set({ meter: 'calls' })
    for (const id of Array.from({ length: 10 }, newId)) {
      const [one, two] = [reserve('1', { id }), reserve('1', { id, meter: 'calls' })]
      const settled = await Promise.allSettled([one, two])
      expect(settled.map(codeOf).toSorted()).toEqual([...['billing.reservation_conflict', 'ok']])
    }
  })

  test.each(['0', '-1', 'many'])('of %s is refused', async (quantity) => {
    await set()
    await expect(reserve(quantity)).rejects.toMatchObject({ details: { field: 'quantity' } })
  })

  test('is committed with no more than it holds', async () => {
    await set()
    const id = newId()
    await reserve('5', { id })
    const committed = billing.quotas.commit(id, { quantity: '5.1' })
    await expect(committed).rejects.toMatchObject({ details: { field: 'quantity' } })
    expect(await state()).toMatchObject({ used: 0n, held: units('5') })
  })

  test('of an allowance is never refused, and tells that nothing remains', async () => {
    await set({ kind: 'allowance' })
    await use('49')
    expect(await reserve('2')).toMatchObject({ outcome: 'reserved', state: { remaining: 0n } })
  })

  test('without a quota is refused', async () => {
    await expect(reserve('1')).rejects.toMatchObject({ code: 'kernel.not_found' })
  })

  test('is given to exactly as many as the quota has, however many ask at once', async () => {
    await set()
    const ids = Array.from({ length: 100 }, () => newId())
    const outcomes = await Promise.all(
      ids.map(async (id, n) => {
        const { outcome } = await reserve('1', { id })
        // Some are used at once, while others still ask.
        if (outcome === 'reserved' && n % 2 === 0) await billing.quotas.commit(id)
        return outcome
      }),
    )
    expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(50)
    expect(await state()).toMatchObject({ remaining: 0n })
  })
})
