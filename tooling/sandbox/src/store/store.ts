import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Collection, type CollectionOptions } from './collection.ts'

/** The data folder is in use by another sandbox. */
export class DataFolderBusy extends Error {
  constructor(folder: string) {
    super(`The data folder ${folder} is in use by another sandbox`)
  }
}

/** What the sandbox knows, written through to one SQLite file so that SIGKILL loses nothing. */
export class Store {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0

  /** Opens the file in a folder, or a store that ends with the process for `:memory:`. */
  constructor(dataDir: string) {
    if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true })
    const file = dataDir === ':memory:' ? dataDir : join(dataDir, 'sandbox.db')
    this.#database = new DatabaseSync(file)
    try {
      this.#database.exec('PRAGMA locking_mode = EXCLUSIVE')
      this.#database.exec('PRAGMA journal_mode = WAL')
      this.#database.exec('PRAGMA synchronous = NORMAL')
      this.#database.exec('CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value TEXT)')
      this.#database.exec('BEGIN IMMEDIATE; COMMIT')
    } catch (error) {
      this.#database.close()
      if (error instanceof Error && /locked/.test(error.message)) throw new DataFolderBusy(dataDir)
      throw error
    }
  }

  /** The collection of a name, made on first use. */
  collection<T>(name: string, options: CollectionOptions<T> = {}): Collection<T> {
    return new Collection<T>(this, name, options)
  }

  /** Runs statements that take and give nothing. */
  execute(sql: string): void {
    this.#database.exec(sql)
  }

  /** A prepared statement, the same one for the same text. */
  prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** A single value that outlives the process, or undefined. */
  read(name: string): string | undefined {
    const row = this.prepare('SELECT value FROM value WHERE name = ?').get(name)
    return typeof row?.['value'] === 'string' ? row['value'] : undefined
  }

  /** Keeps a single value. */
  write(name: string, value: string): void {
    this.prepare(
      'INSERT INTO value VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ).run(name, value)
  }

  /** The next number of a series that begins after `start` and never repeats. */
  next(series: string, start = 0): number {
    const value = Number(this.read(`series:${series}`) ?? start) + 1
    this.write(`series:${series}`, String(value))
    return value
  }

  /** Runs work so that all of it is kept or nothing; the work must not wait for anything. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.#database.exec('BEGIN IMMEDIATE')
    this.#depth++
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth--
    }
  }

  /** Closes the file. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}
