import { randomBytes } from 'node:crypto'
import { InvalidValue } from '../../../kernel/index.ts'
import type { GateState } from '../../quality/index.ts'

/** People who were invited at once, or that they were not. */
export interface Batch {
  readonly id: string
  /** By what whoever asked knows it. */
  readonly name: string
  /** How many were asked for. */
  readonly requested: number
  /** How many were invited. */
  readonly generated: number
  /** Who approved it: `admin`, a user's id, or `system`. */
  readonly actor: string
  readonly isPlanned: boolean
  readonly gateState: GateState
  /** Why nobody was invited; null when the gate let the batch through. */
  readonly refusal: string | null
  readonly createdAt: Date
}

/** How many people are to be invited. */
export interface NewBatch {
  /** 1 to 1,000. */
  readonly size: number
  /** What the batch is called: the same name and size again is the same batch. [one of the instant] */
  readonly batchId?: string | undefined
  /** Who approves it. */
  readonly actor: string
  /** Nobody of a lower score is invited. [nobody is left out] */
  readonly cutoffScore?: number | undefined
}

/** A batch and its codes, the first of the queue first. */
export interface GeneratedBatch {
  readonly batch: Batch
  readonly codes: readonly string[]
}

/** How an invite ended. */
export const INVITE_OUTCOMES = ['admitted', 'expired', 'revoked', 'left'] as const

/** How an invite ended. */
export type InviteOutcome = (typeof INVITE_OUTCOMES)[number]

/**
 * The invitation that an entry got out of a batch: approved with the batch, issued with its code, and
 * delivered when somebody took the message.
 */
export interface Invite {
  readonly id: string
  readonly batchId: string
  readonly entryId: string
  readonly invitationId: string
  readonly issuedAt: Date
  /** How often it was sent, or is about to be. */
  readonly sends: number
  readonly deliveredAt: Date | null
  readonly expiresAt: Date
  /** When it was told that the code is about to expire. */
  readonly warnedAt: Date | null
  readonly endedAt: Date | null
  readonly outcome: InviteOutcome | null
}

/** How long the code of an invite can be used. */
export const INVITE_TTL_MS = 7 * 86_400_000

/** How often an invitation may expire before its entry lapses. */
export const REQUEUES_MAX = 3

/** Most people of one batch. */
export const BATCH_SIZE_MAX = 1_000

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:-]{0,63}$/u

/**
 * Refuses what is no batch.
 *
 * @throws {@link InvalidValue}
 */
export function checkBatch({ size, name }: { readonly size: number; readonly name: string }): void {
  if (!(Number.isInteger(size) && size >= 1 && size <= BATCH_SIZE_MAX)) {
    throw new InvalidValue({
      field: 'size',
      problem: 'is not a size of a batch',
      remedy: `send 1 to ${BATCH_SIZE_MAX}`,
    })
  }
  if (NAME.test(name)) return
  throw new InvalidValue({
    field: 'batchId',
    problem: 'names no batch',
    remedy: 'send 1 to 64 letters, digits, blanks and . _ : -',
  })
}

/** What a batch is called that nobody gave a name: by its second, and unlike any other of it. */
export function batchNameAt(at: Date, prefix: 'BATCH' | 'PLAN'): string {
  const second = at.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return `${prefix}-${second}-${randomBytes(3).toString('hex').toUpperCase()}`
}
