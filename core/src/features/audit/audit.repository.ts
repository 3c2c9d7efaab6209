import { and, asc, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  decodeCursor,
  newId,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../kernel/index.ts'
import { type Executor, enterTenant, rows } from '../../platform/database/index.ts'
import { auditEntry, auditSeal, auditUnsealed } from './audit.table.ts'
import type { AuditEntry } from './audit.ts'

/** What a new entry is made of; its stream is `core` where none is named. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'stream'> & { readonly stream?: string }

/** Audit entries and their seals. */
export class AuditRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes down what somebody did, in the caller's transaction. */
  async insert(entry: NewAuditEntry): Promise<void> {
    await this.#db.insert(auditEntry).values({ id: newId(), ...entry })
  }

  /** What a user did and what was done to them, oldest first. */
  listAbout(userId: string): Promise<AuditEntry[]> {
    return this.#db
      .select()
      .from(auditEntry)
      .where(or(eq(auditEntry.subject, `user:${userId}`), eq(auditEntry.actor, userId)))
      .orderBy(asc(auditEntry.id))
  }

  /** Lets the open transaction see the entries of a stream: those of a tenant are seen inside it alone. */
  async enter(stream: string): Promise<void> {
    const tenantId = /^tenant:([^:]+)/.exec(stream)?.[1]
    if (tenantId) await enterTenant(this.#db, tenantId)
  }

  /** One page of what anybody did in a stream, newest first. */
  async listNewest(stream: string, request: PageRequest): Promise<Page<AuditEntry>> {
    const limit = pageLimit(request)
    const found = await this.#db
      .select()
      .from(auditEntry)
      .where(
        and(
          eq(auditEntry.stream, stream),
          request.cursor ? lt(auditEntry.id, decodeCursor(request.cursor)) : undefined,
        ),
      )
      .orderBy(desc(auditEntry.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  /** The streams that wait for the sealer, each with its oldest entry; the longest wait first. */
  listUnsealedStreams(limit: number): Promise<{ stream: string; since: Date }[]> {
    return rows(
      this.#db,
      sql`select stream, since from gramkit.audit_unsealed_streams(${limit})`,
      z.object({ stream: z.string(), since: z.coerce.date() }),
    )
  }

  /** The streams that have entries, in name order, after one of them. */
  async listStreams(after: string, limit: number): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`select stream from gramkit.audit_streams(${after}, ${limit}) stream`,
      z.object({ stream: z.string() }),
    )
    return found.map(({ stream }) => stream)
  }

  /** Entries of a stream that wait for the sealer, oldest first. */
  async listUnsealed(stream: string, limit: number): Promise<AuditEntry[]> {
    const found = await this.#db
      .select({ entry: auditEntry })
      .from(auditUnsealed)
      .innerJoin(auditEntry, eq(auditEntry.id, auditUnsealed.entryId))
      .where(eq(auditUnsealed.stream, stream))
      .orderBy(asc(auditUnsealed.createdAt), asc(auditUnsealed.entryId))
      .limit(limit)
    return found.map(({ entry }) => entry)
  }

  /** Ids of a stream's entries that have no seal, whatever waits for the sealer. */
  async listWithoutSeal(stream: string, limit: number): Promise<string[]> {
    const found = await this.#db
      .select({ id: auditEntry.id })
      .from(auditEntry)
      .leftJoin(auditSeal, eq(auditSeal.entryId, auditEntry.id))
      .where(and(eq(auditEntry.stream, stream), isNull(auditSeal.entryId)))
      .orderBy(asc(auditEntry.createdAt), asc(auditEntry.id))
      .limit(limit)
    return found.map(({ id }) => id)
  }

  /** Keeps every other sealer out until the transaction ends. */
  async lockSealing(): Promise<void> {
    await this.#db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.audit_seal'))`)
  }

  /** The last link of a stream's chain, or undefined. */
  async findLastSeal(stream: string): Promise<{ number: number; hash: string } | undefined> {
    const [row] = await this.#db
      .select({ number: auditSeal.number, hash: auditSeal.hash })
      .from(auditSeal)
      .where(eq(auditSeal.stream, stream))
      .orderBy(desc(auditSeal.number))
      .limit(1)
    return row
  }

  /** Adds links to the chain. */
  async insertSeals(seals: (typeof auditSeal.$inferInsert)[]): Promise<void> {
    if (seals.length > 0) await this.#db.insert(auditSeal).values(seals)
  }

  /** One stretch of a stream's chain in order, each link with its entry; null where that is not of the stream. */
  listSealed(
    stream: string,
    after: number,
    limit: number,
  ): Promise<{ number: number; hash: string; entryId: string; entry: AuditEntry | null }[]> {
    const { number, hash, entryId } = auditSeal
    return this.#db
      .select({ number, hash, entryId, entry: auditEntry })
      .from(auditSeal)
      .leftJoin(auditEntry, and(eq(auditEntry.id, entryId), eq(auditEntry.stream, stream)))
      .where(and(eq(auditSeal.stream, stream), gt(number, after)))
      .orderBy(asc(number))
      .limit(limit)
  }
}
