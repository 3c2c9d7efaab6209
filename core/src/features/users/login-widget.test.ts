import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifyInitData } from './init-data.ts'
import { verifyLoginWidget } from './login-widget.ts'
import { InitDataInvalid, LoginWidgetInvalid } from './users.errors.ts'

const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const OPENSSL = '5475784aee18cba1bc5799dd5f6e4c4190a9da3cd8891c5c37f8eb393578f849'
const now = new Date('2026-01-31T12:00:00.000Z')
const nowSeconds = now.getTime() / 1_000

type Fields = Record<string, string | number>

/** Signs as Telegram documents it: by the hash of the token, over all fields but `hash`. */
function sign(fields: Fields, token = botToken): Fields {
  const lines = Object.entries(fields).map(([key, value]) => `${key}=${value}`)
  const key = createHash('sha256').update(token).digest()
  const hash = createHmac('sha256', key).update(lines.sort().join('\n')).digest('hex')
  return { ...fields, hash }
}

const honest: Fields = {
  id: 77,
  first_name: 'Анна',
  username: 'anna',
  photo_url: 'https://t.me/i/userpic/320/a.jpg',
  auth_date: nowSeconds - 10,
}
const good = sign(honest)

function verdict(fields: Fields): string {
  try {
    return String(verifyLoginWidget(fields, { botToken, now }).user.id)
  } catch (error) {
    if (!(error instanceof LoginWidgetInvalid)) throw error
    return String(error.details['reason'])
  }
}

describe('verifyLoginWidget', () => {
  test('agrees with a hash that was made outside of this repository', () => {
    // By OpenSSL: printf 'auth_date=1700000000\nfirst_name=Ada\nid=1' | openssl dgst -sha256 -mac HMAC
    // -macopt hexkey:$(printf %s 1:token | openssl dgst -sha256 -r | cut -c1-64)
    const fields = { id: 1, first_name: 'Ada', auth_date: 1_700_000_000, hash: OPENSSL }
    const at = { botToken: '1:token', now: new Date(1_700_000_100_000) }
    expect(verifyLoginWidget(fields, at).user).toMatchObject({ id: 1n, firstName: 'Ada' })
  })

  test('takes fields of an address, where all values are texts', () => {
    const texts = Object.fromEntries(Object.entries(good).map(([key, value]) => [key, `${value}`]))
    expect(verdict(texts)).toBe('77')
    expect(verifyLoginWidget(texts, { botToken, now })).toEqual(
      verifyLoginWidget(good, { botToken, now }),
    )
  })

  test.each<[string, Fields, string]>([
    ['a changed id', { ...good, id: 78 }, 'hash_mismatch'],
    ['a field that was added', { ...good, last_name: 'X' }, 'hash_mismatch'],
    ['a field that was taken away', { ...good, username: '' }, 'hash_mismatch'],
    ['no hash', honest, 'hash_missing'],
    ['a hash in capitals', { ...good, hash: String(good['hash']).toUpperCase() }, 'hash_missing'],
    ['another bot', sign(honest, '43:other'), 'hash_mismatch'],
    ['a line break that hides a field', sign({ ...honest, username: 'a\nid=1' }), 'malformed'],
    ['no date', sign({ id: 77, first_name: 'A' }), 'auth_date_invalid'],
    ['ten minutes', sign({ ...honest, auth_date: nowSeconds - 600 }), '77'],
    ['ten minutes and a second', sign({ ...honest, auth_date: nowSeconds - 601 }), 'stale'],
    ['61 seconds ahead', sign({ ...honest, auth_date: nowSeconds + 61 }), 'auth_date_in_future'],
    ['no id', sign({ first_name: 'A', auth_date: nowSeconds }), 'user_invalid'],
  ])('judges %s', (_name, fields, expected) => {
    expect(verdict(fields)).toBe(expected)
  })

  test('is no init data, and init data is no widget', () => {
    const asInitData = new URLSearchParams(
      Object.entries(good).map(([key, value]): [string, string] => [key, String(value)]),
    )
    expect(() =>
      verifyInitData(asInitData.toString(), { botToken, now, maxAgeSeconds: 86_400 }),
    ).toThrow(InitDataInvalid)
  })
})
