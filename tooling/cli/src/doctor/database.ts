import { type MigrationSet, readMigrationStates } from '@gramkit/core/database'
import type pg from 'pg'
import { type Finding, ok, problem, warning } from '../findings.ts'
import { withConnection } from '../owner.ts'
import { counted } from '../screen.ts'

const VERSION_MIN = 15
const SEE_ROLES = 'give the app a role that owns nothing: docs/how-to/go-live.md'

/** Looks at the server, at the rights of the app's role and at the rules of the tables. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  return withConnection(url, async (client) => {
    const version = await checkVersion(client)
    const { rows } = await client.query<{ isThere: boolean }>(
      `select to_regclass('gramkit.balance_transfer') is not null as "isThere"`,
    )
    if (rows[0]?.isThere !== true) {
      return [version, problem('The database has no tables of gramkit', 'run gramkit migrate')]
    }
    return [
      version,
      ...(await checkRole(client)),
      ...(await checkRules(client)),
      ...(await checkTenants(client)),
    ]
  })
}

/** Compares the migrations of the database with those of the program. */
export async function checkMigrations(
  ownerUrl: string | undefined,
  sets: readonly MigrationSet[],
): Promise<Finding[]> {
  if (!ownerUrl) {
    return [
      warning(
        'Migrations were not looked at: only the owner may',
        'set GRAMKIT_OWNER_DATABASE_URL for this command',
      ),
    ]
  }
  const states = await readMigrationStates(ownerUrl, sets)
  const named = (state: string): string =>
    states.flatMap((one) => (one.state === state ? [`${one.schema} ${one.name}`] : [])).join(', ')
  const [pending, unknown] = [named('pending'), named('unknown')]
  return [
    ...(pending ? [problem(`Migrations are pending: ${pending}`, 'run gramkit migrate')] : []),
    ...(unknown
      ? [
          problem(
            `The database is newer than this program: it has ${unknown}`,
            'start the newer version',
          ),
        ]
      : []),
    ...(pending || unknown ? [] : [ok(`No migration is pending: ${states.length} are applied`)]),
  ]
}

async function checkVersion(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<{ version: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  )
  const version = rows[0]?.version ?? ''
  return Number.parseInt(version, 10) >= VERSION_MIN
    ? ok(`PostgreSQL ${version} answers`)
    : problem(`PostgreSQL is ${version}`, `use ${VERSION_MIN} or newer`)
}

async function checkRole(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; isAlmighty: boolean; owned: number }>(
    `select rolname as name, rolsuper or rolbypassrls or rolcreaterole as "isAlmighty",
            (select count(*)::int from pg_class where relowner = r.oid and relkind in ('r', 'p')) as owned
     from pg_roles r where rolname = current_user`,
  )
  const [role] = rows
  if (!role) return []
  if (role.isAlmighty) {
    return [
      problem(`The role ${role.name} may do anything: nothing protects the ledger`, SEE_ROLES),
    ]
  }
  if (role.owned > 0) {
    return [problem(`The role ${role.name} owns ${counted(role.owned, 'table')}`, SEE_ROLES)]
  }
  const changeable = await listChangeable(client)
  return changeable.length > 0
    ? [
        problem(
          `The role ${role.name} may change what is never changed: ${changeable.join(', ')}`,
          'revoke UPDATE, DELETE and TRUNCATE there, as the migrations do',
        ),
      ]
    : [ok(`The role ${role.name} owns nothing and cannot rewrite the ledger`)]
}

/** Append-only tables, and the balances, that the role has the right to change. */
async function listChangeable(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select t.name::text from (
       select distinct tgrelid::regclass as name from pg_trigger
       join pg_proc p on p.oid = tgfoid
       where p.proname = 'refuse_change' and p.pronamespace = 'gramkit'::regnamespace
         -- Of changed (16) or deleted (8) rows; some tables are only kept from being emptied.
         and tgtype & 24 <> 0
       union select 'gramkit.balance_account'::regclass
     ) t
     where has_any_column_privilege(t.name, 'UPDATE') or has_table_privilege(t.name, 'DELETE')
        or has_table_privilege(t.name, 'TRUNCATE')
     order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** A trigger that was switched off for some repair and forgotten. */
async function checkRules(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; isOn: boolean }>(
    `select tgrelid::regclass || ' ' || tgname as name, tgenabled <> 'D' as "isOn"
     from pg_trigger join pg_class c on c.oid = tgrelid
     where not tgisinternal and c.relnamespace = 'gramkit'::regnamespace order by 1`,
  )
  const off = rows.filter(({ isOn }) => !isOn).map(({ name }) => name)
  return off.length > 0
    ? [
        problem(
          `Rules are switched off: ${off.join(', ')}`,
          'ALTER TABLE … ENABLE TRIGGER, as owner',
        ),
      ]
    : [ok(`${counted(rows.length, 'rule')} of the tables are on`)]
}

/** A table of tenants whose row-level security was switched off, or lost its policy in a restore by hand. */
async function checkTenants(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; isOn: boolean }>(
    `select c.oid::regclass::text as name,
            c.relrowsecurity and exists (select from pg_policy where polrelid = c.oid) as "isOn"
     from pg_class c where c.relnamespace = 'gramkit'::regnamespace and c.relkind in ('r', 'p')
       and (c.relname like 'billing\\_%' or c.relname in ('audit_entry', 'audit_seal', 'audit_unsealed'))
     order by 1`,
  )
  const open = rows.filter(({ isOn }) => !isOn).map(({ name }) => name)
  return open.length > 0
    ? [
        problem(
          `Tenants are not kept apart in ${open.join(', ')}`,
          'ALTER TABLE … ENABLE ROW LEVEL SECURITY, as owner, and the policy of 0001_rules.sql',
        ),
      ]
    : [ok(`Tenants are kept apart in ${counted(rows.length, 'table')}`)]
}
