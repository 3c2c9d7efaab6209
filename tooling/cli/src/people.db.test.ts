import { existsSync, rmSync } from 'node:fs'
import { newId } from '@gramkit/core/kernel'
import { aCustomer, type RunningShop, startRunningShop } from '@gramkit/shop/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gramkit } from './testing/gramkit.ts'

let shop: RunningShop
let env: Record<string, string>

beforeAll(async () => {
  shop = await startRunningShop()
  env = { ...shop.environment, GRAMKIT_APP: '@gramkit/shop' }
})
afterAll(() => shop[Symbol.asyncDispose]())

test('a person’s data is written to a file, and then they are forgotten', async () => {
  const { userId, get } = await aCustomer(shop)
  const file = `${userId}.zip`
  expect(await gramkit(env, 'people', 'export', userId)).toMatchObject({
    code: 0,
    said: `✓ ${file}`,
  })
  expect(existsSync(file)).toBe(true)
  rmSync(file)
  expect(await gramkit(env, 'people', 'erase', userId)).toMatchObject({ code: 0 })
  expect((await get('/api/v1/me')).status).toBe(401)
})

test('money under way is named', async () => {
  const customer = await aCustomer(shop)
  await customer.buy('credits-100')
  const { code, told } = await gramkit(env, 'people', 'erase', customer.userId)
  expect(code).toBe(1)
  expect(told).toContain('payment_open')
})

test.each(['export', 'erase'])('%s of nobody is a problem in one line', async (command) => {
  const { code, told } = await gramkit(env, 'people', command, newId())
  expect(code).toBe(1)
  expect(told).not.toContain('    at ')
})
