import { newId } from '@gramkit/core/kernel'
import {
  aDeadJob,
  type RunningShop,
  startRunningShop,
  withParkedPayment,
} from '@gramkit/shop/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gramkit } from './testing/gramkit.ts'

let shop: RunningShop
let env: Record<string, string>

beforeAll(async () => {
  shop = await startRunningShop()
  env = { ...shop.environment, GRAMKIT_APP: '@gramkit/shop' }
})
afterAll(() => shop[Symbol.asyncDispose]())

const credits = (userId: string) => shop.served().app.platform.core.balance.get(userId, 'credits')

test('a parked payment is listed, replayed and then there', async () => {
  expect(await gramkit(env, 'deliveries', 'list')).toMatchObject({
    code: 0,
    said: '✓ No delivery is parked.',
  })
  const ada = await withParkedPayment(shop)
  const list = await gramkit(env, 'deliveries', 'list')
  expect(list.code).toBe(1)
  expect(list.said).toContain(`${ada.deliveryId}  telegram `)
  expect(list.said).toMatch(/40 tries: .*append-only/)
  const replay = () => gramkit(env, 'deliveries', 'replay', ada.deliveryId)
  expect(await replay()).toMatchObject({ code: 0, said: `✓ ${ada.deliveryId}  done` })
  expect(await credits(ada.userId)).toBe(100n)
  expect(await replay()).toMatchObject({
    code: 1,
    told: `✗ The delivery ${ada.deliveryId} is done; only a parked one can be replayed`,
  })
})

test('all parked payments are replayed at once', async () => {
  const people = [await withParkedPayment(shop), await withParkedPayment(shop)]
  const run = await gramkit(env, 'deliveries', 'replay', '--all')
  expect(run.code).toBe(0)
  for (const { deliveryId, userId } of people) {
    expect(run.said).toContain(`✓ ${deliveryId}  done`)
    expect(await credits(userId)).toBe(100n)
  }
  expect(await gramkit(env, 'deliveries', 'replay', '--all')).toMatchObject({
    code: 0,
    said: '✓ No delivery is parked.',
  })
})

test('a dead job is listed and put back', async () => {
  const id = newId()
  await aDeadJob(shop, id)
  const list = await gramkit(env, 'jobs', 'list')
  expect(list.code).toBe(1)
  expect(list.said).toMatch(new RegExp(`${id}  nobody.knows\n.*10 tries: The shelf is empty`))
  expect(await gramkit(env, 'jobs', 'retry', id)).toMatchObject({ code: 0 })
  expect(await gramkit(env, 'jobs', 'list')).toMatchObject({ code: 0, said: '✓ No job is dead.' })
  expect(await gramkit(env, 'jobs', 'retry', id)).toMatchObject({
    code: 1,
    told: `✗ The job ${id} is pending; only a dead one can be retried`,
  })
})

test.each([
  [['deliveries', 'replay', 'x'], 2, '"x" is no id.'],
  [['jobs', 'retry', 'x'], 2, '"x" is no id.'],
  [['deliveries', 'replay'], 2, 'Name one delivery by its id, or all by --all.'],
  [['deliveries', 'replay', newId(), '--all'], 2, 'Name one delivery by its id, or all by --all.'],
])('%j is not taken', async (words, code, message) => {
  const run = await gramkit(env, ...words)
  expect(run.code).toBe(code)
  expect(run.told).toContain(message)
})
