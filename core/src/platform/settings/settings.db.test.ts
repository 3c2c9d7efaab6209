import { and, eq } from 'drizzle-orm'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { VirtualClock } from '../../kernel/index.ts'
import { auditEntry } from '../../schema.ts'
import { testPlatform } from '../../testing/platform.ts'
import { outboxEvent } from '../outbox/index.ts'
import { setting } from './setting.table.ts'
import { defineSetting, type Setting } from './setting.ts'

const clock = new VirtualClock(new Date('2026-07-01T12:00:00.000Z'))
const { platform, services, close } = await testPlatform({ clock, poolSize: 16 })
const db = platform.database.executor

const weightsSchema = z.strictObject({ keyword: z.number().min(0).max(1_000), detail: z.int() })
type Weights = z.output<typeof weightsSchema>

let count = 0
let weights: Setting<Weights>

beforeEach(() => {
  count += 1
  const initial = { keyword: 5, detail: 10 }
  weights = defineSetting({ name: `test.weights_${count}`, schema: weightsSchema, initial })
})

afterAll(close)

const by = { actor: 'admin', reason: 'more founders' }
const changeTo = (keyword: number, expectedVersion?: number) =>
  services.settings.change(weights, { ...by, value: { keyword, detail: 10 }, expectedVersion })

test('a setting is its initial value until somebody changes it, and the last change after that', async () => {
  expect(await services.settings.get(weights)).toMatchObject({
    version: 0,
    value: { keyword: 5, detail: 10 },
    createdAt: null,
  })
  await changeTo(6)
  expect(await changeTo(7)).toMatchObject({ version: 2 })
  expect(await services.settings.get(weights)).toEqual({
    version: 2,
    value: { keyword: 7, detail: 10 },
    ...by,
    createdAt: clock.now(),
  })
})

test('each change is told once and stands in the audit', async () => {
  await changeTo(6)
  const facts = { version: '1', reason: 'more founders' }
  const [entry] = await db
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.subject, `setting:${weights.name}`))
  expect(entry).toMatchObject({ actor: 'admin', action: 'setting.changed', facts })
  const events = await db
    .select()
    .from(outboxEvent)
    .where(and(eq(outboxEvent.name, 'setting.changed'), eq(outboxEvent.subjectId, weights.name)))
  expect(events.map(({ payload }) => payload)).toEqual([{ setting: weights.name, version: 1 }])
})

test.each([
  ['a weight that is no number', { keyword: Number.NaN, detail: 1 }, '.keyword'],
  ['a weight without end', { keyword: Number.POSITIVE_INFINITY, detail: 1 }, '.keyword'],
  ['a negative weight', { keyword: -1, detail: 1 }, '.keyword'],
  ['a huge weight', { keyword: 1e9, detail: 1 }, '.keyword'],
  ['a missing weight', { keyword: 1 }, '.detail'],
  ['a weight that nobody knows', { keyword: 1, detail: 1, other: 1 }, ''],
])('refuses %s by name, and nothing changes', async (_what, value, field) => {
  await expect(services.settings.change(weights, { ...by, value })).rejects.toMatchObject({
    code: 'kernel.invalid_value',
    details: { field: `${weights.name}${field}` },
  })
  expect((await services.settings.get(weights)).version).toBe(0)
})

test('refuses a change without a reason', async () => {
  const value = weights.initial
  await expect(
    services.settings.change(weights, { value, actor: 'admin', reason: ' ' }),
  ).rejects.toMatchObject({ code: 'kernel.invalid_value', details: { field: 'reason' } })
})

test('of changes made from the same version at once one holds, and the others are told', async () => {
  const made = await Promise.allSettled([1, 2, 3, 4, 5].map((keyword) => changeTo(keyword, 0)))
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toMatchObject(
    refused.map(() => ({ code: 'settings.conflict', details: { expectedVersion: 0, version: 1 } })),
  )
})

test('changes at once that expect no version all hold, one after the other', async () => {
  await Promise.all([1, 2, 3, 4, 5].map((keyword) => changeTo(keyword)))
  const { items } = await services.settings.history(weights)
  expect(items.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1, 0])
})

test('the history is read in pages down to what the program came with', async () => {
  for (const keyword of [1, 2, 3]) await changeTo(keyword)
  const first = await services.settings.history(weights, { limit: 2 })
  expect(first.items.map(({ value }) => value.keyword)).toEqual([3, 2])
  const last = await services.settings.history(weights, {
    limit: 2,
    cursor: first.nextCursor ?? '',
  })
  expect(last.items.map(({ value }) => value.keyword)).toEqual([1, 5])
  expect(last.nextCursor).toBeNull()
})

test('the application can neither change nor remove a version', async () => {
  await changeTo(6)
  const refused = { cause: { code: '42501' } }
  await expect(db.update(setting).set({ actor: 'nobody' })).rejects.toMatchObject(refused)
  await expect(db.delete(setting)).rejects.toMatchObject(refused)
})
