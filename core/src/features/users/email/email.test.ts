import { describe, expect, test } from 'vitest'
import { newId } from '../../../kernel/index.ts'
import { codeOf, isCodeOf, parseEmail } from './email.ts'

const invalid = { code: 'email.address_invalid' }

describe('parseEmail', () => {
  test.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['  ada@example.org ', 'ada@example.org'],
    ['a.d+a@mail.example.org', 'a.d+a@mail.example.org'],
    ["o'hara@example.org", "o'hara@example.org"],
    ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
    ['ADA@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ])('reads %s as %s', (text, email) => {
    expect(parseEmail(text)).toBe(email)
  })

  test.each([
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@example..org',
    'ada@-example.org',
    'ada..b@example.org',
    '.ada@example.org',
    'ada b@example.org',
    'ada@eve@example.org',
    'ada@example.org, eve@example.org',
    'ada@example.org\nBcc: eve@example.org',
    'ada\r\n@example.org',
    'ada@exam\nple.org',
    '"ada"@example.org',
    'Ada <ada@example.org>',
    'аda@example.org',
    'ada@example.org.',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
  ])('refuses %j', (text) => {
    expect(() => parseEmail(text)).toThrow(expect.objectContaining(invalid))
  })
})

describe('codeOf', () => {
  const secret = 'secret-of-this-test'

  test('makes six digits that follow from the id and the secret alone', () => {
    const id = newId()
    expect(codeOf(id, secret)).toMatch(/^\d{6}$/)
    expect(codeOf(id, secret)).toBe(codeOf(id, secret))
    const others = Array.from({ length: 20 }, () => codeOf(newId(), secret))
    expect(new Set(others).size).toBeGreaterThan(15)
    const elsewhere = Array.from({ length: 3 }, (_, index) => codeOf(id, `${secret}${index}`))
    expect(elsewhere).not.toEqual(Array(3).fill(codeOf(id, secret)))
  })

  test('uses all numbers evenly, those that begin with zeros too', () => {
    const first = Array<number>(10).fill(0)
    const ids = Array.from({ length: 10_000 }, (_, index) => `id-${index}`)
    for (const id of ids)
      first[Number(codeOf(id, secret)[0])] = (first[Number(codeOf(id, secret)[0])] ?? 0) + 1
    for (const count of first) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })

  test('reads digits as the mail shows them, and nothing else', () => {
    const id = 'id-0'
    const code = codeOf(id, secret)
    expect(isCodeOf(id, secret, `${code.slice(0, 3)} ${code.slice(3)}`)).toBe(true)
    for (const wrong of ['', code.slice(1), `${code}0`, `-${code}`, codeOf('id-1', secret)]) {
      expect([wrong, isCodeOf(id, secret, wrong)]).toEqual([wrong, false])
    }
  })
})
