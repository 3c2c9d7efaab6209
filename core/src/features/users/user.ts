import { z } from 'zod'
import {
  hashSecret,
  InvalidValue,
  isTimeZone,
  LANGUAGES,
  type Language,
} from '../../kernel/index.ts'
import { DeviceKeyInvalid } from './users.errors.ts'

/** A person: a guest of one device, or somebody known by their Telegram identity. */
export interface User {
  readonly id: string
  readonly kind: 'guest' | 'registered'
  readonly telegramId: bigint | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly languageCode: string | null
  /** What they chose to read; null follows the language code. */
  readonly language: Language | null
  /** IANA name, for everything that happens on a day. */
  readonly timeZone: string
  readonly role: 'user' | 'admin' | 'owner'
  /** Their first visit on the last day they came; null before they came at all. */
  readonly lastSeenAt: Date | null
  /** Since when nobody is this person any more: merged into another, or erased. */
  readonly departedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a person is called and speaks. */
export type Profile = Pick<User, 'username' | 'firstName' | 'lastName' | 'languageCode'>

/** A person as Telegram describes them. */
export interface TelegramUser extends Profile {
  readonly id: bigint
}

/** Telegram's own user object, of init data and of updates alike. */
export const telegramUserSchema = z
  .object({
    id: z
      .int()
      .positive()
      .max(2 ** 52)
      .transform(BigInt),
    username: z.string().max(64).nullish(),
    first_name: z.string().max(256),
    last_name: z.string().max(256).nullish(),
    language_code: z.string().max(35).nullish(),
  })
  .transform(
    (raw): TelegramUser => ({
      id: raw.id,
      username: raw.username || null,
      firstName: raw.first_name || null,
      lastName: raw.last_name || null,
      languageCode: raw.language_code || null,
    }),
  )

const name = z.string().trim().min(1).max(64)

/** What a person may change about themselves; null clears a field. */
export const profileChangesSchema = z.strictObject({
  firstName: name.nullable().optional(),
  lastName: name.nullable().optional(),
  languageCode: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language code such as en or pt-br')
    .nullable()
    .optional(),
  language: z.enum(LANGUAGES).nullable().optional(),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'is not the IANA name of a time zone such as Europe/Berlin')
    .optional(),
})

/** What a person may change about themselves. */
export type ProfileChanges = z.output<typeof profileChangesSchema>

/** Finds what a profile says that the stored one does not. */
export function changedFields(stored: Profile, current: Profile): Partial<Profile> {
  const { username, firstName, lastName, languageCode } = current
  return {
    ...(username === stored.username ? {} : { username }),
    ...(firstName === stored.firstName ? {} : { firstName }),
    ...(lastName === stored.lastName ? {} : { lastName }),
    ...(languageCode === stored.languageCode ? {} : { languageCode }),
  }
}

/**
 * Refuses a time zone that no calendar rule could be kept in.
 *
 * @throws {@link InvalidValue}
 */
export function checkTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return
  throw new InvalidValue({
    field: 'timeZone',
    problem: 'is not a time zone',
    remedy: 'send an IANA name such as Europe/Berlin',
  })
}

/** Least different characters of a device key: the key alone stands for a guest's money. */
const DEVICE_KEY_DISTINCT_MIN = 8

/**
 * Hashes the key that a guest's device made up and keeps.
 *
 * @throws {@link DeviceKeyInvalid} when it could be guessed or is too long
 */
export function hashDeviceKey(deviceKey: string): string {
  const isStrong =
    /^[\x21-\x7e]{16,128}$/.test(deviceKey) && new Set(deviceKey).size >= DEVICE_KEY_DISTINCT_MIN
  if (!isStrong) throw new DeviceKeyInvalid()
  return hashSecret(deviceKey)
}

/** The name under which messages of a Telegram identity are kept. */
export function telegramSender(telegramId: bigint): string {
  return `telegram:${telegramId}`
}

/** The Telegram id in such a name. */
export function telegramIdOf(sender: string): bigint {
  return BigInt(sender.slice(sender.indexOf(':') + 1))
}
