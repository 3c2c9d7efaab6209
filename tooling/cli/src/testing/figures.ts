import pg from 'pg'

/** Everything a database holds and how it is held, by name; equal figures are equal databases. */
export type Figures = Record<string, unknown>

/** Opens one connection for one question. */
export async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Counts and hashes the rows of every table, and lists constraints, triggers, rights and sequences. */
export async function figuresOf(url: string, schemas: readonly string[]): Promise<Figures> {
  const names = `(${schemas.map((schema) => `'${schema}'`).join(', ')})`
  const tables = await ask(
    url,
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ${names} order by 1`,
  )
  const rows = tables.map(
    ({ name }) => `select '${name}' as name, count(*)::int as rows,
      md5(string_agg(t::text, chr(10) order by t::text)) as hash from ${name} t`,
  )
  return {
    tables: await ask(url, `${rows.join(' union all ')} order by 1`),
    constraints: await ask(
      url,
      `select conrelid::regclass::text as "table", conname, convalidated, pg_get_constraintdef(oid) as is
       from pg_constraint where connamespace::regnamespace::text in ${names} order by 1, 2`,
    ),
    triggers: await ask(
      url,
      `select tgrelid::regclass::text as "table", tgname, tgenabled, pg_get_triggerdef(oid) as is
       from pg_trigger where not tgisinternal and tgrelid::regclass::text ~ '^(${schemas.join('|')})[.]'
       order by 1, 2`,
    ),
    rights: await ask(
      url,
      `select oid::regclass::text as name, relacl::text from pg_class
       where relnamespace::regnamespace::text in ${names} and relkind in ('r', 'S') order by 1`,
    ),
    sequences: await ask(
      url,
      `select schemaname, sequencename, last_value from pg_sequences where schemaname in ${names} order by 1, 2`,
    ),
  }
}
