import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@gramkit/core/kernel'
import { createOwnedDatabase } from '@gramkit/services'
import { testCluster } from '@gramkit/services/testing'
import {
  aCustomer,
  apiClient,
  type Customer,
  eventually,
  type RunningShop,
  startRunningShop,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
} from '@gramkit/shop/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { count, size } from '../screen.ts'
import { ask, type Figures, figuresOf } from '../testing/figures.ts'
import { gramkit } from '../testing/gramkit.ts'
import { type BackupTable, readManifest } from './manifest.ts'

type ProofFigures = Record<string, string | number>

declare module 'vitest' {
  interface TaskMeta {
    /** What a proof counted, for the table of `pnpm proof`. */
    proofFigures?: ProofFigures
  }
}

/** Transfers beside what people do; `pnpm proof R15` makes many. */
const TRANSFERS = process.env['GRAMKIT_PROOF'] ? 200_000 : 200
const SCHEMAS = ['gramkit', 'shop']
const DAY_SECONDS = 86_400

const folder = mkdtempSync(join(tmpdir(), 'gramkit-restore-'))
let shop: RunningShop
let env: Record<string, string>

beforeAll(async () => {
  shop = await startRunningShop()
  env = {
    ...shop.environment,
    GRAMKIT_OWNER_DATABASE_URL: shop.database.ownerUrl,
    GRAMKIT_APP: '@gramkit/shop',
  }
})

