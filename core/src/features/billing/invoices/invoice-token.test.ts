import { expect, test } from 'vitest'
import { newId } from '../../../kernel/index.ts'
import { invoiceOfToken, invoiceToken } from './invoice-token.ts'

const SECRET = 'a secret of at least thirty-two characters'
const invoice = { tenantId: newId(), id: newId() }
const token = invoiceToken(invoice, SECRET)
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

test('A token says which invoice it shows, and is the same each time', () => {
  expect(invoiceOfToken(token, SECRET)).toEqual(invoice)
  expect(invoiceToken({ ...invoice }, SECRET)).toBe(token)
  expect(token).toMatch(/^[\w-]{86}$/)
})

test('A token that somebody made up or changed anywhere shows nothing', () => {
  for (const at of token.split('').keys()) {
    const other = LETTERS[(LETTERS.indexOf(token.charAt(at)) + 1) % LETTERS.length] ?? ''
    const changed = token.slice(0, at) + other + token.slice(at + 1)
    expect(invoiceOfToken(changed, SECRET), String(at)).toBeUndefined()
  }
  for (const wrong of ['', token.slice(1), `${token}A`, `${token}=`, invoice.id]) {
    expect(invoiceOfToken(wrong, SECRET), wrong).toBeUndefined()
  }
})

test('A token holds for one invoice of one tenant, under one secret', () => {
  const others = [
    { ...invoice, id: newId() },
    { ...invoice, tenantId: newId() },
    { tenantId: invoice.id, id: invoice.tenantId },
  ]
  for (const other of others) expect(invoiceToken(other, SECRET)).not.toBe(token)
  expect(invoiceOfToken(token, `${SECRET}!`)).toBeUndefined()
})
