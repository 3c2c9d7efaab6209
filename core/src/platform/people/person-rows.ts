import { asc, eq, getTableColumns, inArray } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { assert } from '../../kernel/index.ts'
import type { Executor } from '../database/index.ts'
import type { PersonFacts, PersonMerge } from './person-part.ts'

/** What parts of a person have in common: the rows whose one column holds the person's id. */
export class PersonRows {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Makes the user's every row that names the guest in a column. */
  async move(column: PgColumn, { guestId, userId }: PersonMerge): Promise<void> {
    await this.#db
      .update(tableOf(column))
      .set({ [keyOf(column)]: userId })
      .where(eq(column, guestId))
  }

  /** Reads the rows that name a person, or one of some things of theirs, without what must not leave. */
  async read(
    column: PgColumn,
    userId: string | readonly string[],
    { without = [] }: { readonly without?: readonly string[] } = {},
  ): Promise<PersonFacts[]> {
    const columns = getTableColumns(tableOf(column))
    const found: Record<string, unknown>[] = await this.#db
      .select()
      .from(tableOf(column))
      .where(typeof userId === 'string' ? eq(column, userId) : inArray(column, [...userId]))
      .orderBy(asc(columns['id'] ?? column))
    return found.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => !without.includes(key))),
    )
  }

  /** Removes the rows that name a person in a column. */
  async remove(column: PgColumn, userId: string): Promise<void> {
    await this.#db.delete(tableOf(column)).where(eq(column, userId))
  }

  /** Empties columns of the rows that name a person in a column. */
  async clear(column: PgColumn, userId: string, emptied: readonly PgColumn[]): Promise<void> {
    await this.#db
      .update(tableOf(column))
      .set(Object.fromEntries(emptied.map((cleared) => [keyOf(cleared), null])))
      .where(eq(column, userId))
  }
}

function tableOf(column: PgColumn): PgTable {
  return column.table as PgTable
}

/** The name under which drizzle knows a column. */
function keyOf(column: PgColumn): string {
  const columns = Object.entries(getTableColumns(tableOf(column)))
  const found = columns.find(([, own]) => own === column)
  assert(found, 'A column belongs to its table')
  return found[0]
}
