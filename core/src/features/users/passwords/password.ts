import { PasswordWeak } from './passwords.errors.ts'

/**
 * Makes and checks slow hashes of passwords. Each call takes about a tenth of a second of one core
 * and 64 MiB, so an adapter lets few run at once and refuses when too many wait.
 */
export interface PasswordHasher {
  /** Hashes with a fresh salt. */
  hash(password: string): Promise<string>
  /** Tells whether a password was hashed to this; the cost depends on the hash alone. */
  verify(hash: string, password: string): Promise<boolean>
}

/** What the hasher makes, and so what every verification costs. */
export const ARGON2 = { memoryCost: 65_536, timeCost: 3, parallelism: 4 } as const

/**
 * A hash that no password has: verified where there is no account or no password, so that both cost
 * what a real one costs.
 */
export const NOBODYS_HASH = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** Length of a password, in characters. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const

/** Least different characters of a password. */
const DISTINCT_MIN = 5

/** The one form of a password, however a keyboard composes its letters. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}

/**
 * Refuses a password that the first guesses would find.
 *
 * @throws {@link PasswordWeak}
 */
export function checkPassword(password: string, email: string): void {
  const letters = [...password]
  const isLong = letters.length >= PASSWORD_LENGTH.min && letters.length <= PASSWORD_LENGTH.max
  if (!isLong) throw new PasswordWeak({ reason: 'length' })
  if (new Set(letters).size < DISTINCT_MIN) throw new PasswordWeak({ reason: 'repetition' })
  const [local = ''] = email.split('@', 1)
  if ([email, local].includes(password.toLowerCase())) throw new PasswordWeak({ reason: 'address' })
}
