import { expect, test } from 'vitest'
import { carriedBy, placeOf } from './route.ts'

test.each([
  ['/join/', 'join'],
  ['/join/redeem', 'redeem'],
  ['/join/me', 'me'],
  ['/early/access/redeem', 'redeem'],
  ['/', 'join'],
  ['/join/unknown', 'join'],
])('The address %s is the page %s, below whatever path the pages are carried', (pathname, page) => {
  expect(placeOf({ pathname, hash: '' })).toEqual({ page, part: '' })
})

test('A link carries what it says in its query or after the hash', () => {
  const carried = carriedBy(new URL('https://example.org/join/?ref=ABC#token=secret'))
  expect([carried.get('ref'), carried.get('token'), carried.get('code')]).toEqual([
    'ABC',
    'secret',
    null,
  ])
})
