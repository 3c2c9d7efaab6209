import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildStartParameter, parseStartParameter, type StartFields } from './start-parameter.ts'

const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 500

const text = fc.option(
  fc.oneof(
    fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' }),
    fc.string({ minLength: 1, maxLength: 2, unit: 'grapheme' }),
  ),
  { nil: undefined },
)
const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,43}$/)
const last = fc.oneof(
  fc.constant({}),
  token.map((invitation) => ({ invitation })),
  token.map((loginLink) => ({ loginLink })),
  token.map((referrer) => ({ referrer })),
)
const anyFields: fc.Arbitrary<StartFields> = fc
  .tuple(fc.record({ source: text, page: text, mode: text }), last)
  .map(([fields, more]) => ({ ...fields, ...more }))

describe('what is built', () => {
  test('is read back the same', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const built = buildStartParameter(fields, 'startapp')
        expect(built).toMatch(/^[A-Za-z0-9_-]{0,512}$/)
        expect(parseStartParameter(built)).toEqual(withoutUndefined(fields))
      }),
      { numRuns },
    )
  })

  test('is one text for one set of fields', () => {
    const fields = { source: 'habr', page: '/product/mug', invitation: '7KQ-W3_F9A' }
    expect(buildStartParameter(fields, 'start')).toBe('s-habr-p-_sproduct_smug-i-7KQ-W3_F9A')
    expect(buildStartParameter({ mode: 'тёмная' }, 'startapp')).toBe(
      'm-_xd1_x82_xd1_x91_xd0_xbc_xd0_xbd_xd0_xb0_xd1_x8f',
    )
    expect(buildStartParameter({ source: '', invitation: 'A' }, 'start')).toBe('i-A')
    expect(buildStartParameter({}, 'start')).toBe('')
  })

  test('has room for a token of 32 bytes and for the longest code', () => {
    const loginLink = randomBytes(32).toString('base64url')
    expect(buildStartParameter({ loginLink }, 'start')).toHaveLength(45)
    expect(buildStartParameter({ invitation: 'A'.repeat(32) }, 'start')).toHaveLength(34)
  })

  test('is refused beyond what Telegram takes, to the character', () => {
    const source = 'a'.repeat(62)
    expect(buildStartParameter({ source }, 'start')).toHaveLength(64)
    expect(() => buildStartParameter({ source: `${source}a` }, 'start')).toThrow(
      expect.objectContaining({ code: 'users.start_parameter_too_long' }),
    )
    expect(buildStartParameter({ source: 'a'.repeat(510) }, 'startapp')).toHaveLength(512)
    expect(() => buildStartParameter({ source: 'a'.repeat(511) }, 'startapp')).toThrow(
      expect.objectContaining({ details: { target: 'startapp', length: 513, max: 512 } }),
    )
  })

  test.each([{ invitation: 'A B' }, { loginLink: 'a\n' }, { invitation: 'A', loginLink: 'b' }])(
    'carries no %j',
    (fields) => {
      expect(() => buildStartParameter(fields, 'start')).toThrow(
        expect.objectContaining({ code: 'kernel.invalid_value' }),
      )
    },
  )
})

describe('what people and others write', () => {
  test('is read without a failure, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600, unit: 'binary' }), (anything) => {
        expect(parseStartParameter(anything)).toBeTypeOf('object')
      }),
      { numRuns },
    )
  })

  test.each([
    'habr',
    'spring',
    's',
    's-',
    's-habr-',
    's-habr-p',
    's-a-s-b',
    's-_x',
    's-_xFF',
    's-_xff',
    's-_q',
    'x-habr',
    'habr-s-a',
    'i-',
    'i-A\n',
    'l-a b',
  ])('is where they come from when it is no sentence of the grammar: %j', (written) => {
    expect(parseStartParameter(written)).toEqual({ source: written })
  })

  test.each([
    ['i-s-habr', { invitation: 's-habr' }],
    ['m-a-s-b', { mode: 'a', source: 'b' }],
    ['s-a-l-b-i-c', { source: 'a', loginLink: 'b-i-c' }],
    ['', {}],
    [undefined, {}],
    [null, {}],
  ])('%j says %j', (written, fields) => {
    expect(parseStartParameter(written)).toEqual(fields)
  })
})

function withoutUndefined(fields: StartFields): StartFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