afterAll(async () => {
  await shop[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const core = () => shop.served().app.platform.core
const admin = () => apiClient(shop, shop.adminToken)

async function creditsOf(customer: Pick<Customer, 'get'>): Promise<string> {
  const { body } = await customer.get('/api/v1/balance')
  const items: { unit: string; amount: string }[] = body.items
  return items.find(({ unit }) => unit === 'credits')?.amount ?? '0'
}

/** Buys 100 credits for Stars, to the end. */
async function withCredits(name: string): Promise<Customer & { paymentId: string }> {
  const customer = await aCustomer(shop, name)
  const { body } = await customer.buy('credits-100')
  await customer.person.pay(body.confirmationUrl)
  await eventually(
    () => creditsOf(customer),
    (amount) => amount === '100',
  )
  return { ...customer, paymentId: body.payment.id }
}

/** Many transfers of many people, posted by the ledger as all others are. */
async function manyTransfers(): Promise<void> {
  const people = Math.ceil(TRANSFERS / 200)
  const sources = await Promise.all(
    Array.from({ length: people }, async () => {
      const { user } = await core().users.loginAsGuest(newId() + newId())
      const first = { id: newId(), userId: user.id, unit: 'credits', amount: 1n }
      return core().balance.credit({ ...first, reason: 'test', reference: 'first' })
    }),
  )
  for (const { sourceAccountId, targetAccountId } of sources) {
    await ask(
      shop.database.appUrl,
      `insert into gramkit.balance_transfer
         (id, source_account_id, target_account_id, unit, amount, reason, reference, metadata, created_at)
       select gen_random_uuid(), '${sourceAccountId}', '${targetAccountId}', 'credits', n, 'test',
              'line' || chr(9) || 'tab' || chr(10) || 'next \\ ' || n, '{"a": null, "b": "«\\n»"}', now()
       from generate_series(1, ${TRANSFERS / people - 1}) n`,
    )
  }
}

async function wipe(): Promise<void> {
  const { adminUrl } = testCluster()
  await shop.database.drop()
  await createOwnedDatabase(adminUrl, shop.database.name)
}

test('a shop that was wiped and restored has every figure it had, and goes on', async ({
  task,
}) => {
  const ada = await withCredits('Ada')
  const bob = await withCredits('Bob')
  await admin().post(`/api/v1/admin/payments/${bob.paymentId}/refund`, {})
  const eve = await aCustomer(shop, 'Eve')
  const open = await eve.buy('credits-100')
  const subscriber = await subscribedWithStars(shop)
  const onCard = await subscribedWithCard(shop)
  const hold = { id: newId(), userId: ada.userId, unit: 'credits', amount: 30n }
  await core().holds.place({ ...hold, reason: 'test.hold', reference: 'lot' })
  await manyTransfers()
  await shop.sandbox.control.clock.advance({ seconds: 60 })

  let before: Figures = {}
  await shop.restart(async () => {
    before = await figuresOf(shop.database.adminUrl, SCHEMAS)
    const startedAt = performance.now()
    expect(await gramkit(env, 'backup', join(folder, 'copy'))).toMatchObject({ code: 0 })
    const backedUpAt = performance.now()
    await wipe()
    const restored = await gramkit(env, 'restore', join(folder, 'copy'))
    const restoredAt = performance.now()
    expect(restored).toMatchObject({ code: 0 })
    expect(restored.said).toContain('The ledger adds up')
    expect(restored.said).toContain('The audit chain is whole')
    expect(await figuresOf(shop.database.adminUrl, SCHEMAS)).toEqual(before)
    task.meta.proofFigures = await figuresOfProof([startedAt, backedUpAt, restoredAt])
    expect(await gramkit(env, 'migrate')).toMatchObject({ code: 0 })
  })
  const { tables } = await readManifest(join(folder, 'copy'))
  const rowsOf = (table: string) => tables.find(({ name }) => name === table)?.rows ?? 0
  expect(rowsOf('balance_transfer')).toBeGreaterThan(TRANSFERS)
  for (const table of ['user_account', 'payment', 'payment_refund', 'balance_hold', 'audit_seal']) {
    expect(rowsOf(table), table).toBeGreaterThan(0)
  }
  expect(rowsOf('outbox_event') + rowsOf('subscription')).toBeGreaterThan(0)

  // An invoice of before the wipe is paid, holds end, cards and Stars renew, a refund is audited.
  expect(await eve.person.pay(open.body.confirmationUrl)).toMatchObject({ status: 'paid' })
  await eventually(
    () => creditsOf(eve),
    (amount) => amount === '100',
  )
  expect(await creditsOf(eve)).toBe('100')
  const { balance } = core()
  const spend = (amount: bigint) =>
    balance.debit({ ...hold, id: newId(), amount, reason: 'test', reference: 'spent' })
  await expect(spend(71n)).rejects.toMatchObject({ code: 'balance.insufficient_funds' })
  await core().holds.release(hold.id)
  await spend(100n)
  const ends = [await subscriptionOf(subscriber), await subscriptionOf(onCard)]
  await shop.sandbox.control.clock.advance({ seconds: 31 * DAY_SECONDS })
  for (const [index, someone] of [subscriber, onCard].entries()) {
    const { status, currentPeriodEnd } = await subscriptionOf(someone)
    expect(status).toBe('active')
    expect(Date.parse(currentPeriodEnd)).toBeGreaterThan(Date.parse(ends[index].currentPeriodEnd))
  }
  const chris = await withCredits('Chris')
  const refund = await admin().post(`/api/v1/admin/payments/${chris.paymentId}/refund`, {})
  expect(refund.body.refund.status).toBe('succeeded')
  await shop.sandbox.control.clock.advance({ seconds: 60 })
  expect(await core().balance.verify()).toMatchObject({ ok: true })
  expect(await core().audit.verify()).toMatchObject({ ok: true, unsealed: [] })
  await expect(
    ask(shop.database.ownerUrl, 'delete from gramkit.balance_transfer'),
  ).rejects.toMatchObject({ code: '23001' })
}, 600_000)

test('of what is newer than the backup, invoices it knows are repaired and others are named', async () => {
  const ada = await aCustomer(shop, 'Ada')
  const known = await ada.buy('credits-100')
  await shop.restart(async () => {
    expect(await gramkit(env, 'backup', join(folder, 'early'))).toMatchObject({ code: 0 })
  })
  await ada.person.pay(known.body.confirmationUrl)
  await withCredits('Late')
  await eventually(
    () => creditsOf(ada),
    (amount) => amount === '100',
  )
  await shop.sandbox.control.clock.advance({ seconds: 3_600 })
  await shop.restart(async () => {
    await wipe()
    expect(await gramkit(env, 'restore', join(folder, 'early'))).toMatchObject({ code: 0 })
    expect(await gramkit(env, 'migrate')).toMatchObject({ code: 0 })
    const yookassa = await gramkit(env, 'reconcile', '--gateway', 'yookassa')
    expect(yookassa.code).toBe(0)
    expect(yookassa.said).toMatch(/^✓ yookassa: \d+ lines? compared, 0 repaired, 0 differences$/)
    expect(await gramkit(env, 'reconcile', '--gateway', 'stripe')).toMatchObject({ code: 2 })
    const run = await gramkit(env, 'reconcile')
    expect(run.said).toMatch(/✗ telegram-stars: \d+ lines? compared, 1 repaired, 1 difference\n/)
    expect(run.said).toContain(`taken in as payment ${known.body.payment.id}`)
    expect(run.said).toContain('there is no such payment')
    expect(run.code).toBe(1)
  })
  expect(await creditsOf(ada)).toBe('100')
}, 600_000)

/** What the table of `pnpm proof R15` shows. */
async function figuresOfProof(times: readonly [number, number, number]): Promise<ProofFigures> {
  const { tables, server } = await readManifest(join(folder, 'copy'))
  const sum = (of: (table: BackupTable) => number) => tables.reduce((all, one) => all + of(one), 0)
  const seconds = (from: number, to: number) => `${((to - from) / 1_000).toFixed(1)} s`
  return {
    PostgreSQL: server,
    tables: tables.length,
    rows: count(sum(({ rows }) => rows)),
    text: size(sum(({ bytes }) => bytes)),
    files: size(sum(({ file }) => statSync(join(folder, 'copy', file)).size)),
    backup: seconds(times[0], times[1]),
    'wipe, restore and verify': seconds(times[1], times[2]),
  }
}
