import type { Clock, Page, PageRequest } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { AuditRepository } from './audit.repository.ts'
import { type AuditEntry, type AuditReport, GENESIS_HASH, sealHash } from './audit.ts'

/** All that the audit service may touch. */
export interface AuditScope extends Transactional<AuditScope> {
  readonly clock: Clock
  readonly repos: { readonly audit: AuditRepository }
}

const STREAM = 'core'
const BATCH = 500

/** The chain over who did what: sealed within seconds, verifiable at any time. */
export class AuditService {
  readonly #scope: AuditScope

  constructor(scope: AuditScope) {
    this.#scope = scope
  }

  /**
   * Seals up to 500 entries and gives their number. One sealer works at a time, so no writer of an
   * entry ever waits for another.
   */
  async seal(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.audit.lockSealing()
      const last = await tx.repos.audit.findLastSeal(STREAM)
      let { number, hash } = last ?? { number: 0, hash: GENESIS_HASH }
      const entries = await tx.repos.audit.listUnsealed(BATCH)
      const sealedAt = tx.clock.now()
      await tx.repos.audit.insertSeals(
        entries.map((entry) => {
          number += 1
          hash = sealHash(hash, entry)
          return { stream: STREAM, number, entryId: entry.id, hash, sealedAt }
        }),
      )
      return entries.length
    })
  }

  /** Who did what to what, newest first. */
  list(request: PageRequest = {}): Promise<Page<AuditEntry>> {
    return this.#scope.repos.audit.listNewest(request)
  }

  /** Walks the whole chain and names every entry whose seal does not fit or is missing. */
  async verify(): Promise<AuditReport> {
    const { audit } = this.#scope.repos
    const broken: string[] = []
    let hash = GENESIS_HASH
    let number = 0
    for (;;) {
      const links = await audit.listSealed(STREAM, number, BATCH)
      for (const link of links) {
        const expected = sealHash(hash, link.entry)
        if (expected !== link.hash || link.number !== number + 1) broken.push(link.entry.id)
        // Going on from the stored hash names each broken link once, not all that follow it.
        hash = link.hash
        number = link.number
      }
      if (links.length < BATCH) break
    }
    const unsealed = (await audit.listUnsealed(BATCH)).map((entry) => entry.id)
    return { ok: broken.length === 0, entries: number + unsealed.length, unsealed, broken }
  }
}
