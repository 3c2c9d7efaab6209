import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ServiceError } from '../errors.ts'
import { findProgram } from '../programs.ts'

/** Who runs PostgreSQL: PostgreSQL itself refuses to run as root. */
export interface Account {
  /** Gives a file or folder to the account. */
  own(path: string): void
  /** Turns a command line into one that runs as the account. */
  wrap(command: readonly string[]): readonly string[]
  /** The same by options of `spawn`, when that is enough. */
  readonly spawnIds: { uid?: number; gid?: number }
}

/**
 * Chooses the account: ourselves, or, when we are root, the owner of the data folder or `postgres`.
 *
 * A clone under /root (mode 700) is closed to any other account, so there the server keeps one
 * capability, to pass folders that others may not enter.
 */
export function chooseAccount(paths: {
  readonly dataDir: string
  readonly binary: string
}): Account {
  if (process.getuid?.() !== 0) {
    return { own: () => {}, wrap: (command) => command, spawnIds: {} }
  }
  const { uid, gid } = ownerOf(paths.dataDir) ?? findUser('postgres') ?? createPostgresUser()
  const own = (path: string): void => chownSync(path, uid, gid)
  if (isOpen(dirname(paths.dataDir)) && isOpen(paths.binary)) {
    return { own, wrap: (command) => command, spawnIds: { uid, gid } }
  }
  const setpriv = findProgram('setpriv')
  if (setpriv === undefined) {
    throw new ServiceError(
      'services.folder_closed',
      `PostgreSQL cannot run as root, and the account "postgres" may not enter ${dirname(paths.dataDir)}. ` +
        'Move the project to a folder that others may enter, or run it as an ordinary user.',
    )
  }
  return {
    own,
    spawnIds: {},
    wrap: (command) => [
      setpriv,
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      // access(2) asks without capabilities otherwise, and PostgreSQL asks before it reads.
      '--securebits=+no_setuid_fixup',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--',
      ...command,
    ],
  }
}

interface Ids {
  readonly uid: number
  readonly gid: number
}

function ownerOf(path: string): Ids | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined || stat.uid === 0 ? undefined : { uid: stat.uid, gid: stat.gid }
}

function findUser(name: string): Ids | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':')
    if (user === name) return { uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

function createPostgresUser(): Ids {
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ids = findUser('postgres')
  if (ids === undefined) {
    throw new ServiceError('services.no_account', 'The account "postgres" could not be created.')
  }
  return ids
}

/** True when any account may enter every folder on the way to the path. */
function isOpen(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  const isPassable = stat === undefined || (stat.mode & 0o001) !== 0
  if (!isPassable) return false
  const parent = dirname(path)
  return parent === path || isOpen(parent)
}
