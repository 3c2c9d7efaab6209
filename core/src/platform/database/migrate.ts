import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyFolder } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { z } from 'zod'

/** One set of migrations: core's own, or an app's. */
export interface MigrationSet {
  /** PostgreSQL schema that holds the set's tables and its journal. */
  readonly schema: string
  /** Folder that drizzle-kit wrote. */
  readonly folder: string
}

/** One migration of a set, as its files say. */
export interface Migration {
  readonly schema: string
  readonly name: string
  /** When it was written, in milliseconds since 1970; the journal knows it by this. */
  readonly writtenAt: number
  /** SHA-256 of its file. */
  readonly hash: string
  readonly statements: readonly string[]
}

/** What a database says about a migration; `unknown` is one that the files do not have. */
export interface MigrationState extends Pick<Migration, 'schema' | 'name'> {
  readonly state: 'applied' | 'pending' | 'unknown'
}

/** Where core's own migrations are, in the source tree and in the published package alike. */
export const CORE_MIGRATIONS: MigrationSet = {
  schema: 'gramkit',
  folder: fileURLToPath(new URL('../../../migrations', import.meta.url)),
}

/** Advisory lock of whoever changes the tables. Any fixed number: all must ask for the same. */
export const MIGRATION_LOCK = 7_362_511

/**
 * Brings a database up to date, one set after another, and gives what it applied; safe to run from
 * many processes at once.
 *
 * Must run as the owner of the database. drizzle's migrator takes no lock of its own (three at
 * once fail), so an advisory lock on a connection of its own stands around it.
 */
export async function migrate(
  ownerUrl: string,
  sets: readonly MigrationSet[],
): Promise<MigrationState[]> {
  return withOwner(ownerUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const before = await readStates(client, sets)
    for (const set of sets) {
      await applyFolder(drizzle(client), {
        migrationsFolder: set.folder,
        migrationsSchema: set.schema,
        migrationsTable: 'migration',
      })
    }
    const pending = before.filter(({ state }) => state === 'pending')
    return pending.map((migration) => ({ ...migration, state: 'applied' }))
  })
}

/** Tells of each migration whether a database has it, as the database's owner. */
export async function readMigrationStates(
  ownerUrl: string,
  sets: readonly MigrationSet[],
): Promise<MigrationState[]> {
  return withOwner(ownerUrl, (client) => readStates(client, sets))
}

const namesSchema = z.object({ entries: z.array(z.object({ tag: z.string() })) })

/** Reads the migrations of a set from its folder, in their order. */
export function readMigrationSet({ schema, folder }: MigrationSet): Migration[] {
  const journal = readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')
  const { entries } = namesSchema.parse(JSON.parse(journal))
  return readMigrationFiles({ migrationsFolder: folder }).map((file, index) => ({
    schema,
    name: entries[index]?.tag ?? String(file.folderMillis),
    writtenAt: file.folderMillis,
    hash: file.hash,
    statements: file.sql,
  }))
}

async function readStates(
  client: pg.Client,
  sets: readonly MigrationSet[],
): Promise<MigrationState[]> {
  const states: MigrationState[] = []
  for (const set of sets) {
    const applied = await readJournal(client, set.schema)
    const migrations = readMigrationSet(set)
    const known = new Set(migrations.map(({ writtenAt }) => writtenAt))
    states.push(
      ...migrations.map(({ schema, name, writtenAt }) => ({
        schema,
        name,
        state: applied.includes(writtenAt) ? ('applied' as const) : ('pending' as const),
      })),
      ...applied
        .filter((writtenAt) => !known.has(writtenAt))
        .map((writtenAt) => ({
          schema: set.schema,
          name: new Date(writtenAt).toISOString(),
          state: 'unknown' as const,
        })),
    )
  }
  return states
}

async function readJournal(client: pg.Client, schema: string): Promise<number[]> {
  const journal = `${pg.escapeIdentifier(schema)}.migration`
  const found = await client.query('select to_regclass($1) is not null as "isThere"', [journal])
  if (found.rows[0]?.isThere !== true) return []
  const { rows } = await client.query<{ at: string }>(
    `select created_at as at from ${journal} order by created_at`,
  )
  return rows.map(({ at }) => Number(at))
}

async function withOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'gramkit-migrate' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
