import { expect, test } from 'vitest'
import { failureOf, toRequestFailed } from './request-failed.ts'

test('A problem body gives the code and the title; any other body gives the status alone', () => {
  const problem = { code: 'payments.closed', title: 'Closed', status: 409 }
  expect(failureOf(409, problem)).toMatchObject({ code: 'payments.closed', title: 'Closed' })
  for (const body of [undefined, null, '<html>', { code: 7 }]) {
    expect(failureOf(502, body)).toMatchObject({ code: 'client.unreadable', status: 502 })
  }
})

test.each([
  [0, 'client.unreachable', true],
  [500, 'http.internal', true],
  [503, 'payments.provider_unavailable', true],
  [429, 'http.too_many_requests', true],
  [409, 'http.idempotency_in_progress', true],
  [409, 'payments.closed', false],
  [410, 'payments.product_retired', false],
  [422, 'http.request_invalid', false],
])('A failure with status %i and code %s may pass by itself: %s', (status, code, isTransient) => {
  expect(failureOf(status, { code }).isTransient).toBe(isTransient)
})

test('A network failure becomes one that may pass', () => {
  const failure = toRequestFailed(new TypeError('Failed to fetch'))
  expect(failure).toMatchObject({ code: 'client.unreachable', isTransient: true })
})
