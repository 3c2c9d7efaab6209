import { randomBytes } from 'node:crypto'
import { InvalidValue } from '../../kernel/index.ts'
import { InvalidInvitationCode } from './invites.errors.ts'

const CODE = /^[A-Za-z0-9_-]{6,32}$/
/** A hyphen and twelve drawn characters follow it. */
const PREFIX = /^[A-Za-z0-9_-]{1,19}$/
/** Crockford's base32: no letter that is read as another, and 5 bits a character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Refuses a text that no invitation could have as its code.
 *
 * @throws {@link InvalidInvitationCode}
 */
export function checkCode(code: string): void {
  if (!isCode(code)) throw new InvalidInvitationCode()
}

/** Tells whether a text could be a code: 6 to 32 ASCII letters, digits, hyphens, underscores. */
export function isCode(code: string): boolean {
  return CODE.test(code)
}

/**
 * Refuses what codes of a batch cannot begin with.
 *
 * @throws {@link InvalidValue}
 */
export function checkPrefix(prefix: string): void {
  if (PREFIX.test(prefix)) return
  throw new InvalidValue({
    field: 'prefix',
    problem: 'cannot begin a code',
    remedy: 'send 1 to 19 letters, digits, hyphens and underscores',
  })
}

/**
 * What codes are compared by: two codes that differ only in case are one code. Compare it by
 * equality, never by a pattern: `_` is a character of codes.
 */
export function codeKey(code: string): string {
  return code.toUpperCase()
}

/**
 * Draws a code from the system's random source: 16 characters (80 bits), or 12 (60 bits) behind a
 * prefix.
 */
export function drawCode(prefix?: string): string {
  const drawn = Array.from(randomBytes(prefix === undefined ? 16 : 12), (byte) =>
    ALPHABET.charAt(byte & 31),
  ).join('')
  return prefix === undefined ? drawn : `${prefix}-${drawn}`
}
