import { expect, test } from 'vitest'
import { carriedKey, hashOf, placeOf } from './route.ts'

test('A place is a view or one thing of it, and anything else is the overview', () => {
  expect(placeOf('#invoices')).toEqual({ view: 'invoices', id: undefined })
  expect(placeOf(hashOf('invoices', '0190'))).toEqual({ view: 'invoices', id: '0190' })
  for (const hash of ['', '#', '#nothing', '#key=abc', '#overview/']) {
    expect(placeOf(hash), hash).toEqual({ view: 'overview', id: undefined })
  }
})

test('A link carries a key behind the hash, where no server reads it', () => {
  expect(carriedKey('#key=gk_abc')).toBe('gk_abc')
  expect(carriedKey('#invoices')).toBeUndefined()
})
