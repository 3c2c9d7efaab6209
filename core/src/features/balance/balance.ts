import { InvalidValue, UNIT_AMOUNT_MAX, UNIT_NAME } from '../../kernel/index.ts'

/** Whose account it is: a user's, or one of the kit's own such as `issuance`. */
export type AccountOwner = { readonly userId: string } | { readonly system: string }

/** A movement of an amount from one account to another, as a caller asks for it. */
export interface TransferRequest {
  /** Idempotency key: the same id with the same contents gives the first transfer again. */
  readonly id: string
  readonly source: AccountOwner
  readonly target: AccountOwner
  readonly unit: string
  readonly amount: bigint
  /** Why, as a stable code such as `payment.fulfilled`. */
  readonly reason: string
  /** What it belongs to, for example a payment's id. */
  readonly reference: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** A movement as the ledger keeps it. */
export interface Transfer {
  readonly id: string
  readonly number: bigint
  readonly sourceAccountId: string
  readonly targetAccountId: string
  readonly unit: string
  readonly amount: bigint
  readonly reason: string
  readonly reference: string
  readonly metadata: Readonly<Record<string, string>>
  readonly reversalOf: string | null
  readonly createdAt: Date
}

/** What a user has of one unit. */
export interface Balance {
  readonly unit: string
  readonly amount: bigint
  /** The part of it that waits for a decision and cannot be spent. */
  readonly held: bigint
}

/** One line of a user's history; the amount is negative when the account gave. */
export interface HistoryEntry {
  readonly id: string
  readonly number: bigint
  readonly amount: bigint
  readonly reason: string
  readonly reference: string
  readonly createdAt: Date
}

/** What can be wrong with a ledger. */
export const LEDGER_PROBLEMS = [
  'balance_differs_from_transfers',
  'held_differs_from_holds',
  'unit_does_not_sum_to_zero',
] as const

/** One thing that does not add up. */
export interface LedgerDifference {
  readonly accountId: string | null
  readonly unit: string
  readonly problem: (typeof LEDGER_PROBLEMS)[number]
  readonly expected: bigint
  readonly actual: bigint
}

/** What the verifier found. */
export interface LedgerReport {
  readonly ok: boolean
  readonly accounts: number
  readonly transfers: number
  readonly differences: LedgerDifference[]
}

/**
 * Refuses a request that no ledger state could make right.
 *
 * @throws {@link InvalidValue}
 */
export function checkTransfer(request: Pick<TransferRequest, 'unit' | 'amount'>): void {
  if (request.amount <= 0n || request.amount > UNIT_AMOUNT_MAX) {
    throw new InvalidValue({
      field: 'amount',
      problem: 'is not an amount a transfer can move',
      remedy: `send a whole number from 1 to ${UNIT_AMOUNT_MAX}`,
    })
  }
  if (!UNIT_NAME.test(request.unit)) {
    throw new InvalidValue({
      field: 'unit',
      problem: 'is not the name of a unit',
      remedy: 'use 1 to 32 letters, digits, - and _, a letter first',
    })
  }
}
