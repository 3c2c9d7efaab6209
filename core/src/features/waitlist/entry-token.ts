import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Entry } from './entry.ts'

/**
 * What a token lets its holder do: confirm the address that it was mailed to, or see and change the
 * entry. Of an address that is not confirmed yet the second is another one than afterwards: who typed
 * somebody else's address must not hold the key to what that person confirms.
 */
export type EntryPurpose = 'confirm' | 'position'

const MAC_BYTES = 32
const ID_BYTES = 16
const TOKEN = /^[A-Za-z0-9_-]{64}$/

/** Makes the token of an entry. It is stored nowhere: it follows from the entry and the secret. */
export function entryToken(
  entry: Pick<Entry, 'id' | 'confirmedAt'>,
  purpose: EntryPurpose,
  secret: string,
): string {
  const id = Buffer.from(entry.id.replaceAll('-', ''), 'hex')
  return Buffer.concat([id, macOf(entry, purpose, secret)]).toString('base64url')
}

/** Reads which entry a token is of; undefined for what is no token. */
export function entryIdOf(token: string): string | undefined {
  if (!TOKEN.test(token)) return undefined
  const hex = Buffer.from(token, 'base64url').toString('hex', 0, ID_BYTES)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** Tells whether a token is the entry's. */
export function isTokenOf(
  token: string,
  entry: Pick<Entry, 'id' | 'confirmedAt'>,
  purpose: EntryPurpose,
  secret: string,
): boolean {
  const mac = Buffer.from(token, 'base64url').subarray(ID_BYTES)
  return mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(entry, purpose, secret))
}

function macOf(
  { id, confirmedAt }: Pick<Entry, 'id' | 'confirmedAt'>,
  purpose: EntryPurpose,
  secret: string,
): Buffer {
  const state = purpose === 'confirm' ? '' : confirmedAt ? ':confirmed' : ':unconfirmed'
  return createHmac('sha256', secret).update(`waitlist-${purpose}:${id}${state}`).digest()
}
