import pg from 'pg'
import { z } from 'zod'

/** A table and the columns whose values are its own, in their order. */
export interface Table {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

/** Settings under which texts of COPY mean the same wherever they are read. */
const COPY_SETTINGS = `
  set local client_encoding = 'UTF8'; set local datestyle = 'ISO, YMD'; set local timezone = 'UTC';
  set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex';
  set local extra_float_digits = 1; set local row_security = off; set local search_path = pg_catalog`

/** Makes the open transaction read and write COPY in one way only. */
export async function settleCopyFormat(client: pg.Client): Promise<void> {
  await client.query(COPY_SETTINGS)
}

/** The tables of schemas, in name order. */
export async function listTables(client: pg.Client, schemas: readonly string[]): Promise<Table[]> {
  const { rows } = await client.query(
    `select n.nspname as schema, c.relname as name,
            array(select a.attname::text from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0
                    and not a.attisdropped and a.attgenerated = ''
                  order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'r'
     order by array_position($1, n.nspname::text), c.relname`,
    [schemas],
  )
  return z
    .array(z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()) }))
    .parse(rows)
}

/** A name as SQL wants it. */
export function quoted({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
}

/** The middle of a COPY statement: the table and its columns, by name. */
export function copied(table: Table): string {
  return `${quoted(table)} (${table.columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`
}
