import { expect, test } from 'vitest'
import { progressOf } from './run-progress.ts'

const run = {
  ...{ id: 'r', asOf: '', startedBy: '', completedAt: null, createdAt: '', parked: 0 },
  ...{ invoices: 0, drafts: 0, due: 0 },
} as const

test('A run has gone half the way when all is billed and nothing numbered', () => {
  expect(progressOf({ ...run, state: 'billing', due: 10 })).toBe(0)
  expect(progressOf({ ...run, state: 'billing', invoices: 5, drafts: 5, due: 5 })).toBe(0.25)
  expect(progressOf({ ...run, state: 'finalizing', invoices: 10, drafts: 10 })).toBe(0.5)
  expect(progressOf({ ...run, state: 'finalizing', invoices: 10, drafts: 0 })).toBe(1)
})

test('A run without work is at its beginning until it is done', () => {
  expect(progressOf({ ...run, state: 'billing' })).toBe(0)
  expect(progressOf({ ...run, state: 'completed' })).toBe(1)
  expect(progressOf({ ...run, state: 'waiting', due: 10 })).toBe(0)
})
