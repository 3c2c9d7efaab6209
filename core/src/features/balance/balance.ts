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

/** What a transfer says, before the ledger has given it a place. */
export type NewTransfer = Omit<Transfer, 'number'>

/** What a user has of one unit. */
export interface Balance {
  readonly unit: string
  readonly amount: bigint
  /** The part of it that waits for a decision and cannot be spent. */
  readonly held: bigint
  /** What it may not fall below; negative with a credit line. */
  readonly floor: bigint
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

/** Gives what resources have brought meanwhile, before a balance is read or spent. */
export interface Refilling {
  refill(userId: string, unit: string): Promise<unknown>
  refillAll(userId: string): Promise<void>
}

/** What can be wrong with a ledger. */
export const LEDGER_PROBLEMS = [
  'balance_differs_from_transfers',
  'held_differs_from_holds',
  'snapshot_differs_from_transfers',
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

/** Most transfers that one call posts. */
export const BATCH_TRANSFERS_MAX = 10_000

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
  checkUnit(request.unit)
}

/**
 * Refuses a transfer from an account to itself.
 *
 * @throws {@link InvalidValue}
 */
export function checkAccounts(
  transfer: Pick<Transfer, 'sourceAccountId' | 'targetAccountId'>,
): void {
  if (transfer.sourceAccountId !== transfer.targetAccountId) return
  throw new InvalidValue({
    field: 'target',
    problem: 'is the source itself',
    remedy: 'name two different owners',
  })
}

/**
 * Refuses a floor that no account could have.
 *
 * @throws {@link InvalidValue}
 */
export function checkFloor(request: { readonly unit: string; readonly floor: bigint }): void {
  if (request.floor < -UNIT_AMOUNT_MAX || request.floor > UNIT_AMOUNT_MAX) {
    throw new InvalidValue({
      field: 'floor',
      problem: 'is not a floor an account can have',
      remedy: `send a whole number from -${UNIT_AMOUNT_MAX} to ${UNIT_AMOUNT_MAX}`,
    })
  }
  checkUnit(request.unit)
}

function checkUnit(unit: string): void {
  if (UNIT_NAME.test(unit)) return
  throw new InvalidValue({
    field: 'unit',
    problem: 'is not the name of a unit',
    remedy: 'use 1 to 32 letters, digits, - and _, a letter first',
  })
}

/** Tells a replay, which says the same as the transfer that has its id, from a conflict. */
export function isSameTransfer(one: NewTransfer, other: NewTransfer): boolean {
  return (
    one.sourceAccountId === other.sourceAccountId &&
    one.targetAccountId === other.targetAccountId &&
    one.unit === other.unit &&
    one.amount === other.amount &&
    one.reason === other.reason &&
    one.reference === other.reference &&
    one.reversalOf === other.reversalOf &&
    isSameMetadata(one.metadata, other.metadata)
  )
}

function isSameMetadata(one: Transfer['metadata'], other: Transfer['metadata']): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}
