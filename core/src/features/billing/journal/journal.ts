import { z } from 'zod'
import type { Currency } from '../../../kernel/index.ts'
import { currencyField } from '../fields.ts'

/** Every account of the journal of a tenant. A debit is above 0, a credit is below. */
export const ACCOUNTS = [
  /** What customers owe for finalized invoices. */
  'receivable',
  /** What was earned before it was invoiced. */
  'unbilled',
  /** What came by gateways and transfers, less what went back. */
  'cash',
  /** What customers have left of overpayments, credit notes and gifts. */
  'customerCredit',
  /** What invoices carry to the next ones of their subscriptions. */
  'carried',
  /** What was invoiced before it is earned. */
  'deferred',
  /** What is owed to tax offices. */
  'tax',
  /** What was earned. */
  'revenue',
  /** What was given to customers for nothing. */
  'concession',
  /** What is not expected to be paid any more. */
  'badDebt',
] as const

/** An account of the journal. */
export type Account = (typeof ACCOUNTS)[number]

/** What an entry is booked for; each is booked once. */
export const JOURNAL_SOURCES = [
  'invoice',
  'void',
  'write_off',
  'payment',
  'take_back',
  'credit_note',
  'credit_applied',
  'credit_granted',
  'credit_paid_out',
  'credit_unused',
  'recognition',
] as const

/** What an entry is booked for. */
export type JournalSource = (typeof JOURNAL_SOURCES)[number]

/** Minor units for each account that an entry moves; together they are 0. */
export type Postings = Readonly<Partial<Record<Account, bigint>>>

/** One entry of the journal: moves amounts of one currency between accounts, and never changes. */
export interface JournalEntry extends Readonly<Record<Account, bigint>> {
  readonly tenantId: string
  /** In the order in which they were booked. */
  readonly number: bigint
  /** What was booked in one go, and is sealed together. */
  readonly bookingId: string
  readonly source: JournalSource
  readonly sourceId: string
  /** The day that it counts for, of the tenant. */
  readonly bookedOn: string
  readonly currency: Currency
  readonly customerId: string
  readonly invoiceId: string | null
  readonly createdAt: Date
}

/** An entry as it is booked. */
export interface NewEntry {
  readonly source: JournalSource
  readonly sourceId: string
  readonly currency: Currency
  readonly customerId: string
  readonly invoiceId: string | null
  readonly postings: Postings
}

/** What is in the accounts of a currency. */
export interface AccountBalances extends Readonly<Record<Account, bigint>> {
  readonly currency: Currency
}

/** Which entries are listed. */
export const journalFilter = z.strictObject({
  invoiceId: z.uuid('is no id').optional(),
  customerId: z.uuid('is no id').optional(),
  currency: currencyField.optional(),
  /** Booked on this day or later. */
  bookedFromOn: z.iso.date('is no day, such as 2028-01-31').optional(),
  /** Booked on this day or before. */
  bookedUntilOn: z.iso.date('is no day, such as 2028-01-31').optional(),
})

/** Which entries are listed. */
export type JournalFilter = z.input<typeof journalFilter>

/** Which days balances are of. */
export const balanceQuery = z.strictObject({
  /** What was booked on this day or before. [everything] */
  untilOn: z.iso.date('is no day, such as 2028-01-31').optional(),
})

/** Which days balances are of. */
export type BalanceQuery = z.input<typeof balanceQuery>
