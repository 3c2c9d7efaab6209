import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type InitDataField, signInitDataByKey } from '../../testing/init-data.ts'
import {
  type InitDataSigner,
  TELEGRAM_PUBLIC_KEYS,
  verifyInitData,
  verifyInitDataSignature,
} from './init-data.ts'
import { InitDataInvalid } from './users.errors.ts'

/** Published examples that Telegram itself signed, for a bot of its production and its test servers. */
const PUBLISHED = {
  production: {
    initData:
      'user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private&auth_date=1733584787&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6',
    botId: '7342037359',
    at: new Date(1_733_584_800_000),
    userId: 279_058_397n,
  },
  test: {
    initData:
      'user=%7B%22id%22%3A5001146408%2C%22first_name%22%3A%22H%22%2C%22last_name%22%3A%22Test%22%2C%22language_code%22%3A%22en%22%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Fa-ttgme.stel.com%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2FOhOF3_f4QY8PWlRZI2aG2sy66VMZw_ys9efvhvle_eCWj2zP8Vbb6pLs5d1Lij1w.svg%22%7D&chat_instance=3909909964740758046&chat_type=sender&auth_date=1759930604&signature=i8jsEp2yuO2tlldICxBscMG3xX-zUPznGZVsDNy0tz9GRVx9vxBWjTEt4BSMSa42TaOO0r2yGWBN0a1v9bVRAg&hash=1582635705fd71ffb8bee16062f38965550b5d9a4f85f387b2ea72067c57d45a',
    botId: '2201403107',
    at: new Date(1_759_930_700_000),
    userId: 5_001_146_408n,
  },
} as const

const now = new Date('2026-01-31T12:00:00.000Z')
const nowSeconds = now.getTime() / 1_000
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const ours = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
const fields: InitDataField[] = [
  ['user', JSON.stringify({ id: 77, first_name: 'Анна & Co' })],
  ['auth_date', String(nowSeconds - 10)],
  ['start_param', 'ref_7'],
]
const good = signInitDataByKey(fields, { botId: '42', privateKey })

function verdict(
  initData: string,
  signer: InitDataSigner = { botId: '42', publicKey: ours },
  at = now,
): string {
  try {
    const policy = { now: at, maxAgeSeconds: 86_400 }
    return String(verifyInitDataSignature(initData, { ...signer, ...policy }).user.id)
  } catch (error) {
    if (!(error instanceof InitDataInvalid)) throw error
    return String(error.details['reason'])
  }
}

describe('verifyInitDataSignature', () => {
  test('takes what Telegram’s servers signed, production by itself and test by its key', () => {
    const { production, test: testing } = PUBLISHED
    const { botId } = production
    expect(verdict(production.initData, { botId }, production.at)).toBe('279058397')
    const key = TELEGRAM_PUBLIC_KEYS.test
    const signer = { botId: testing.botId, publicKey: key }
    expect(verdict(testing.initData, signer, testing.at)).toBe('5001146408')
  })

  test('refuses the key of the other servers, and another bot', () => {
    const { production, test: testing } = PUBLISHED
    const ask = ({ initData, at }: { initData: string; at: Date }, signer: InitDataSigner) =>
      verdict(initData, signer, at)
    const keys = TELEGRAM_PUBLIC_KEYS
    const wrong = 'signature_mismatch'
    expect(ask(production, { botId: production.botId, publicKey: keys.test })).toBe(wrong)
    expect(ask(testing, { botId: testing.botId, publicKey: keys.production })).toBe(wrong)
    expect(ask(production, { botId: '7342037358' })).toBe(wrong)
  })

  test('reads the same as the check by the bot’s token', () => {
    const { initData, botId, at } = PUBLISHED.production
    const age = { now: at, maxAgeSeconds: 86_400 }
    const byToken = verifyInitData(initData, {
      botToken: '7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ',
      ...age,
    })
    expect(verifyInitDataSignature(initData, { botId, ...age })).toEqual(byToken)
  })

  test.each([
    ['as it was signed', good, '77'],
    ['in another order', good.split('&').reverse().join('&'), '77'],
    ['with a hash, which is not signed', `${good}&hash=${'0'.repeat(64)}`, '77'],
    [
      'without a signature',
      new URLSearchParams(Object.fromEntries(fields)).toString(),
      'signature_missing',
    ],
    ['with an empty signature', good.replace(/signature=[^&]*/, 'signature='), 'signature_missing'],
    ['with padding', `${good}%3D%3D`, 'signature_missing'],
    [
      'with a signature of zeros',
      good.replace(/signature=[^&]*/, `signature=${'A'.repeat(86)}`),
      'signature_mismatch',
    ],
    ['with a changed user', good.replace('77', '78'), 'signature_mismatch'],
    ['with a field that was added', `${good}&chat_type=private`, 'signature_mismatch'],
    [
      'with a field that was taken away',
      good.replace(/&start_param=[^&]*/, ''),
      'signature_mismatch',
    ],
    ['with a repeated key', `${good}&auth_date=${nowSeconds}`, 'repeated_key'],
    [
      'signed by another key',
      signInitDataByKey(fields, {
        botId: '42',
        privateKey: generateKeyPairSync('ed25519').privateKey,
      }),
      'signature_mismatch',
    ],
    [
      'signed for another bot',
      signInitDataByKey(fields, { botId: '43', privateKey }),
      'signature_mismatch',
    ],
    [
      'a day and a second old',
      signInitDataByKey(
        [
          ['user', '{"id":1,"first_name":"A"}'],
          ['auth_date', String(nowSeconds - 86_401)],
        ],
        { botId: '42', privateKey },
      ),
      'stale',
    ],
    [
      'from the future',
      signInitDataByKey(
        [
          ['user', '{"id":1,"first_name":"A"}'],
          ['auth_date', String(nowSeconds + 61)],
        ],
        { botId: '42', privateKey },
      ),
      'auth_date_in_future',
    ],
  ])('judges init data %s', (_name, initData, expected) => {
    expect(verdict(initData)).toBe(expected)
  })
})
