import { and, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import {
  BaseRepository,
  builtOnce,
  type Executor,
  rows,
  type ValueOf,
} from '../../platform/database/index.ts'
import { waitlistClass, waitlistEntry } from './entry.table.ts'
import type { Entry, EntryStatus } from './entry.ts'
import { type CohortWeights, type Features, REFERRALS_MAX } from './score.ts'

/** A new entry; the database gives its number. */
export type NewEntry = Omit<Entry, 'seq' | 'requeues' | 'qualifiedReferrals'>

/** Which entries are listed; all of what is named must fit. */
export interface EntryFilter {
  readonly status?: EntryStatus | undefined
  /** The beginning of an address, in any case. */
  readonly email?: string | undefined
}

const findClass = builtOnce((db, value: ValueOf<Features & Record<string, unknown>>) =>
  db
    .select({ id: waitlistClass.id })
    .from(waitlistClass)
    .where(
      and(
        eq(waitlistClass.persona, value('persona')),
        eq(waitlistClass.isDetailed, value('isDetailed')),
        eq(waitlistClass.hasKeyword, value('hasKeyword')),
        eq(waitlistClass.referrals, value('referrals')),
        eq(waitlistClass.cohort, value('cohort')),
      ),
    ),
)

/** Entries of the waitlist and their classes. */
export class EntriesRepository extends BaseRepository<typeof waitlistEntry> {
  constructor(db: Executor) {
    super(db, waitlistEntry)
  }

  /** Gives the class of some features, made when nobody had them before. */
  async classOf(features: Features): Promise<number> {
    const asked = { ...features }
    const [known] = await findClass(this.db, asked)
    if (known) return known.id
    await this.db.insert(waitlistClass).values(asked).onConflictDoNothing()
    const [made] = await findClass(this.db, asked)
    if (!made) throw new TypeError('A class that was inserted is there')
    return made.id
  }

  /** Reads what a class stands for. */
  async featuresOf(classId: number): Promise<Features> {
    const [row] = await this.db.select().from(waitlistClass).where(eq(waitlistClass.id, classId))
    if (!row) throw new TypeError('A class that somebody has is there')
    const { id: _id, ...features } = row
    return features
  }

  /** Writes a new entry; undefined when its address or its user has one. */
  async insertNew(entry: NewEntry): Promise<Entry | undefined> {
    const [row] = await this.db
      .insert(waitlistEntry)
      .values(entry)
      .onConflictDoNothing()
      .returning()
    return row
  }

  /**
   * Lets somebody who lapsed join again, behind all others, with the referrals that they have; undefined
   * for anybody else.
   */
  async rejoin(
    { email, userId }: Pick<Entry, 'email' | 'userId'>,
    again: Pick<
      Entry,
      'useCase' | 'language' | 'networkHash' | 'status' | 'joinedAt' | 'confirmedAt'
    >,
    features: Omit<Features, 'referrals'>,
  ): Promise<Entry | undefined> {
    const isTheirs =
      email === null ? eq(waitlistEntry.userId, userId ?? '') : eq(waitlistEntry.email, email)
    const lapsed = await this.#findOne(sql`${isTheirs} and ${waitlistEntry.status} = 'lapsed'`, {
      isLocked: true,
    })
    if (!lapsed) return undefined
    const referrals = Math.min(lapsed.qualifiedReferrals, REFERRALS_MAX)
    const classId = await this.classOf({ ...features, referrals })
    const isLapsed = eq(waitlistEntry.id, lapsed.id)
    // Drizzle writes no column that is always given by the database.
    await this.db.execute(sql`update ${waitlistEntry} set seq = default where ${isLapsed}`)
    const [row] = await this.db
      .update(waitlistEntry)
      .set({ ...again, classId, requeues: 0 })
      .where(isLapsed)
      .returning()
    return row
  }

  /** Reads an entry and keeps others from changing it until the transaction ends. */
  async findByIdWithLock(id: string): Promise<Entry | undefined> {
    return this.#findOne(eq(waitlistEntry.id, id), { isLocked: true })
  }

  /** Finds whose an address is. */
  findByEmail(email: string): Promise<Entry | undefined> {
    return this.#findOne(eq(waitlistEntry.email, email))
  }

  /** Finds the entry of a user: their own, or that of the address they have proved. */
  findByUser(userId: string): Promise<Entry | undefined> {
    return this.#findOne(
      sql`(${waitlistEntry.userId} = ${userId} or ${waitlistEntry.userId} is null
        and ${waitlistEntry.email} = (select e.email from gramkit.user_email e
          where e.user_id = ${userId}))`,
    )
  }

  /** Finds by the code of somebody's own link. */
  findByReferralCode(referralCode: string): Promise<Entry | undefined> {
    return this.#findOne(eq(waitlistEntry.referralCode, referralCode))
  }

  /** One page of the entries that fit: the last who joined first, those of a search by address. */
  async search({ status, email }: EntryFilter, request: PageRequest): Promise<Page<Entry>> {
    const limit = pageLimit(request)
    const last = request.cursor === undefined ? undefined : decodeCursor(request.cursor)
    const ofStatus = status && eq(waitlistEntry.status, status)
    const found = await (email === undefined
      ? this.db
          .select()
          .from(waitlistEntry)
          .where(and(ofStatus, last === undefined ? undefined : lt(waitlistEntry.id, last)))
          .orderBy(desc(waitlistEntry.id))
      : this.db
          .select()
          .from(waitlistEntry)
          .where(and(ofStatus, startsWith(email.toLowerCase(), last)))
          .orderBy(sql`${waitlistEntry.email} using ~<~`)
    ).limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  /** Entries that should have been confirmed by an instant, the oldest first, locked. */
  async lockUnconfirmed(joinedBefore: Date, limit: number): Promise<Entry[]> {
    return (
      this.db
        .select()
        .from(waitlistEntry)
        // Not a parameter: a prepared plan could then not use the index of unconfirmed rows.
        .where(
          sql`${waitlistEntry.status} = 'unconfirmed' and ${waitlistEntry.joinedAt} <= ${joinedBefore}`,
        )
        .orderBy(waitlistEntry.joinedAt)
        .limit(limit)
        .for('update', { skipLocked: true })
    )
  }

  /**
   * Invites the next people of the queue and gives them in their order: by score, then by the order
   * of joining. Those who go or change in this moment are left out and others taken instead.
   */
  async takeNext(wanted: {
    readonly limit: number
    readonly weights: CohortWeights
    readonly cutoffScore: number
  }): Promise<Entry[]> {
    const taken: Entry[] = []
    while (taken.length < wanted.limit) {
      const ids = await this.#findNext({ ...wanted, limit: wanted.limit - taken.length })
      if (ids.length === 0) break
      const invited = await this.db
        .update(waitlistEntry)
        .set({ status: 'invited' })
        .where(and(inArray(waitlistEntry.id, ids), eq(waitlistEntry.status, 'waiting')))
        .returning()
      const byId = new Map(invited.map((entry) => [entry.id, entry]))
      taken.push(...ids.flatMap((id) => byId.get(id) ?? []))
    }
    return taken
  }

  /** Ends the waiting of those who are invited no more and will not be again by themselves. */
  async lapse(entryIds: readonly string[]): Promise<Entry[]> {
    if (entryIds.length === 0) return []
    return this.db
      .update(waitlistEntry)
      .set({ status: 'lapsed' })
      .where(and(inArray(waitlistEntry.id, [...entryIds]), eq(waitlistEntry.status, 'invited')))
      .returning()
  }

  /** Lets those whose invitation expired wait again at their place, or lapse after too many. */
  async requeue(entryIds: readonly string[], most: number): Promise<Entry[]> {
    if (entryIds.length === 0) return []
    return this.db
      .update(waitlistEntry)
      .set({
        status: sql`case when ${waitlistEntry.requeues} < ${most} then 'waiting' else 'lapsed' end`,
        requeues: sql`least(${waitlistEntry.requeues} + 1, ${most})`,
      })
      .where(and(inArray(waitlistEntry.id, [...entryIds]), eq(waitlistEntry.status, 'invited')))
      .returning()
  }

  /** When the oldest unconfirmed entry joined, or undefined. */
  async findOldestUnconfirmed(): Promise<Date | undefined> {
    const [row] = await this.db
      .select({ joinedAt: waitlistEntry.joinedAt })
      .from(waitlistEntry)
      .where(sql`${waitlistEntry.status} = 'unconfirmed'`)
      .orderBy(waitlistEntry.joinedAt)
      .limit(1)
    return row?.joinedAt
  }

  /** Counts who joined since an instant, those who left or never confirmed aside. */
  async countJoinedSince(since: Date): Promise<number> {
    const [row] = await rows(
      this.db,
      sql`select count(*)::int as count from gramkit.waitlist_entry
          where joined_at >= ${since} and status not in ('unconfirmed', 'left')`,
      z.object({ count: z.int() }),
    )
    return row?.count ?? 0
  }

  /** Goes from the highest score down until there are enough; each class by its own index. */
  async #findNext({
    limit,
    weights,
    cutoffScore,
  }: {
    readonly limit: number
    readonly weights: CohortWeights
    readonly cutoffScore: number
  }): Promise<string[]> {
    const scores = await rows(
      this.db,
      sql`
        select s.score, array_agg(s.class_id) as classes
        from gramkit.waitlist_scores(${JSON.stringify(weights)}::jsonb) s
        where s.score >= ${cutoffScore} and (select sum(n.entries) > 0
          from gramkit.waitlist_class_count n where n.status = 'waiting' and n.class_id = s.class_id)
        group by s.score order by s.score desc`,
      z.object({ score: z.int(), classes: z.array(z.int()) }),
    )
    const ids: string[] = []
    for (const { classes } of scores) {
      const missing = limit - ids.length
      if (missing === 0) break
      const found = await rows(
        this.db,
        sql`
          select next.id from unnest(${sql.param(classes)}::int[]) as c (id)
          cross join lateral (
            select e.id, e.seq from gramkit.waitlist_entry e
            where e.class_id = c.id and e.status = 'waiting' order by e.seq limit ${missing}
          ) next order by next.seq limit ${missing}`,
        z.object({ id: z.uuid() }),
      )
      ids.push(...found.map(({ id }) => id))
    }
    return ids
  }

  async #findOne(condition: SQL, { isLocked = false } = {}): Promise<Entry | undefined> {
    const query = this.db
      .select()
      .from(waitlistEntry)
      .where(condition)
      // Of a user's own entry and one of their address the first.
      .orderBy(sql`${waitlistEntry.userId} is null`)
      .limit(1)
    const [row] = await (isLocked ? query.for('update') : query)
    return row
  }
}

/** Addresses with a beginning, those after the address of an entry if there is one; by the index. */
function startsWith(beginning: string, afterId: string | undefined): SQL {
  const { email } = waitlistEntry
  const range = sql`${email} ~>=~ ${beginning} and ${email} ~<~ (${beginning} || chr(1114111))`
  if (afterId === undefined) return range
  return sql`${range} and ${email} ~>~ (
    select o.email from gramkit.waitlist_entry o where o.id = ${afterId})`
}
