import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type InitDataField, signInitData } from '../../testing/init-data.ts'
import { verifyInitData } from './init-data.ts'
import { InitDataInvalid } from './users.errors.ts'

const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const now = new Date('2026-01-31T12:00:00.000Z')
const nowSeconds = now.getTime() / 1_000
const user = JSON.stringify({
  id: 4_503_599_627_370_495,
  first_name: 'Анна & Co',
  username: 'anna',
  language_code: 'ru',
  allows_write_to_pm: true,
  photo_url: 'https://t.me/i/userpic/320/a.svg',
})
const honest: [string, string][] = [
  ['query_id', 'AAHdF6IQAAAAAN0XohDhrOrc'],
  ['user', user],
  ['auth_date', String(nowSeconds - 10)],
  ['signature', 'c2lnbmF0dXJl'],
  ['start_param', 'ref_7'],
]

function sign(fields: readonly InitDataField[], token = botToken): string {
  return signInitData(fields, token)
}

function withField(key: string, value: string | undefined): [string, string][] {
  const rest = honest.filter(([name]) => name !== key)
  return value === undefined ? rest : [...rest, [key, value]]
}

function reasonOf(initData: string, maxAgeSeconds = 86_400): string {
  try {
    verifyInitData(initData, { botToken, now, maxAgeSeconds })
    return 'accepted'
  } catch (error) {
    if (!(error instanceof InitDataInvalid)) throw error
    return String(error.details['reason'])
  }
}

const good = sign(honest)
const hugeUser = JSON.stringify({ id: 1, first_name: 'A', bio: 'x'.repeat(10_000) })

describe('verifyInitData', () => {
  test('reads who opened the Mini App, when, and by which link', () => {
    expect(verifyInitData(good, { botToken, now, maxAgeSeconds: 86_400 })).toEqual({
      user: {
        id: 4_503_599_627_370_495n,
        username: 'anna',
        firstName: 'Анна & Co',
        lastName: null,
        languageCode: 'ru',
      },
      authDate: new Date((nowSeconds - 10) * 1_000),
      startParam: 'ref_7',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('reads the same of the same fields in another order', () => {
    const policy = { botToken, now, maxAgeSeconds: 86_400 }
    for (const fields of [[...honest].reverse(), honest.toSorted()]) {
      const reordered = sign(fields).split('&').reverse().join('&')
      expect(verifyInitData(reordered, policy)).toEqual(verifyInitData(good, policy))
    }
  })

  test('takes a user with fields that nobody knows', () => {
    const odd = JSON.stringify({ id: 1, first_name: 'A', wings: 2, nested: { a: [1] } })
    expect(reasonOf(sign(withField('user', odd)))).toBe('accepted')
  })

  test('agrees with a signature that was made outside of this repository', () => {
    // The published example of Telegram's own format, as tma.js tests it.
    const published =
      'query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2'
    const verified = verifyInitData(published, {
      botToken: '5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8',
      now: new Date(1_662_771_700_000),
      maxAgeSeconds: 3_600,
    })
    expect(verified.user.id).toBe(279_058_397n)
  })

  test.each([
    ['an empty text', '', 'malformed'],
    ['no pairs at all', 'hello', 'malformed'],
    ['a broken percent escape', `${good}&x=%E0%A4%A`, 'malformed'],
    ['a key with an equals sign inside', `${good}&${encodeURIComponent('a=b')}=c`, 'malformed'],
    ['a user field of 10,000 bytes', sign(withField('user', hugeUser)), 'too_long'],
    ['more than 8 KiB', `${good}&x=${'y'.repeat(8_192)}`, 'too_long'],
    ['a missing hash', new URLSearchParams(honest).toString(), 'hash_missing'],
    ['a hash that is no hash', `${new URLSearchParams(honest)}&hash=abc`, 'hash_missing'],
    ['a hash in capitals', good.replace(/hash=(.*)$/, (h) => h.toUpperCase()), 'hash_missing'],
    ['a hash of zeros', `${new URLSearchParams(honest)}&hash=${'0'.repeat(64)}`, 'hash_mismatch'],
    ['another bot', sign(honest, '43:other'), 'hash_mismatch'],
    ['a changed user', good.replace('anna', 'emma'), 'hash_mismatch'],
    ['a changed date', good.replace(/auth_date=\d+/, `auth_date=${nowSeconds}`), 'hash_mismatch'],
    ['a field that was added', `${good}&chat_type=private`, 'hash_mismatch'],
    ['a field that was taken away', good.replace(/&start_param=ref_7/, ''), 'hash_mismatch'],
    ['signature taken away', good.replace(/&signature=[^&]*/, ''), 'hash_mismatch'],
    ['a repeated key', `${good}&user=%7B%7D`, 'repeated_key'],
    ['a repeated hash', `${good}&hash=${'0'.repeat(64)}`, 'repeated_key'],
    [
      'a line break that swallows another field',
      sign([...withField('auth_date', undefined), ['a', `1\nauth_date=${nowSeconds}`]]),
      'control_character',
    ],
    ['a zero byte', sign(withField('start_param', 'a\u0000b')), 'control_character'],
    ['no date', sign(withField('auth_date', undefined)), 'auth_date_invalid'],
    ['a date in scientific notation', sign(withField('auth_date', '1e9')), 'auth_date_invalid'],
    ['a negative date', sign(withField('auth_date', '-1')), 'auth_date_invalid'],
    ['a fraction', sign(withField('auth_date', '1.5')), 'auth_date_invalid'],
    ['ten years ahead', sign(withField('auth_date', '2085000000')), 'auth_date_in_future'],
    [
      '61 seconds ahead',
      sign(withField('auth_date', String(nowSeconds + 61))),
      'auth_date_in_future',
    ],
    ['60 seconds ahead', sign(withField('auth_date', String(nowSeconds + 60))), 'accepted'],
    ['a day old', sign(withField('auth_date', String(nowSeconds - 86_400))), 'accepted'],
    ['a day and a second old', sign(withField('auth_date', String(nowSeconds - 86_401))), 'stale'],
    ['no user', sign(withField('user', undefined)), 'user_missing'],
    ['a user that is no JSON', sign(withField('user', '{')), 'user_invalid'],
    ['a user without an id', sign(withField('user', '{"first_name":"A"}')), 'user_invalid'],
    [
      'a user id that JSON rounds',
      sign(withField('user', '{"id":9007199254740993,"first_name":"A"}')),
      'user_invalid',
    ],
  ])('with %s', (_name, initData, reason) => {
    expect(reasonOf(initData)).toBe(reason)
  })

  test('refuses every change of a single character', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.constantFrom(...'aZ09=&%+_'), (at, character) => {
        const changed = good.slice(0, at) + character + good.slice(at + 1)
        // A change that decodes to the same fields is no change.
        const isSame = new URLSearchParams(changed).toString() === good
        expect(reasonOf(changed) === 'accepted').toBe(isSame)
      }),
      { numRuns: 500 },
    )
  })
})
