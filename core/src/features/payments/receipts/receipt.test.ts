import { describe, expect, test } from 'vitest'
import { readContact } from './buyer-contact.ts'
import {
  matchReceipt,
  nextLook,
  RECEIPT_STATUSES,
  type Receipt,
  type ReceiptSnapshot,
  type ReceiptStatus,
  receiptTransition,
} from './receipt.ts'

/** Every cell: from each state (rows), by each reported one (columns). */
const TABLE: Record<ReceiptStatus, Record<ReceiptStatus, 'apply' | 'ignore'>> = {
  pending: { pending: 'ignore', registered: 'apply', rejected: 'apply' },
  registered: { pending: 'ignore', registered: 'ignore', rejected: 'ignore' },
  rejected: { pending: 'ignore', registered: 'ignore', rejected: 'ignore' },
}

describe('a registration', () => {
  test.each(RECEIPT_STATUSES.flatMap((from) => RECEIPT_STATUSES.map((to) => [from, to] as const)))(
    'that is %s and reported as %s goes as the table says',
    (from, to) => expect(receiptTransition(from, to)).toBe(TABLE[from][to]),
  )
})

describe('the next look', () => {
  const createdAt = new Date('2030-01-01T00:00:00Z')
  const afterMs = (ageMs: number) => {
    const now = new Date(createdAt.getTime() + ageMs)
    const at = nextLook({ createdAt }, now)
    return at && at.getTime() - now.getTime()
  }

  test.each([
    ['at once', 0, 15_000],
    ['after 30 s', 30_000, 15_000],
    ['after 10 min', 600_000, 300_000],
    ['after a day', 86_400_000, 21_600_000],
    ['after 30 days', 30 * 86_400_000, null],
  ])('%s comes ever more rarely, and in the end no more', (_when, ageMs, waitMs) => {
    expect(afterMs(ageMs)).toBe(waitMs)
  })
})

describe('the provider’s receipt of a row', () => {
  const receipt: Receipt = {
    id: 'a',
    kind: 'sale',
    paymentId: 'p',
    refundId: null,
    amount: 6_000n,
    currency: 'RUB',
    status: 'pending',
    providerReceiptId: null,
    fiscalDocumentNumber: null,
    fiscalStorageNumber: null,
    fiscalAttribute: null,
    registeredAt: null,
    rejection: null,
    overdueAt: null,
    nextCheckAt: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  }
  const found = (
    providerReceiptId: string,
    kind: Receipt['kind'],
    amount: bigint,
  ): ReceiptSnapshot => ({
    providerReceiptId,
    kind,
    amount,
    status: 'registered',
    fiscalDocumentNumber: '1',
    fiscalStorageNumber: '2',
    fiscalAttribute: '3',
    registeredAt: null,
  })
  const all = [
    found('part', 'sale', 6_000n),
    found('returned', 'refund', 6_000n),
    found('whole', 'sale', 10_000n),
    found('older', 'sale', 6_000n),
  ]

  test('is the one by its id, or the newest of its kind and amount', () => {
    expect(matchReceipt(receipt, all)?.providerReceiptId).toBe('part')
    const known = { ...receipt, providerReceiptId: 'older' }
    expect(matchReceipt(known, all)?.providerReceiptId).toBe('older')
    expect(matchReceipt({ ...known, providerReceiptId: 'gone' }, all)).toBeUndefined()
    expect(matchReceipt({ ...receipt, kind: 'settlement' }, all)).toBeUndefined()
  })
})

describe('a contact', () => {
  test.each([
    ['+7 (900) 000-00-00', '79000000000'],
    ['8 900 000 00 00', '79000000000'],
    ['79000000000', '79000000000'],
    ['+49 151 23456789', '4915123456789'],
    ['+8 613 800 138 000', '8613800138000'],
  ])('by phone is read as digits: %s', (phone, digits) => {
    expect(readContact({ phone }, 'email_or_phone')).toEqual({ phone: digits })
  })

  test.each(['900 000 00', '+0 900 000 00 00', 'seven', '1'.repeat(16), ''])(
    'by phone is refused when it cannot be one: %s',
    (phone) => {
      expect(() => readContact({ phone }, 'email_or_phone')).toThrow(
        expect.objectContaining({
          code: 'receipts.contact_invalid',
          details: { field: 'contact.phone' },
        }),
      )
    },
  )

  test('is the address where both are given, and never the phone where that is of no use', () => {
    const both = { email: 'ada@example.com', phone: '79000000000' }
    expect(readContact(both, 'email_or_phone')).toEqual({ email: 'ada@example.com' })
    expect(readContact({ phone: both.phone }, 'email')).toBeUndefined()
    expect(readContact({}, 'email_or_phone')).toBeUndefined()
    expect(readContact(undefined, 'email')).toBeUndefined()
  })
})
