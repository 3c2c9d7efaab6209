import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import {
  MIGRATION_LOCK,
  type Migration,
  type MigrationSet,
  readMigrationSet,
} from '@gramkit/core/database'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { z } from 'zod'
import { CommandFailed } from '../failures.ts'
import { withConnection } from '../owner.ts'
import { type BackupTable, type Manifest, readManifest, schemasOf } from './manifest.ts'
import { measured } from './measured.ts'
import { copied, listTables, quoted, settleCopyFormat } from './tables.ts'

/** How a backup is put back. */
export interface RestoreOptions {
  /** PostgreSQL, as the role that owns the database, which must be empty. */
  readonly ownerUrl: string
  readonly folder: string
  /** Where the tables come from: core's set and the app's. */
  readonly sets: readonly MigrationSet[]
  /** Hears of each table that was filled. */
  readonly onTable?: (table: BackupTable) => void
}

/**
 * Puts a backup into an empty database, all of it or nothing: the tables as their migrations make
 * them, the rows as they were copied, the sequences where they stood.
 *
 * @throws {@link CommandFailed}
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const manifest = await readManifest(options.folder)
  const migrations = knownMigrations(manifest, options.sets)
  await withConnection(options.ownerUrl, async (client) => {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await checkEmpty(client)
    for (const schema of schemasOf(manifest)) await createSchema(client, schema)
    for (const { statements } of migrations) {
      for (const statement of statements) await client.query(statement)
    }
    await settleCopyFormat(client)
    await fill(client, options, manifest)
    await client.query('commit')
    // Nothing is known of the new rows yet, and the first queries would be planned badly.
    await client.query('analyze')
  })
  return manifest
}

/** The migrations of a backup out of the sets that are at hand. */
function knownMigrations(manifest: Manifest, sets: readonly MigrationSet[]): Migration[] {
  const known = new Map(sets.map((set) => [set.schema, readMigrationSet(set)]))
  return manifest.migrations.map(({ schema, hash, writtenAt }, index) => {
    const set = known.get(schema)
    if (!set) {
      throw new CommandFailed(
        `The backup holds the schema ${schema}, whose migrations are not here: name its app with --app.`,
      )
    }
    const earlier = manifest.migrations.slice(0, index).filter((one) => one.schema === schema)
    const found = set[earlier.length]
    if (found?.hash !== hash || found.writtenAt !== writtenAt) {
      throw new CommandFailed(
        `This version does not know a migration of ${schema} that the backup has (number ` +
          `${earlier.length + 1}, of ${new Date(writtenAt).toISOString()}): restore with version ` +
          `${manifest.kit} or newer.`,
      )
    }
    return found
  })
}

async function checkEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p')
     order by 1 limit 3`,
  )
  if (rows.length === 0) return
  throw new CommandFailed(
    `The database is not empty (it has ${rows.map(({ name }) => name).join(', ')} …). ` +
      'Restore into a new one: a restore never replaces data.',
  )
}

/** The schema and its journal, as the migrator makes them. */
async function createSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`)
  await client.query(
    `create table ${quoted({ schema, name: 'migration' })}
       (id serial primary key, hash text not null, created_at bigint)`,
  )
}

async function fill(
  client: pg.Client,
  { folder, onTable }: RestoreOptions,
  manifest: Manifest,
): Promise<void> {
  await checkTables(client, manifest)
  const names = manifest.tables.map(quoted)
  const references = await takeReferences(client, schemasOf(manifest))
  // The rows are the history, triggers and all; nothing of it may happen a second time.
  for (const name of names) await client.query(`alter table ${name} disable trigger user`)
  // Rows that a migration wrote are among those of the backup.
  if (names.length > 0) await client.query(`truncate ${names.join(', ')}`)
  for (const table of manifest.tables) {
    await fillTable(client, table, folder)
    onTable?.(table)
  }
  for (const { schema, name, lastValue } of manifest.sequences) {
    await client.query('select setval($1, $2)', [quoted({ schema, name }), lastValue])
  }
  for (const name of names) await client.query(`alter table ${name} enable trigger user`)
  for (const statement of references) await client.query(statement)
}

/** The tables of the migrations and those of the backup are the same, column by column. */
async function checkTables(client: pg.Client, manifest: Manifest): Promise<void> {
  const there = (await listTables(client, schemasOf(manifest))).map(copied)
  const inBackup = manifest.tables.map(copied)
  const odd = [
    ...there.filter((table) => !inBackup.includes(table)),
    ...inBackup.filter((table) => !there.includes(table)),
  ]
  if (odd.length > 0) {
    throw new CommandFailed(`The tables of the backup are not those of its migrations: ${odd[0]}.`)
  }
}

/**
 * Takes foreign keys away and gives the statements that bring them back, checked over all rows at
 * once: row by row they cost most of the time, and would need an order among the tables.
 */
async function takeReferences(client: pg.Client, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query(
    `select n.nspname as schema, c.relname as name, k.conname as key,
            pg_get_constraintdef(k.oid) as definition
     from pg_constraint k
     join pg_class c on c.oid = k.conrelid
     join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and n.nspname = any($1) order by k.oid`,
    [schemas],
  )
  const found = z
    .array(
      z.object({ schema: z.string(), name: z.string(), key: z.string(), definition: z.string() }),
    )
    .parse(rows)
  const again: string[] = []
  for (const { schema, name, key, definition } of found) {
    const table = quoted({ schema, name })
    const constraint = pg.escapeIdentifier(key)
    await client.query(`alter table ${table} drop constraint ${constraint}`)
    again.push(`alter table ${table} add constraint ${constraint} ${definition}`)
  }
  return again
}

async function fillTable(client: pg.Client, table: BackupTable, folder: string): Promise<void> {
  const path = join(folder, table.file)
  const counter = measured()
  const target = client.query(copyFrom(`copy ${copied(table)} from stdin`))
  try {
    await pipeline(createReadStream(path), createGunzip(), counter.stream, target)
  } catch (error) {
    throw new CommandFailed(`${path} cannot be read: ${String(error)}`, { cause: error })
  }
  const { bytes, sha256 } = counter.result()
  if (bytes === table.bytes && sha256 === table.sha256 && target.rowCount === table.rows) return
  throw new CommandFailed(
    `${path} is not what was backed up: ${target.rowCount} rows in ${bytes} bytes with the ` +
      `checksum ${sha256.slice(0, 12)}…, not ${table.rows} in ${table.bytes} with ${table.sha256.slice(0, 12)}….`,
  )
}
