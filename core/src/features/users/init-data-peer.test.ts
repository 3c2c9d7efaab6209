import { isValid, parse, sign } from '@tma.js/init-data-node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type InitDataField, signInitData } from '../../testing/init-data.ts'
import { verifyInitData } from './init-data.ts'
import { InitDataInvalid } from './users.errors.ts'

const RUNS = process.env['GRAMKIT_PROOF'] === '1' ? 20_000 : 1_000
const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const MAX_AGE_SECONDS = 86_400

const nowSeconds = Math.floor(Date.now() / 1_000)
const user: InitDataField = ['user', '{"id":7,"first_name":"A"}']
const date: InitDataField = ['auth_date', String(nowSeconds)]
/** Rightly signed init data that the peer takes and we do not. */
const STRICTER: Readonly<Record<string, readonly InitDataField[]>> = {
  // The signed text does not tell which of the two is meant.
  repeated_key: [user, user, date],
  control_character: [user, date, ['start_param', 'a\nb=c']],
  // Nothing that Telegram makes looks like this.
  malformed: [user, date, ['odd-key', 'x']],
  too_long: [['user', JSON.stringify({ id: 7, first_name: 'A', bio: 'x'.repeat(10_000) })], date],
  auth_date_in_future: [user, ['auth_date', String(nowSeconds + 600)]],
  // The peer reads nobody when it validates.
  user_missing: [date],
  user_invalid: [['user', '{"id":-7,"first_name":"A"}'], date],
}

function ourVerdict(initData: string): string {
  try {
    verifyInitData(initData, { botToken, now: new Date(), maxAgeSeconds: MAX_AGE_SECONDS })
    return 'accepted'
  } catch (error) {
    if (!(error instanceof InitDataInvalid)) throw error
    return String(error.details['reason'])
  }
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const fields = fc.record(
  {
    query_id: text,
    start_param: text,
    chat_instance: text,
    can_send_after: fc.nat(100_000),
    signature: fc.base64String({ maxLength: 88 }),
    user: fc.record({
      id: fc.integer({ min: 1, max: 2 ** 52 }),
      first_name: text,
      last_name: text,
      is_premium: fc.boolean(),
    }),
  },
  { requiredKeys: ['signature', 'user'] },
)
const ageSeconds = fc.oneof(
  fc.integer({ min: 0, max: MAX_AGE_SECONDS - 600 }),
  fc.integer({ min: MAX_AGE_SECONDS + 600, max: 10 * MAX_AGE_SECONDS }),
  fc.integer({ min: -10 * MAX_AGE_SECONDS, max: -600 }),
)
/** What may befall init data on its way; the peer decodes as URLSearchParams does. */
const mutation = fc.oneof(
  { weight: 3, arbitrary: fc.constant((data: string) => data) },
  fc.constant((data: string) => data.split('&').reverse().join('&')),
  fc.constant((data: string) => data.replace(/&?hash=[^&]*/, '')),
  fc.constant((data: string) => data.replace(/hash=./, 'hash=g')),
  fc.constant((data: string) => data.toUpperCase()),
  text.map((extra) => (data: string) => `${data}&extra=${encodeURIComponent(extra)}`),
  text.map((extra) => (data: string) => `${data}&user=${encodeURIComponent(extra)}`),
  fc.nat(4_000).map((at) => (data: string) => data.slice(0, at) + data.slice(at + 1)),
  fc.tuple(fc.nat(4_000), fc.constantFrom(...'aZ09=&%+_\n')).map(
    ([at, character]) =>
      (data: string) =>
        data.slice(0, at) + character + data.slice(at + 1),
  ),
)

test.each(Object.entries(STRICTER))('is stricter than tma.js: %s', (reason, fields) => {
  const initData = signInitData(fields, botToken)
  expect(isValid(initData, botToken, { expiresIn: MAX_AGE_SECONDS })).toBe(true)
  expect(ourVerdict(initData)).toBe(reason)
})

test('agrees with tma.js on generated init data, or is stricter for a named reason', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(fields, ageSeconds, mutation, (data, age, mutate) => {
      const made = sign(data, botToken, new Date(Date.now() - age * 1_000))
      const initData = mutate(made)
      const peer = isValid(initData, botToken, { expiresIn: MAX_AGE_SECONDS })
      const verdict = ourVerdict(initData)
      const key = `${peer ? 'peer takes' : 'peer refuses'}: ${verdict}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      // We never take what the peer refuses, and refuse what it takes only for a named reason.
      if (verdict === 'accepted') expect(peer, initData).toBe(true)
      else if (peer) expect(Object.keys(STRICTER), initData).toContain(verdict)
      if (verdict === 'accepted') {
        expect(Number(parse(initData).user?.id)).toBe(data.user.id)
      }
    }),
    { numRuns: RUNS },
  )
  // It saw both sides of every kind of verdict, not one over and over.
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([
      'peer takes: accepted',
      'peer takes: auth_date_in_future',
      'peer refuses: stale',
      'peer refuses: hash_missing',
      'peer refuses: hash_mismatch',
    ]),
  )
}, 120_000)
