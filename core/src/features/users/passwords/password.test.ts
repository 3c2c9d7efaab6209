import { describe, expect, test } from 'vitest'
import { argon2Hasher } from './argon2-hasher.ts'
import { checkPassword, NOBODYS_HASH, normalizePassword } from './password.ts'

const email = 'ada.lovelace@example.org'

describe('checkPassword', () => {
  test.each([
    ['short', 'length'],
    ['a1b2c3d', 'length'],
    ['x1y2z'.repeat(26), 'length'],
    ['aaaaaaaaaaaa', 'repetition'],
    ['12121212', 'repetition'],
    ['Ada.Lovelace', 'address'],
    ['ada.lovelace@example.org', 'address'],
  ])('refuses %s for its %s', (password, reason) => {
    const weak = { code: 'password.weak', details: { reason } }
    expect(() => checkPassword(password, email)).toThrow(expect.objectContaining(weak))
  })

  test.each(['correct horse', 'пароль-из-букв', '🐴🔋📎✏️🎉🙂🚀🌍'])('takes %s', (password) => {
    expect(() => checkPassword(password, email)).not.toThrow()
  })
})

describe('argon2Hasher', () => {
  test('knows the password it hashed, however its letters were composed', async () => {
    const hasher = argon2Hasher()
    const hash = await hasher.hash(normalizePassword('sch\u00f6nes wetter'))
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
    expect(await hasher.verify(hash, normalizePassword('scho\u0308nes wetter'))).toBe(true)
    expect(await hasher.verify(hash, 'schones wetter')).toBe(false)
  })

  test('spends the same parameters on nobody’s hash, which fits no password', async () => {
    const hash = await argon2Hasher().hash('correct horse')
    const parameters = (text: string) => text.split('$').slice(0, 4)
    const lengths = (text: string) => text.split('$').map(({ length }) => length)
    expect(parameters(NOBODYS_HASH)).toEqual(parameters(hash))
    expect(lengths(NOBODYS_HASH)).toEqual(lengths(hash))
    expect(await argon2Hasher().verify(NOBODYS_HASH, '')).toBe(false)
  })

  test('lets few run at once, more wait, and refuses the rest at once', async () => {
    const hasher = argon2Hasher()
    const cheap = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
    const verify = () => hasher.verify(cheap, 'correct horse')
    const outcomes = await Promise.allSettled(Array.from({ length: 38 }, verify))
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    )
    expect(refused).toEqual(['password.busy', 'password.busy'])
    expect(await verify()).toBe(false)
  })
})
