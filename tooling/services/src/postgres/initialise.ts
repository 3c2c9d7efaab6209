import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DataFolderUnusable, PostgresDidNotStart } from '../errors.ts'
import type { Account } from './account.ts'
import type { RolePasswords } from './roles.ts'

const PASSWORDS_FILE = 'gramkit-passwords.json'
const TEST_PASSWORDS: RolePasswords = { superuser: 'test', owner: 'test', app: 'test' }

/**
 * Makes a cluster: beside its place first, then by one rename, so that a killed first start leaves
 * nothing that looks like a cluster.
 */
export async function initialiseDataFolder(options: {
  readonly dataDir: string
  readonly initdb: string
  readonly account: Account
  readonly persistent: boolean
}): Promise<void> {
  const { dataDir, account, persistent } = options
  const folder = `${dataDir}.new`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(dataDir), { recursive: true })
  mkdirSync(folder, { mode: 0o700 })
  const passwords = persistent ? generatePasswords() : TEST_PASSWORDS
  const passwordFile = `${folder}.password`
  writeFileSync(passwordFile, `${passwords.superuser}\n`, { mode: 0o600 })
  account.own(folder)
  account.own(passwordFile)
  try {
    await runInitdb(options.initdb, account, folder, [
      `--pgdata=${folder}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      `--auth=${persistent ? 'scram-sha-256' : 'trust'}`,
      '--encoding=UTF8',
      '--locale=C',
      ...(persistent ? [] : ['--no-sync']),
    ])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  if (persistent) {
    const file = join(folder, PASSWORDS_FILE)
    writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 })
    account.own(file)
  }
  chmodSync(folder, 0o700)
  renameSync(folder, dataDir)
}

/** Reads the passwords that a cluster was made with. */
export function readPasswords(dataDir: string, persistent: boolean): RolePasswords {
  if (!persistent) return TEST_PASSWORDS
  try {
    const { superuser, owner, app } = JSON.parse(
      readFileSync(join(dataDir, PASSWORDS_FILE), 'utf8'),
    )
    return { superuser: String(superuser), owner: String(owner), app: String(app) }
  } catch (cause) {
    const reason = `its ${PASSWORDS_FILE} cannot be read (${String(cause)})`
    throw new DataFolderUnusable({ dataDir, reason })
  }
}

function generatePasswords(): RolePasswords {
  const password = (): string => randomBytes(24).toString('base64url')
  return { superuser: password(), owner: password(), app: password() }
}

function runInitdb(
  initdb: string,
  account: Account,
  cwd: string,
  args: readonly string[],
): Promise<void> {
  const [command = initdb, ...rest] = account.wrap([initdb, ...args])
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      cwd,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...account.spawnIds,
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        log += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new PostgresDidNotStart({ reason: `initdb ended with ${code}`, log }))
    })
  })
}
