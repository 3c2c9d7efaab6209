import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API } from './testing/catalogue.ts'
import { ADMIN_TOKEN, type RunningBilling, startRunningBilling } from './testing/running-billing.ts'

const PAGE = new URL('../../../../docs/how-to/bill-by-the-api.md', import.meta.url)
const run = promisify(execFile)

let billing: RunningBilling
let folder: string

beforeAll(async () => {
  billing = await startRunningBilling()
  folder = await mkdtemp(join(tmpdir(), 'billing-how-to-'))
})
afterAll(async () => {
  await billing[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('the page that shows how to bill by the API is right line by line', async () => {
  const tenant = await billing.tenant()
  const blocks = readFileSync(PAGE, 'utf8').matchAll(/^```sh\n(.*?)^```/gms)
  const script = [...blocks].map(([, block]) => block).join('\n')
  const env = {
    ...process.env,
    BILLING: `${billing.url}${API}`,
    KEY: tenant.token,
    ADMIN: ADMIN_TOKEN,
  }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env })
  expect(stdout).toContain('/sandbox/stripe/checkout/')
  expect(readFileSync(join(folder, 'invoice.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
  const { items } = (await tenant.get(`${API}/invoices`)).body
  expect(items).toMatchObject([{ number: 'INV-000001', total: '2999', credited: '2999' }])
  const { items: subscriptions } = (await tenant.get(`${API}/subscriptions`)).body
  expect(subscriptions).toHaveLength(1)
})
