import pg from 'pg'
import type { Call, Environment } from './command.ts'
import { WrongUsage } from './failures.ts'

/** The variable of commands that work as the database's owner. */
export const OWNER_ENVIRONMENT: Readonly<Record<string, string>> = {
  GRAMKIT_OWNER_DATABASE_URL: 'PostgreSQL address of the role that owns the database.',
}

/** The variable of commands that work as the app's role does. */
export const APP_URL_ENVIRONMENT: Readonly<Record<string, string>> = {
  DATABASE_URL: "PostgreSQL address of the app's role.",
}

/** Reads the address of the app's role. */
export function appUrl({ env }: Pick<Call, 'env'>): string {
  return readUrl(env, 'DATABASE_URL', "the app's role")
}

/**
 * Reads the address of the database's owner.
 *
 * @throws {@link WrongUsage}
 */
export function ownerUrl({ env }: Pick<Call, 'env'>): string {
  return readUrl(env, 'GRAMKIT_OWNER_DATABASE_URL', 'the role that owns the database')
}

/** Reads the address of a role from a variable, which is never shown. */
function readUrl(env: Environment, variable: string, role: string): string {
  const url = env[variable]
  if (!url)
    throw new WrongUsage(`${variable} is missing; it should be the PostgreSQL address of ${role}.`)
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new WrongUsage(
      `${variable} is not a PostgreSQL address such as postgres://role:password@host/name.`,
    )
  }
  return url
}

/** Opens one connection without time limits, does the work and closes it. */
export async function withConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'gramkit-cli',
    connectionTimeoutMillis: 10_000,
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  })
  // A server that goes away shows in the query that waits for it.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
