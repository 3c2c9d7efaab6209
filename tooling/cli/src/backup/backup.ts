import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { MIGRATION_LOCK } from '@gramkit/core/database'
import core from '@gramkit/core/package.json' with { type: 'json' }
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { z } from 'zod'
import { CommandFailed } from '../failures.ts'
import { withConnection } from '../owner.ts'
import { BACKUP_FORMAT, type BackupTable, MANIFEST, type Manifest } from './manifest.ts'
import { measured } from './measured.ts'
import { copied, listTables, quoted, settleCopyFormat, type Table } from './tables.ts'

/** How a backup is made. */
export interface BackupOptions {
  /** PostgreSQL, as the role that owns the database. */
  readonly ownerUrl: string
  /** Must not exist yet. */
  readonly folder: string
  /** Hears of each table that was copied. */
  readonly onTable?: (table: BackupTable) => void
}

/** A migration lasts seconds; waiting longer means that something hangs. */
const LOCK_TIMEOUT_MS = 60_000

/**
 * Copies every schema that has a journal of migrations, as of one instant, while everybody works on.
 *
 * The folder gets its name when all is in it and on the disk; until then it is another one, without
 * a manifest, which no restore takes.
 *
 * @throws {@link CommandFailed}
 */
export async function backUp({ ownerUrl, folder, onTable }: BackupOptions): Promise<Manifest> {
  if (await isThere(folder)) {
    throw new CommandFailed(`${folder} is there already: a backup never replaces another.`)
  }
  const partial = `${folder}.${randomBytes(4).toString('hex')}.partial`
  await mkdir(partial, { recursive: true, mode: 0o700 })
  try {
    const manifest = await withConnection(ownerUrl, (client) => copyAll(client, partial, onTable))
    await writeManifest(partial, manifest)
    await rename(partial, folder)
    await sync(dirname(folder))
    return manifest
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function copyAll(
  client: pg.Client,
  folder: string,
  onTable: BackupOptions['onTable'],
): Promise<Manifest> {
  await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
  // Beside other backups, but not beside a migration: it would change the tables under the copy.
  await client.query('select pg_advisory_lock_shared($1)', [MIGRATION_LOCK])
  await client.query('begin isolation level repeatable read read only')
  await settleCopyFormat(client)
  const about = await readAbout(client)
  const schemas = await listSchemas(client)
  if (schemas.length === 0) {
    throw new CommandFailed('The database holds nothing of gramkit: no schema has migrations.')
  }
  const tables: BackupTable[] = []
  for (const table of await listTables(client, schemas)) {
    const copy = await copyTable(client, table, folder)
    tables.push(copy)
    onTable?.(copy)
  }
  const manifest: Manifest = {
    format: BACKUP_FORMAT,
    kit: core.version,
    ...about,
    migrations: await listMigrations(client, schemas),
    tables,
    // These follow no snapshot; read last they are never behind the rows that were copied.
    sequences: await listSequences(client, schemas),
  }
  await client.query('commit')
  return manifest
}

async function copyTable(client: pg.Client, table: Table, folder: string): Promise<BackupTable> {
  const file = `${table.schema}.${table.name}.copy.gz`
  const source = client.query(copyTo(`copy ${copied(table)} to stdout`))
  const counter = measured()
  const target = createWriteStream(join(folder, file), { mode: 0o600, flush: true })
  await pipeline(source, counter.stream, createGzip(), target)
  return { ...table, columns: [...table.columns], file, rows: source.rowCount, ...counter.result() }
}

async function readAbout(client: pg.Client): Promise<Pick<Manifest, 'server' | 'takenAt'>> {
  const { rows } = await client.query(
    `select split_part(current_setting('server_version'), ' ', 1) as server, now() as at`,
  )
  const [row] = z.tuple([z.object({ server: z.string(), at: z.date() })]).parse(rows)
  return { server: row.server, takenAt: row.at.toISOString() }
}

/** Schemas with a journal; core's first, as others refer to it. */
async function listSchemas(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'migration' and c.relkind = 'r'
       and array['hash', 'created_at']::name[] <@ array(
         select attname from pg_attribute where attrelid = c.oid and attnum > 0)
     order by n.nspname <> 'gramkit', n.nspname`,
  )
  return rows.map(({ schema }) => schema)
}

async function listMigrations(
  client: pg.Client,
  schemas: readonly string[],
): Promise<Manifest['migrations']> {
  const migrations: Manifest['migrations'] = []
  for (const schema of schemas) {
    const { rows } = await client.query<{ hash: string; at: string }>(
      `select hash, created_at as at from ${quoted({ schema, name: 'migration' })} order by created_at`,
    )
    migrations.push(...rows.map(({ hash, at }) => ({ schema, hash, writtenAt: Number(at) })))
  }
  return migrations
}

async function listSequences(
  client: pg.Client,
  schemas: readonly string[],
): Promise<Manifest['sequences']> {
  const { rows } = await client.query<Manifest['sequences'][number]>(
    `select schemaname as schema, sequencename as name, last_value::text as "lastValue"
     from pg_sequences where schemaname = any($1) and last_value is not null
     order by schemaname, sequencename`,
    [schemas],
  )
  return rows
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await sync(folder)
}

/** Makes the names in a folder survive a power cut. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
