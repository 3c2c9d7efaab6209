import { asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import {
  decodeCursor,
  newId,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../kernel/index.ts'
import type { Executor } from '../../platform/database/index.ts'
import { auditEntry, auditSeal } from './audit.table.ts'
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

  /** One page of what anybody did, newest first. */
  async listNewest(request: PageRequest): Promise<Page<AuditEntry>> {
    const limit = pageLimit(request)
    const found = await this.#db
      .select()
      .from(auditEntry)
      .where(request.cursor ? lt(auditEntry.id, decodeCursor(request.cursor)) : undefined)
      .orderBy(desc(auditEntry.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  /** When the oldest entry without a seal was written, or undefined. */
  async findOldestUnsealedAt(): Promise<Date | undefined> {
    const [row] = await this.#unsealed(1)
    return row?.createdAt
  }

  /** Entries without a seal, oldest first. */
  listUnsealed(limit: number): Promise<AuditEntry[]> {
    return this.#unsealed(limit)
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

  /** One stretch of a stream's chain in order, each link with its entry. */
  listSealed(
    stream: string,
    after: number,
    limit: number,
  ): Promise<{ number: number; hash: string; entry: AuditEntry }[]> {
    return this.#db
      .select({ number: auditSeal.number, hash: auditSeal.hash, entry: auditEntry })
      .from(auditSeal)
      .innerJoin(auditEntry, eq(auditEntry.id, auditSeal.entryId))
      .where(sql`${auditSeal.stream} = ${stream} and ${auditSeal.number} > ${after}`)
      .orderBy(asc(auditSeal.number))
      .limit(limit)
  }

  async #unsealed(limit: number): Promise<AuditEntry[]> {
    const found = await this.#db
      .select({ entry: auditEntry })
      .from(auditEntry)
      .leftJoin(auditSeal, eq(auditSeal.entryId, auditEntry.id))
      .where(isNull(auditSeal.entryId))
      .orderBy(asc(auditEntry.createdAt), asc(auditEntry.id))
      .limit(limit)
    return found.map((row) => row.entry)
  }
}
