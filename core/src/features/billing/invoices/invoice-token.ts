import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Invoice } from './invoice.ts'

/** Which invoice a token shows. */
export type ShownInvoice = Pick<Invoice, 'tenantId' | 'id'>

const ID_BYTES = 16
const MAC_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{86}$/

/**
 * Makes the token by which whoever gets it sees an invoice and pays it, without an account. It is
 * stored nowhere: it follows from the invoice and the secret, so each letter about it has the same
 * link, and a copy of the database has none.
 *
 * @example
 * const payUrl = `${publicUrl}/billing/pay/${invoiceToken(invoice, codeSecret)}`
 */
export function invoiceToken({ tenantId, id }: ShownInvoice, secret: string): string {
  const named = Buffer.from(`${tenantId}${id}`.replaceAll('-', ''), 'hex')
  return Buffer.concat([named, macOf(named, secret)]).toString('base64url')
}

/** Reads which invoice a token shows; undefined for what this secret did not make. */
export function invoiceOfToken(token: string, secret: string): ShownInvoice | undefined {
  if (!TOKEN.test(token)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  const named = bytes.subarray(0, 2 * ID_BYTES)
  const mac = bytes.subarray(2 * ID_BYTES)
  // Two letters may stand for the same bytes at the end of a text: one spelling counts.
  if (mac.length !== MAC_BYTES || bytes.toString('base64url') !== token) return undefined
  if (!timingSafeEqual(mac, macOf(named, secret))) return undefined
  return { tenantId: idIn(named.subarray(0, ID_BYTES)), id: idIn(named.subarray(ID_BYTES)) }
}

function macOf(named: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update('billing-invoice:').update(named).digest()
}

function idIn(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  const ends = [8, 12, 16, 20, 32]
  return ends.map((end, at) => hex.slice(ends[at - 1] ?? 0, end)).join('-')
}
