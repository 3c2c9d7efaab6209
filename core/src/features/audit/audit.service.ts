import type { Clock, Page, PageRequest } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { AuditRepository } from './audit.repository.ts'
import { type AuditEntry, type AuditReport, GENESIS_HASH, sealHash } from './audit.ts'

/** All that the audit service may touch. */
export interface AuditScope extends Transactional<AuditScope> {
  readonly clock: Clock
  readonly repos: { readonly audit: AuditRepository }
}

const CORE = 'core'
const BATCH = 500
const STREAMS_BATCH = 100

/** A hash chain for each stream over who did what: sealed within seconds, verifiable at any time. */
export class AuditService {
  readonly #scope: AuditScope

  constructor(scope: AuditScope) {
    this.#scope = scope
  }

  /**
   * Seals up to 500 entries of each of up to 100 streams and gives their number. One sealer works at a
   * time, so no writer of an entry ever waits for another.
   */
  async seal(): Promise<number> {
    let count = 0
    for (const { stream } of await this.#scope.repos.audit.listUnsealedStreams(STREAMS_BATCH)) {
      count += await this.#sealStream(stream)
    }
    return count
  }

  /** Who did what to what, newest first: in core, or in a stream such as `tenant:<id>`. */
  list({
    stream = CORE,
    ...request
  }: PageRequest & { readonly stream?: string } = {}): Promise<Page<AuditEntry>> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.audit.enter(stream)
      return tx.repos.audit.listNewest(stream, request)
    })
  }

  /**
   * Walks the whole chain of each stream, or of one, and names every entry whose seal does not fit or is
   * missing.
   */
  async verify({ stream }: { readonly stream?: string } = {}): Promise<AuditReport> {
    if (stream !== undefined) return this.#verifyStream(stream)
    const broken: string[] = []
    const unsealed: string[] = []
    let entries = 0
    let after = ''
    for (;;) {
      const streams = await this.#scope.repos.audit.listStreams(after, STREAMS_BATCH)
      for (const name of streams) {
        const report = await this.#verifyStream(name)
        entries += report.entries
        broken.push(...report.broken)
        unsealed.push(...report.unsealed)
        after = name
      }
      if (streams.length < STREAMS_BATCH) break
    }
    return { ok: broken.length === 0, entries, unsealed, broken }
  }

  async #sealStream(stream: string): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.audit.lockSealing()
      await tx.repos.audit.enter(stream)
      const last = await tx.repos.audit.findLastSeal(stream)
      let { number, hash } = last ?? { number: 0, hash: GENESIS_HASH }
      const entries = await tx.repos.audit.listUnsealed(stream, BATCH)
      const sealedAt = tx.clock.now()
      await tx.repos.audit.insertSeals(
        entries.map((entry) => {
          number += 1
          hash = sealHash(hash, entry)
          return { stream, number, entryId: entry.id, hash, sealedAt }
        }),
      )
      return entries.length
    })
  }

  async #verifyStream(stream: string): Promise<AuditReport> {
    const broken: string[] = []
    let hash = GENESIS_HASH
    let number = 0
    const read = <T>(work: (audit: AuditRepository) => Promise<T>): Promise<T> =>
      this.#scope.transaction(async (tx) => {
        await tx.repos.audit.enter(stream)
        return work(tx.repos.audit)
      })
    for (;;) {
      const links = await read((audit) => audit.listSealed(stream, number, BATCH))
      for (const link of links) {
        const expected = link.entry && sealHash(hash, link.entry)
        if (expected !== link.hash || link.number !== number + 1) broken.push(link.entryId)
        // Going on from the stored hash names each broken link once, not all that follow it.
        hash = link.hash
        number = link.number
      }
      if (links.length < BATCH) break
    }
    const unsealed = await read((audit) => audit.listWithoutSeal(stream, BATCH))
    return { ok: broken.length === 0, entries: number + unsealed.length, unsealed, broken }
  }
}
