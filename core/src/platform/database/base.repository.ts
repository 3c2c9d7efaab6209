import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  inArray,
  lt,
  type SQL,
} from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { PageRequest } from '../../kernel/index.ts'
import { assert, decodeCursor, NotFound, type Page, pageLimit, toPage } from '../../kernel/index.ts'
import { builtOnce, type ValueOf } from './built-once.ts'
import { databaseError, LockUnavailable } from './errors.ts'
import type { Executor } from './executor.ts'

/** Rows one batch call may name. */
export const BATCH_MAX = 1_000

/** How a row is locked until the transaction ends. */
export interface LockOptions {
  /**
   * `update` keeps everybody else out, `no key update` lets rows that refer to it be written,
   * `share` lets others read under the same lock. [update]
   */
  readonly mode?: 'update' | 'no key update' | 'share'
  /** `block` waits, `nowait` refuses, `skip` leaves locked rows out. [block] */
  readonly wait?: 'block' | 'nowait' | 'skip'
}

/** A table whose rows are found by one uuid. */
export type IdTable = PgTable & { readonly id: PgColumn }

/** What is asked of nearly every table in nearly every transaction. */
function makeStatements(table: IdTable) {
  const byId = (db: Executor, value: ValueOf<{ id: string }>) =>
    db
      .select()
      .from(table as PgTable)
      .where(eq(table.id, value('id')))
  return {
    find: builtOnce(byId),
    lock: builtOnce((db, value: ValueOf<{ id: string }>) => byId(db, value).for('update')),
  }
}

const statements = new WeakMap<IdTable, ReturnType<typeof makeStatements>>()

function statementsOf(table: IdTable): ReturnType<typeof makeStatements> {
  const made = statements.get(table) ?? makeStatements(table)
  statements.set(table, made)
  return made
}

/**
 * Reading and writing of one table, for repositories to extend with their own questions.
 *
 * It never opens, commits or rolls back a transaction: whoever made the executor does.
 */
export abstract class BaseRepository<Table extends IdTable> {
  protected readonly db: Executor
  protected readonly table: Table
  readonly #shared: readonly (readonly [PgColumn, unknown])[]
  readonly #sharedValues: Partial<Table['$inferInsert']>

