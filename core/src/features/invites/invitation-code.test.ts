import { describe, expect, test } from 'vitest'
import { checkPrefix, codeKey, drawCode, isCode } from './invitation-code.ts'

describe('isCode', () => {
  test.each(['ABCDEF', 'abcdef', 'a-b_c9', '______', '------', 'x'.repeat(32), 'WELCOME2024'])(
    'takes %j',
    (code) => {
      expect(isCode(code)).toBe(true)
    },
  )

  test.each([
    '',
    'ABCDE',
    'x'.repeat(33),
    'ABCDEF\n',
    '\nABCDEF',
    'ABC\nDEF',
    'ABCDEF ',
    'ABC DEF',
    'АВСDЕF',
    '\u017Fecret',
    'ＡＢＣＤＥＦ',
    'ABCDEF%',
    'ABC*EF',
    'ABC\u0000EF',
    '😀😀😀😀😀😀',
  ])('refuses %j', (code) => {
    expect(isCode(code)).toBe(false)
  })
})

describe('drawCode', () => {
  test('draws 16 characters that are not read as others', () => {
    const codes = Array.from({ length: 500 }, () => drawCode())
    expect(codes.filter((code) => !/^[0-9A-HJKMNP-TV-Z]{16}$/.test(code))).toEqual([])
    expect(new Set(codes).size).toBe(500)
    expect(new Set(codes.join('')).size).toBe(32)
  })

  test('draws 12 behind a prefix, which leaves a code of at most 32', () => {
    expect(drawCode('VOBEE')).toMatch(/^VOBEE-[0-9A-HJKMNP-TV-Z]{12}$/)
    const longest = 'x'.repeat(19)
    checkPrefix(longest)
    expect(isCode(drawCode(longest))).toBe(true)
  })

  test.each(['', 'x'.repeat(20), 'A B', 'Ä', 'A\n'])('refuses the prefix %j', (prefix) => {
    expect(() => checkPrefix(prefix)).toThrow(
      expect.objectContaining({ code: 'kernel.invalid_value' }),
    )
  })
})

test('codes that differ in case only have one key, and any others have their own', () => {
  expect(codeKey('MiXed_cAse-1')).toBe(codeKey('mIxED_CaSE-1'))
  expect(codeKey('SECRET')).not.toBe(codeKey('SECRE_'))
})
