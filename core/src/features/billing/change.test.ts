import { expect, test } from 'vitest'
import { changedFacts } from './change.ts'

const change = { action: 'thing.changed', subject: 'thing:1' }

test('a change tells the fields that differ, before and after', () => {
  const at = new Date('2028-01-31T00:00:00.000Z')
  const before = { name: 'same', amount: 10n, tags: ['a'], at, updatedAt: at }
  const after = { name: 'same', amount: 20n, tags: ['a', 'b'], at, updatedAt: new Date(0) }
  expect(changedFacts({ ...change, before, after })).toEqual({
    before: '{"amount":"10","tags":["a"]}',
    after: '{"amount":"20","tags":["a","b"]}',
  })
})

test('something new has nothing before, something removed nothing after', () => {
  expect(changedFacts({ ...change, after: { code: 'A' } })).toEqual({ after: '{"code":"A"}' })
  expect(changedFacts({ ...change, before: { code: 'A' } })).toEqual({ before: '{"code":"A"}' })
})

test('a field that tells who a person is, is named without its values', () => {
  const before = { email: 'ada@example.org', name: null }
  const after = { email: 'bob@example.org', name: 'Bob' }
  expect(changedFacts({ ...change, before, after, personal: ['email', 'name'] })).toEqual({
    before: '{"email":"(personal)","name":null}',
    after: '{"email":"(personal)","name":"(personal)"}',
  })
})