  /** Rows beside those that have the shared values are neither seen nor written. [no values] */
  constructor(db: Executor, table: Table, shared: Partial<Table['$inferInsert']> = {}) {
    this.db = db
    this.table = table
    this.#sharedValues = shared
    const columns: Record<string, PgColumn> = getTableColumns(table as PgTable)
    this.#shared = Object.entries(shared).map(([name, value]) => {
      const column = columns[name]
      assert(column, `${getTableName(table)} has no column ${name}`)
      return [column, value]
    })
  }

  /** What every statement of this repository asks, and a condition of its own. */
  protected own(condition?: SQL): SQL | undefined {
    return and(...this.#shared.map(([column, value]) => eq(column, value)), condition)
  }

  /** Reads a row, or undefined. */
  async findById(id: string): Promise<Table['$inferSelect'] | undefined> {
    if (this.#shared.length === 0) {
      const [row] = await statementsOf(this.table).find(this.db, { id })
      return row
    }
    const [row] = await this.db
      .select()
      .from(this.table as PgTable)
      .where(this.own(eq(this.table.id, id)))
    return row
  }

  /**
   * Reads a row.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<Table['$inferSelect']> {
    return (await this.findById(id)) ?? this.#missing(id)
  }

  /** Reads up to 1,000 rows in id order; ids without a row are left out. */
  async getByIds(ids: readonly string[]): Promise<Table['$inferSelect'][]> {
    assert(ids.length <= BATCH_MAX, `At most ${BATCH_MAX} ids a call`)
    if (ids.length === 0) return []
    return this.db
      .select()
      .from(this.table as PgTable)
      .where(this.own(inArray(this.table.id, [...ids])))
      .orderBy(asc(this.table.id))
  }

  /** Reads one page in id order, which is the order of creation. */
  async list(request: PageRequest = {}): Promise<Page<Table['$inferSelect']>> {
    return this.listWhere(undefined, request)
  }

  /** Reads one page of the rows that fit, oldest first unless the newest are wanted first. */
  async listWhere(
    condition: SQL | undefined,
    request: PageRequest,
    order: 'oldest_first' | 'newest_first' = 'oldest_first',
  ): Promise<Page<Table['$inferSelect']>> {
    const limit = pageLimit(request)
    const { id } = this.table
    const [beyond, direction] = order === 'oldest_first' ? [gt, asc] : [lt, desc]
    const found = await this.db
      .select()
      .from(this.table as PgTable)
      .where(
        this.own(
          and(condition, request.cursor ? beyond(id, decodeCursor(request.cursor)) : undefined),
        ),
      )
      .orderBy(direction(id))
      .limit(limit + 1)
    return toPage(found, limit, (row) => String(row['id']))
  }

  /** Writes a new row. */
  async insert(values: Table['$inferInsert']): Promise<Table['$inferSelect']> {
    const [row] = await this.db
      .insert(this.table)
      .values({ ...values, ...this.#sharedValues })
      .returning()
    assert(row, 'An insert answers with its row')
    return row
  }

  /**
   * Changes a row.
   *
   * @throws {@link NotFound}
   */
  async update(
    id: string,
    changes: Partial<Table['$inferInsert']>,
  ): Promise<Table['$inferSelect']> {
    const [row] = await this.db
      .update(this.table as PgTable)
      .set(changes)
      .where(this.own(eq(this.table.id, id)))
      .returning()
    return row ?? this.#missing(id)
  }

  /** Writes a row, or all given columns of the row that has its id already. */
  async upsert(values: Table['$inferInsert']): Promise<Table['$inferSelect']> {
    const [row] = await this.db
      .insert(this.table)
      .values({ ...values, ...this.#sharedValues })
      .onConflictDoUpdate({
        target: [...this.#shared.map(([column]) => column), this.table.id],
        set: values as Record<string, unknown>,
      })
      .returning()
    assert(row, 'An upsert answers with its row')
    return row
  }

  /** Deletes a row; false when there was none. */
  async remove(id: string): Promise<boolean> {
    const removed = await this.db
      .delete(this.table)
      .where(this.own(eq(this.table.id, id)))
      .returning()
    return removed.length === 1
  }

  /**
   * Reads a row and locks it until the transaction ends; with `skip`, undefined when it is locked.
   *
   * @throws {@link NotFound} unless the wait is `skip`
   * @throws {@link LockUnavailable} when the wait is `nowait` and somebody holds the row
   */
  getByIdWithLock(
    id: string,
    options: LockOptions & { readonly wait: 'skip' },
  ): Promise<Table['$inferSelect'] | undefined>
  getByIdWithLock(id: string, options?: LockOptions): Promise<Table['$inferSelect']>
  async getByIdWithLock(
    id: string,
    options: LockOptions = {},
  ): Promise<Table['$inferSelect'] | undefined> {
    const [row] = await this.getByIdsWithLock([id], options)
    return row ?? (options.wait === 'skip' ? undefined : this.#missing(id))
  }

  /**
   * Reads up to 1,000 rows and locks them in id order, so that two callers never deadlock.
   *
   * @throws {@link LockUnavailable} when the wait is `nowait` and somebody holds one of the rows
   */
  async getByIdsWithLock(
    ids: readonly string[],
    options: LockOptions = {},
  ): Promise<Table['$inferSelect'][]> {
    assert(ids.length <= BATCH_MAX, `At most ${BATCH_MAX} ids a call`)
    if (ids.length === 0) return []
    const { mode = 'update', wait = 'block' } = options
    const [id, ...others] = ids
    const isPlain = this.#shared.length === 0 && mode === 'update' && wait === 'block'
    if (id && others.length === 0 && isPlain) {
      return statementsOf(this.table).lock(this.db, { id })
    }
    try {
      return await this.db
        .select()
        .from(this.table as PgTable)
        .where(this.own(inArray(this.table.id, [...ids])))
        .orderBy(asc(this.table.id))
        .for(mode, {
          ...(wait === 'nowait' ? { noWait: true } : {}),
          ...(wait === 'skip' ? { skipLocked: true } : {}),
        } as { noWait: true })
    } catch (error) {
      if (databaseError(error)?.code !== '55P03') throw error
      throw new LockUnavailable({ table: getTableName(this.table) }, { cause: error })
    }
  }

  #missing(id: string): never {
    throw new NotFound({ what: getTableName(this.table).replaceAll('_', ' '), id })
  }
}
