import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNull,
  lt,
  lte,
  type SQL,
  sql,
} from 'drizzle-orm'
import { z } from 'zod'
import {
  decodeCursor,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { InvitationStatus } from '../../invites/index.ts'
import { waitlistBatch, waitlistInvite } from './batch.table.ts'
import type { Batch, Invite, InviteOutcome } from './batch.ts'

/** An invite with its code, as administrators see it. */
export interface IssuedCode {
  readonly invite: Invite
  readonly batch: Pick<Batch, 'name' | 'actor' | 'createdAt'>
  readonly code: string
  readonly status: InvitationStatus
}

/** Which codes are listed; all of what is named must fit. */
export interface CodeFilter {
  /** The name of a batch. */
  readonly batchId?: string | undefined
  readonly status?: InvitationStatus | undefined
}

/** Not parameters: a prepared plan could then not use the index of such rows. */
const IS_UNWARNED = sql`${waitlistInvite.outcome} is null and ${waitlistInvite.warnedAt} is null`

/** Batches and the invites in them. */
export class BatchesRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Lets one transaction at a time invite people. */
  async lock(): Promise<void> {
    await this.#db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.waitlist_batch'))`)
  }

  /** Finds a batch by what it is called. */
  async findByName(name: string): Promise<Batch | undefined> {
    const [row] = await this.#db.select().from(waitlistBatch).where(eq(waitlistBatch.name, name))
    return row
  }

  /** Writes a batch. */
  async insert(batch: Batch): Promise<void> {
    await this.#db.insert(waitlistBatch).values(batch)
  }

  /** One page of all batches, newest first. */
  async listNewest(request: PageRequest): Promise<Page<Batch>> {
    const limit = pageLimit(request)
    const found = await this.#db
      .select()
      .from(waitlistBatch)
      .where(request.cursor ? lt(waitlistBatch.id, decodeCursor(request.cursor)) : undefined)
      .orderBy(desc(waitlistBatch.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  /** When the plan ran last, whether the gate let it or not. */
  async findLastPlannedAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: waitlistBatch.createdAt })
      .from(waitlistBatch)
      .where(eq(waitlistBatch.isPlanned, true))
      .orderBy(desc(waitlistBatch.createdAt))
      .limit(1)
    return row?.at
  }

  /** Counts who was invited since an instant. */
  async countIssuedSince(since: Date): Promise<number> {
    return this.#db.$count(waitlistInvite, gte(waitlistInvite.issuedAt, since))
  }

  /** Writes invites. */
  async insertInvites(
    invites: readonly Pick<
      Invite,
      'id' | 'batchId' | 'entryId' | 'invitationId' | 'issuedAt' | 'expiresAt'
    >[],
  ): Promise<Invite[]> {
    return this.#db
      .insert(waitlistInvite)
      .values([...invites])
      .returning()
  }

  /** Finds the invite that an entry may use now. */
  findOpen(entryId: string): Promise<Invite | undefined> {
    return this.#findInvite(eq(waitlistInvite.entryId, entryId), isNull(waitlistInvite.outcome))
  }

  /** Finds the invite of an invitation. */
  findByInvitation(invitationId: string): Promise<Invite | undefined> {
    return this.#findInvite(eq(waitlistInvite.invitationId, invitationId))
  }

  /** Ends the open invites of some entries and gives the entries whose one it was. */
  async end(
    entryIds: readonly string[],
    { outcome, at }: { readonly outcome: InviteOutcome; readonly at: Date },
  ): Promise<string[]> {
    if (entryIds.length === 0) return []
    const ended = await this.#db
      .update(waitlistInvite)
      .set({ outcome, endedAt: at })
      .where(
        and(
          inArray(waitlistInvite.entryId, [...entryIds]),
          isNull(waitlistInvite.outcome),
          outcome === 'expired' ? sql`${waitlistInvite.expiresAt} <= ${at}` : undefined,
        ),
      )
      .returning({ entryId: waitlistInvite.entryId })
    return ended.map(({ entryId }) => entryId)
  }

  /**
   * Locks the entries of a batch of open invites whose time is over, the first of them first; leaves out
   * those that others hold.
   */
  async lockExpired(at: Date, limit: number): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`select e.id from gramkit.waitlist_invite i
          join gramkit.waitlist_entry e on e.id = i.entry_id
          where i.outcome is null and i.expires_at <= ${at}
          order by i.expires_at limit ${limit} for update of e skip locked`,
      z.object({ id: z.uuid() }),
    )
    return found.map(({ id }) => id)
  }

  /** When the time of the next open invite is over; of one without a warning, where that is asked. */
  async findNextExpiry({ isUnwarned = false } = {}): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: waitlistInvite.expiresAt })
      .from(waitlistInvite)
      .where(isUnwarned ? IS_UNWARNED : sql`${waitlistInvite.outcome} is null`)
      .orderBy(asc(waitlistInvite.expiresAt))
      .limit(1)
    return row?.at
  }

  /** Writes down that a batch of those who are about to lose their code is told so, and gives them. */
  async warn(expiringBefore: Date, at: Date, limit: number): Promise<Invite[]> {
    const due = this.#db
      .select({ id: waitlistInvite.id })
      .from(waitlistInvite)
      .where(and(IS_UNWARNED, lte(waitlistInvite.expiresAt, expiringBefore)))
      .orderBy(asc(waitlistInvite.expiresAt))
      .limit(limit)
      .for('update', { skipLocked: true })
    return this.#db
      .update(waitlistInvite)
      .set({ warnedAt: at })
      .where(inArray(waitlistInvite.id, due))
      .returning()
  }

  /** Counts one more sending of an open invite; undefined when it has ended. */
  async countSend(id: string): Promise<Invite | undefined> {
    const [row] = await this.#db
      .update(waitlistInvite)
      .set({ sends: sql`${waitlistInvite.sends} + 1`, deliveredAt: null })
      .where(and(eq(waitlistInvite.id, id), isNull(waitlistInvite.outcome)))
      .returning()
    return row
  }

  /** Writes down that somebody took the message. */
  async markDelivered(id: string, deliveredAt: Date): Promise<void> {
    await this.#db.update(waitlistInvite).set({ deliveredAt }).where(eq(waitlistInvite.id, id))
  }

  /** One page of codes, newest first. */
  async listCodes(filter: CodeFilter, request: PageRequest): Promise<Page<IssuedCode>> {
    const limit = pageLimit(request)
    const found = await this.#codes(
      filter.batchId === undefined ? undefined : eq(waitlistBatch.name, filter.batchId),
      filter.status && sql`i.status = ${filter.status}`,
      request.cursor ? lt(waitlistInvite.id, decodeCursor(request.cursor)) : undefined,
    )
      .orderBy(desc(waitlistInvite.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ invite }) => invite.id)
  }

  /** The codes of a batch in the order of the queue. */
  async listBatchCodes(batchId: string): Promise<string[]> {
    const found = await this.#codes(eq(waitlistInvite.batchId, batchId)).orderBy(
      asc(waitlistInvite.id),
    )
    return found.map(({ code }) => code)
  }

  #codes(...conditions: readonly (SQL | undefined)[]) {
    return this.#db
      .select({
        invite: {
          ...getTableColumns(waitlistInvite),
          // Who has an account is told by the bot: when that was taken stands there.
          deliveredAt: sql<Date | null>`coalesce(${waitlistInvite.deliveredAt}, (
            select n.sent_at from gramkit.notification n
            join gramkit.waitlist_entry e on e.user_id = n.user_id
            where e.id = ${waitlistInvite.entryId} and n.template = 'waitlist.invited'
              and n.occasion = ${waitlistInvite.id} || ':' || ${waitlistInvite.sends}))`.mapWith(
            waitlistInvite.deliveredAt,
          ),
        },
        batch: {
          name: waitlistBatch.name,
          actor: waitlistBatch.actor,
          createdAt: waitlistBatch.createdAt,
        },
        code: sql<string>`i.code`,
        status: sql<InvitationStatus>`i.status`,
      })
      .from(waitlistInvite)
      .innerJoin(waitlistBatch, eq(waitlistBatch.id, waitlistInvite.batchId))
      .innerJoin(sql`gramkit.invitation i`, sql`i.id = ${waitlistInvite.invitationId}`)
      .where(and(...conditions))
  }

  async #findInvite(...conditions: readonly SQL[]): Promise<Invite | undefined> {
    const [row] = await this.#db
      .select()
      .from(waitlistInvite)
      .where(and(...conditions))
    return row
  }
}
