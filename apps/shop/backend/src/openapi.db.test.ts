import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningShop, startRunningShop } from './testing/running-shop.ts'

// To bring both up to date: vitest run -u --project db apps/shop/backend/src/openapi.db.test.ts
const CLIENT = '../../frontend/src/api'
let shop: RunningShop

beforeAll(async () => {
  shop = await startRunningShop()
})

afterAll(() => shop[Symbol.asyncDispose]())

test('the document that the frontend’s client is made of is the one that is served', async () => {
  const document = await (await fetch(`${shop.url}/openapi.json`)).json()
  const text = `${JSON.stringify(document, null, 2)}\n`
  await expect(text).toMatchFileSnapshot(`${CLIENT}/openapi.json`)
})

test('the types of the client are generated from the document beside them', async () => {
  const frontend = fileURLToPath(new URL('../../frontend/', import.meta.url))
  const program = `${frontend}node_modules/.bin/openapi-typescript`
  const types = execFileSync(program, ['src/api/openapi.json'], {
    cwd: frontend,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await expect(types).toMatchFileSnapshot(`${CLIENT}/schema.ts`)
})
