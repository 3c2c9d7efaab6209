import pg from 'pg'

/** Names of the roles that gramkit knows; the first two log in, the third is a group. */
export const ROLES = {
  owner: 'gramkit_owner',
  app: 'gramkit_app_login',
  appGroup: 'gramkit_app',
} as const

/** Passwords of the roles that log in. */
export interface RolePasswords {
  readonly superuser: string
  readonly owner: string
  readonly app: string
}

/**
 * Creates the roles of a cluster, or brings them back to what they should be.
 *
 * The owner migrates and owns the databases. The application logs in as a member of the group role
 * that migrations grant rights to; it owns nothing and no policy lets it pass.
 */
export async function ensureRoles(
  adminUrl: string,
  passwords: Pick<RolePasswords, 'owner' | 'app'>,
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    // Two at once would fail with "tuple concurrently updated"; the lock ends with the connection.
    await client.query('select pg_advisory_lock(7362512)')
    const found = await client.query<{ rolname: string }>(
      'select rolname from pg_roles where rolname = any($1)',
      [Object.values(ROLES)],
    )
    const existing = new Set(found.rows.map((row) => row.rolname))
    const put = (role: string, attributes: string): Promise<unknown> =>
      client.query(`${existing.has(role) ? 'alter' : 'create'} role ${role} ${attributes}`)
    const guarded = 'nosuperuser nobypassrls noreplication'
    await put(ROLES.appGroup, `nologin nocreatedb nocreaterole ${guarded}`)
    await put(
      ROLES.owner,
      `login createdb createrole ${guarded} password ${pg.escapeLiteral(passwords.owner)}`,
    )
    await put(
      ROLES.app,
      `login inherit nocreatedb nocreaterole ${guarded} password ${pg.escapeLiteral(passwords.app)}`,
    )
    await client.query(`grant ${ROLES.appGroup} to ${ROLES.app}`)
    await client.query(`grant ${ROLES.appGroup} to ${ROLES.owner} with admin option`)
  })
}

/** Creates a database that the owner role owns. */
export async function createOwnedDatabase(
  adminUrl: string,
  name: string,
  options: { readonly template?: string; readonly owner?: string } = {},
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const template = options.template ?? 'template0'
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)} ` +
        `owner ${pg.escapeIdentifier(options.owner ?? ROLES.owner)}`,
    )
  })
}

/** Opens one connection, does the work and closes it. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'gramkit-services' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
