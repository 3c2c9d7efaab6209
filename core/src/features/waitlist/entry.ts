import { randomBytes } from 'node:crypto'
import { InvalidValue, type Language } from '../../kernel/index.ts'
import { PERSONAS, type Persona } from './score.ts'

/**
 * Every state of an entry. `unconfirmed` ones are neither counted nor invited; a `lapsed` one was
 * invited too often in vain and may join again; of one who `left` nothing is kept.
 */
export const ENTRY_STATUSES = [
  'unconfirmed',
  'waiting',
  'invited',
  'admitted',
  'lapsed',
  'left',
] as const

/** State of an entry. */
export type EntryStatus = (typeof ENTRY_STATUSES)[number]

/** Somebody on the waitlist, also before there is an account. */
export interface Entry {
  readonly id: string
  /** Their number in the order of joining: of the same score the lower one comes first. */
  readonly seq: bigint
  /** In small letters. */
  readonly email: string | null
  readonly userId: string | null
  readonly classId: number
  readonly useCase: string
  readonly language: Language
  /** What the link by which they bring others carries. */
  readonly referralCode: string
  /** Whose link they came by, first touch. */
  readonly inviterEntryId: string | null
  /** SHA-256 of the network that they joined from. */
  readonly networkHash: string | null
  readonly status: EntryStatus
  readonly qualifiedReferrals: number
  /** How often an invitation of theirs expired. */
  readonly requeues: number
  readonly joinedAt: Date
  /** When they proved their address, or joined by an identity that needs no proof. */
  readonly confirmedAt: Date | null
}

/** How long somebody has to confirm their address. */
export const CONFIRM_WITHIN_MS = 7 * 86_400_000

const USE_CASE_LENGTH_MAX = 2_000
const REFERRAL_CODE = /^[0-9A-Z]{10}$/
/** Crockford's base32: no letter that is read as another. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Reads what somebody wants to use the app for.
 *
 * @throws {@link InvalidValue}
 */
export function parseUseCase(text: string): string {
  const useCase = text.trim()
  const isText = useCase.isWellFormed() && !useCase.includes('\u0000')
  if (isText && useCase.length >= 1 && useCase.length <= USE_CASE_LENGTH_MAX) return useCase
  throw new InvalidValue({
    field: 'useCase',
    problem: 'is no use case',
    remedy: `send 1 to ${USE_CASE_LENGTH_MAX} characters`,
  })
}

/**
 * Refuses a persona that has no weight.
 *
 * @throws {@link InvalidValue}
 */
export function checkPersona(persona: Persona): void {
  if (PERSONAS.includes(persona)) return
  throw new InvalidValue({
    field: 'persona',
    problem: 'is unknown',
    remedy: `send one of ${PERSONAS.join(', ')}`,
  })
}

/** Draws the code of somebody's own link: 50 bits, as it opens nothing. */
export function drawReferralCode(): string {
  return Array.from(randomBytes(10), (byte) => ALPHABET.charAt(byte & 31)).join('')
}

/** Reads the code of a link; undefined when it can be nobody's. */
export function parseReferralCode(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  return REFERRAL_CODE.test(code) ? code : undefined
}
