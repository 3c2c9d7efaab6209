import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Language, readEmail } from '../../../kernel/index.ts'
import { EmailInvalid } from './email.errors.ts'

/** An address that somebody has proved to be theirs. */
export interface UserEmail {
  readonly userId: string
  /** In small letters. */
  readonly email: string
  readonly verifiedAt: Date
  /** SHA-256 of the network of the last login by it. */
  readonly loginNetwork: string | null
}

/** A code on its way to an address. The digits are stored nowhere: they follow from the id. */
export interface EmailCode {
  readonly id: string
  /** To log in with, or to connect the address to somebody who is logged in. */
  readonly purpose: 'login' | 'connect'
  readonly email: string
  /** Whom the address is to be connected to; null for a login. */
  readonly userId: string | null
  /** The language of the mail. */
  readonly language: Language
  /** Tries that were taken, right or wrong. */
  readonly attempts: number
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly createdAt: Date
}

/** How long a code can be used. */
export const EMAIL_CODE_TTL_MS = 10 * 60_000

/** Tries of one code, right or wrong. */
export const EMAIL_CODE_ATTEMPTS_MAX = 5

/** How long a code of the past is kept: nobody asks for it any more. */
export const EMAIL_CODE_KEPT_MS = 60 * 60_000

/**
 * Reads an e-mail address: small letters, the domain as the network knows it. Two texts that reach
 * one mailbox by a provider's own rules (`a.b`, `a+b`) stay two addresses.
 *
 * @throws {@link EmailInvalid}
 */
export function parseEmail(text: string): string {
  const email = readEmail(text)
  if (email === undefined) throw new EmailInvalid()
  return email
}

/** The six digits that a mail shows for a code's row. */
export function codeOf(id: string, secret: string): string {
  const digest = createHmac('sha256', secret).update(`email-code:${id}`).digest()
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
}

/** Tells whether somebody typed the digits of a code; blanks between them do not count. */
export function isCodeOf(id: string, secret: string, typed: string): boolean {
  const given = Buffer.from(typed.replaceAll(/\s/g, ''))
  const expected = Buffer.from(codeOf(id, secret))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
