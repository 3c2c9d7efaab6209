import { createHash } from 'node:crypto'

/** Something that somebody did. */
export interface AuditEntry {
  readonly id: string
  readonly stream: string
  /** Who: `admin`, `system`, `provider`, or a user's id. */
  readonly actor: string
  /** What, as `<noun>.<past>`. */
  readonly action: string
  /** To what, as `<noun>:<id>`. */
  readonly subject: string
  /** More about it; texts only, so that the stored form is the hashed form. */
  readonly facts: Readonly<Record<string, string>>
  readonly createdAt: Date
}

/** What the verifier of the chain found. */
export interface AuditReport {
  readonly ok: boolean
  readonly entries: number
  /** Entries that wait for the sealer. */
  readonly unsealed: string[]
  /** Entries whose seal does not fit: they, or one before them, were changed. */
  readonly broken: string[]
}

/** Hash of the chain before its first entry. */
export const GENESIS_HASH = '0'.repeat(64)

/** Hash that seals an entry: SHA-256 over the hash before and the entry's own contents. */
export function sealHash(previousHash: string, entry: AuditEntry): string {
  const facts = Object.entries(entry.facts).sort(([left], [right]) => (left < right ? -1 : 1))
  const contents = JSON.stringify([
    previousHash,
    entry.id,
    entry.stream,
    entry.actor,
    entry.action,
    entry.subject,
    facts,
    entry.createdAt.toISOString(),
  ])
  return createHash('sha256').update(contents).digest('hex')
}
