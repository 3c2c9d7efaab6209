import { describe, expect, test } from 'vitest'
import { changedFields, hashDeviceKey, profileChangesSchema, telegramUserSchema } from './user.ts'

const profile = { username: 'anna', firstName: 'Anna', lastName: null, languageCode: 'ru' }

describe('changedFields', () => {
  test('finds nothing when Telegram says what is known', () => {
    expect(changedFields(profile, { ...profile })).toEqual({})
  })

  test('finds a new name and a username that was given up', () => {
    expect(changedFields(profile, { ...profile, firstName: 'Ann', username: null })).toEqual({
      firstName: 'Ann',
      username: null,
    })
  })
})

describe('telegramUserSchema', () => {
  test('turns empty texts and missing fields into null', () => {
    expect(telegramUserSchema.parse({ id: 5, first_name: '', last_name: '' })).toEqual({
      id: 5n,
      username: null,
      firstName: null,
      lastName: null,
      languageCode: null,
    })
  })
})

describe('hashDeviceKey', () => {
  test.each(['', 'short', 'a'.repeat(32), 'abcabcabcabcabcabcabc', 'with spaces in the middle'])(
    'refuses the guessable key "%s"',
    (key) => {
      expect(() => hashDeviceKey(key)).toThrow('16 to 128 random characters')
    },
  )

  test('refuses a key that is too long', () => {
    expect(() => hashDeviceKey('0123456789abcdef'.repeat(8).concat('x'))).toThrow('128')
  })

  test('gives one hash for one key and never the key', () => {
    const key = crypto.randomUUID()
    expect(hashDeviceKey(key)).toBe(hashDeviceKey(key))
    expect(hashDeviceKey(key)).not.toContain(key)
  })
})

describe('profileChangesSchema', () => {
  test.each([
    { timeZone: 'Mars/Olympus' },
    { languageCode: 'EN_us' },
    { firstName: '  ' },
    { role: 'owner' },
  ])('refuses %j', (changes) => {
    expect(profileChangesSchema.safeParse(changes).success).toBe(false)
  })
})
