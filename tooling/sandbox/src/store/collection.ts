import type { SQLInputValue, StatementSync } from 'node:sqlite'

/** What a collection needs of the database. */
export interface CollectionStore {
  execute(sql: string): void
  prepare(sql: string): StatementSync
}

/** By what the objects of a collection are found, besides their id. */
export interface CollectionOptions<T> {
  /** Whom an object belongs to. */
  owner?(value: T): string
  /** When something is to happen to an object, in ms since 1970, or null. */
  due?(value: T): number | null
}

/** An object with its place in the order in which objects were added. */
export interface Entry<T> {
  readonly seq: number
  readonly value: T
}

/** JSON objects by id, in the order they were added. */
export class Collection<T> {
  readonly #store: CollectionStore
  readonly #table: string
  readonly #options: CollectionOptions<T>

  constructor(store: CollectionStore, name: string, options: CollectionOptions<T>) {
    this.#store = store
    this.#table = `"${name}"`
    this.#options = options
    store.execute(`
      CREATE TABLE IF NOT EXISTS ${this.#table} (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        owner TEXT, due INTEGER, body TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS "${name}_owner" ON ${this.#table} (owner, seq);
      CREATE INDEX IF NOT EXISTS "${name}_due" ON ${this.#table} (due) WHERE due IS NOT NULL;
    `)
  }

  /** The object of an id, or undefined. */
  get(id: string): T | undefined {
    return this.#read('WHERE id = ?', [id])[0]?.value
  }

  /** Adds an object, or replaces the one of the same id, which keeps its place. */
  put(id: string, value: T): T {
    this.#store
      .prepare(
        `INSERT INTO ${this.#table} (id, owner, due, body) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, due = excluded.due, body = excluded.body`,
      )
      .run(
        id,
        this.#options.owner?.(value) ?? null,
        this.#options.due?.(value) ?? null,
        JSON.stringify(value),
      )
    return value
  }

  /** Removes the object of an id, if there is one. */
  remove(id: string): void {
    this.#store.prepare(`DELETE FROM ${this.#table} WHERE id = ?`).run(id)
  }

  /** Removes all but the newest objects. */
  keepNewest(count: number): void {
    this.#store
      .prepare(`DELETE FROM ${this.#table} WHERE seq <= (SELECT max(seq) FROM ${this.#table}) - ?`)
      .run(count)
  }

  /** All objects, oldest first. */
  all(): T[] {
    return this.#read('ORDER BY seq', []).map(({ value }) => value)
  }

  /** All objects of one owner, oldest first. */
  ownedBy(owner: string): T[] {
    return this.entries(owner).map(({ value }) => value)
  }

  /** All objects, or those of one owner, with their places, oldest first. */
  entries(owner?: string): Entry<T>[] {
    if (owner === undefined) return this.#read('ORDER BY seq', [])
    return this.#read('WHERE owner = ? ORDER BY seq', [owner])
  }

  /** The newest objects, or those of one owner, oldest first. */
  latest(count: number, owner?: string): T[] {
    const entries =
      owner === undefined
        ? this.#read('ORDER BY seq DESC LIMIT ?', [count])
        : this.#read('WHERE owner = ? ORDER BY seq DESC LIMIT ?', [owner, count])
    return entries.toReversed().map(({ value }) => value)
  }

  /** Objects to which something is to happen at or before an instant, the earliest first. */
  dueBy(instantMs: number): T[] {
    return this.#read('WHERE due <= ? ORDER BY due, seq', [instantMs]).map(({ value }) => value)
  }

  /** The earliest instant at which something is to happen to an object, or null. */
  nextDue(): number | null {
    const row = this.#store.prepare(`SELECT min(due) AS due FROM ${this.#table}`).get()
    return typeof row?.['due'] === 'number' ? row['due'] : null
  }

  #read(rest: string, values: SQLInputValue[]): Entry<T>[] {
    return this.#store
      .prepare(`SELECT seq, body FROM ${this.#table} ${rest}`)
      .all(...values)
      .map((row) => ({ seq: Number(row['seq']), value: parse<T>(String(row['body'])) }))
  }
}

/** Rows hold what `put` was given, so the type is known here and nowhere else. */
function parse<T>(body: string): T {
  return JSON.parse(body)
}
