import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { poll } from '../deadline.ts'
import { PostgresDidNotStart } from '../errors.ts'
import { type GuardedProcess, startGuarded } from '../guarded-process.ts'
import { freePort } from '../port.ts'
import { signalIfThere } from '../signal.ts'
import { chooseAccount } from './account.ts'
import { type PostgresVersion, postgresBinaries } from './binaries.ts'
import {
  claimDataFolder,
  inspectDataFolder,
  postmasterPid,
  releaseDataFolder,
} from './data-folder.ts'
import { initialiseDataFolder, readPasswords } from './initialise.ts'
import { createOwnedDatabase, ensureRoles, ROLES, type RolePasswords, withClient } from './roles.ts'

/** How a PostgreSQL cluster is started. */
export interface StartPostgresOptions {
  /** Folder of the cluster. [a temporary one, removed by `stop`] */
  readonly dataDir?: string
  /** Major version. [18] */
  readonly version?: PostgresVersion
  /** TCP port on 127.0.0.1. [a free one] */
  readonly port?: number
  /** Data that must survive a power cut, with generated passwords. [false: fast, for tests] */
  readonly persistent?: boolean
  /** Hears each line of the server's log. */
  readonly log?: (line: string) => void
}

/** A running PostgreSQL, with the roles of gramkit in it. */
export interface PostgresCluster extends AsyncDisposable {
  readonly version: PostgresVersion
  readonly port: number
  readonly dataDir: string
  /** Process id of the postmaster, for tests that kill it. */
  readonly pid: number
  /** The superuser on the database `postgres`. */
  readonly adminUrl: string
  /** Address of a database for a role. [superuser] */
  url(database: string, role?: 'superuser' | 'owner' | 'app'): string
  /** Address for migrations: `gramkit_owner`. */
  ownerUrl(database: string): string
  /** Address for the application: `gramkit_app_login`. */
  appUrl(database: string): string
  /** Creates a database owned by `gramkit_owner`. */
  createDatabase(
    name: string,
    options?: { readonly template?: string; readonly owner?: string },
  ): Promise<void>
  hasDatabase(name: string): Promise<boolean>
  /** Resolves with the reason when the server ends, asked to or not. */
  readonly ended: Promise<string>
  /** Ends the server in order: open transactions are rolled back, data is on disk. */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const PORT_ATTEMPTS_MAX = 5
const LOG_LINES_MAX = 30

/**
 * Starts PostgreSQL on 127.0.0.1 and returns when it accepts connections.
 *
 * The server ends with this process, also after SIGKILL. As root it runs as the account `postgres`.
 *
 * @throws DataFolderVersionMismatch, DataFolderInUse, DataFolderUnusable, PostgresDidNotStart
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresCluster> {
  const version = options.version ?? 18
  const persistent = options.persistent ?? false
  const dataDir = resolve(
    options.dataDir ?? join(tmpdir(), `gramkit-pg${version}-${randomBytes(6).toString('hex')}`),
  )
  const binaries = postgresBinaries(version)
  const account = chooseAccount({ dataDir, binary: binaries.postgres })
  if (inspectDataFolder(dataDir, version) === 'empty') {
    await initialiseDataFolder({ dataDir, initdb: binaries.initdb, account, persistent })
  }
  await claimDataFolder(dataDir)
  const passwords = readPasswords(dataDir, persistent)

  const start = async (port: number): Promise<{ server: GuardedProcess; port: number }> => {
    const recent: string[] = []
    const server = startGuarded(binaries.postgres, serverArguments(dataDir, port, persistent), {
      cwd: dataDir,
      env: { ...process.env, LC_ALL: 'C' },
      account,
      onLine: (line) => {
        recent.push(line)
        if (recent.length > LOG_LINES_MAX) recent.shift()
        options.log?.(line)
      },
    })
    const failure = await untilReady(server, urlOf(port, 'postgres', 'superuser', passwords))
    if (failure === undefined) return { server, port }
    server.release()
    await server.ended
    throw new PostgresDidNotStart({ reason: failure, log: recent.join('\n') })
  }

  let started: { server: GuardedProcess; port: number } | undefined
  try {
    for (let attempt = 1; started === undefined; attempt++) {
      try {
        started = await start(options.port ?? (await freePort()))
      } catch (error) {
        const isTaken = error instanceof PostgresDidNotStart && error.message.includes('in use')
        if (!isTaken || options.port !== undefined || attempt === PORT_ATTEMPTS_MAX) throw error
      }
    }
    await ensureRoles(urlOf(started.port, 'postgres', 'superuser', passwords), passwords)
  } catch (error) {
    started?.server.release()
    await started?.server.ended
    releaseDataFolder(dataDir)
    throw error
  }

  const { server, port } = started
  const url: PostgresCluster['url'] = (database, role = 'superuser') =>
    urlOf(port, database, role, passwords)
  const adminUrl = url('postgres')
  const stop = async (): Promise<void> => {
    server.release()
    const inTime = await Promise.race([
      server.ended,
      poll(() => (server.isRunning() ? undefined : true), { timeoutMs: STOP_TIMEOUT_MS }),
    ])
    const pid = inTime === undefined ? postmasterPid(dataDir) : undefined
    if (pid !== undefined) signalIfThere(pid, 'SIGQUIT')
    await server.ended
    releaseDataFolder(dataDir)
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  return {
    version,
    port,
    dataDir,
    pid: postmasterPid(dataDir) ?? 0,
    adminUrl,
    url,
    ownerUrl: (database) => url(database, 'owner'),
    appUrl: (database) => url(database, 'app'),
    createDatabase: (name, how) => createOwnedDatabase(adminUrl, name, how),
    hasDatabase: (name) =>
      withClient(adminUrl, async (client) => {
        const found = await client.query('select from pg_database where datname = $1', [name])
        return found.rowCount === 1
      }),
    ended: server.ended,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function serverArguments(dataDir: string, port: number, persistent: boolean): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(persistent ? {} : { fsync: 'off', full_page_writes: 'off', wal_level: 'minimal' }),
    // Tests provoke errors on purpose; the server's own log would only repeat them.
    ...(persistent ? {} : { max_wal_senders: 0, log_min_messages: 'log' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', dataDir, ...flags]
}

function urlOf(
  port: number,
  database: string,
  role: 'superuser' | 'owner' | 'app',
  passwords: RolePasswords,
): string {
  const user = role === 'superuser' ? 'postgres' : ROLES[role]
  const url = new URL(`postgresql://127.0.0.1:${port}/${encodeURIComponent(database)}`)
  url.username = user
  url.password = passwords[role]
  return url.href
}

/** Waits until the server answers; returns why it never will otherwise. */
async function untilReady(server: GuardedProcess, adminUrl: string): Promise<string | undefined> {
  const answer = await poll(
    async () => {
      if (!server.isRunning()) return await server.ended
      try {
        await withClient(adminUrl, (client) => client.query('select 1'))
        return 'ready'
      } catch {
        return undefined
      }
    },
    { timeoutMs: START_TIMEOUT_MS, everyMs: 50 },
  )
  if (answer === undefined) return `no answer within ${START_TIMEOUT_MS / 1000} s`
  return answer === 'ready' && server.isRunning() ? undefined : answer
}
