import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { z } from 'zod'

/** Makes a time-ordered id (RFC 9562 version 7, monotonic within the process). */
export function newId(): string {
  return uuidv7()
}

/** Schema of an id that comes from outside. */
export const idSchema = z.uuid()

/**
 * Makes the one id that belongs to a purpose of something that has an id already, for example the
 * ledger transfer that settles a payment: making it twice gives the same id (RFC 9562 version 8,
 * from SHA-256), so a retry writes the same row.
 */
export function deriveId(base: string, purpose: string): string {
  const bytes = createHash('sha256').update(`${base}:${purpose}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [0, 8, 12, 16, 20]
    .map((from, part) => hex.slice(from, [8, 12, 16, 20, 32][part]))
    .join('-')
}
