import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { poll } from '../deadline.ts'
import { DataFolderInUse, DataFolderUnusable, DataFolderVersionMismatch } from '../errors.ts'
import { signalIfThere } from '../signal.ts'

/** A process, told apart from a later one with the same number by the time it began. */
interface ProcessMark {
  readonly pid: number
  readonly startedAt: string
}

const OWNER_FILE = 'gramkit-owner.json'
const STOP_TIMEOUT_MS = 30_000

/** Says whether the folder holds a cluster, and refuses one that this version cannot use. */
export function inspectDataFolder(dataDir: string, version: number): 'empty' | 'cluster' {
  if (!existsSync(dataDir) || readdirSync(dataDir).length === 0) return 'empty'
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    throw new DataFolderUnusable({
      dataDir,
      reason: 'it is neither empty nor a PostgreSQL cluster',
    })
  }
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim()
  if (found !== String(version)) {
    throw new DataFolderVersionMismatch({ dataDir, found, wanted: version })
  }
  return 'cluster'
}

/**
 * Makes the folder ours: refuses while the program that started its server lives, ends a server
 * that was left behind by one that was killed, and survives the pid file of a dead one.
 */
export async function claimDataFolder(dataDir: string): Promise<void> {
  const owner = readOwner(dataDir)
  const server = postmasterPid(dataDir)
  if (owner !== undefined && isSameProcess(owner)) {
    const isIdle = owner.pid === process.pid && server === undefined
    if (!isIdle) throw new DataFolderInUse({ dataDir, pid: owner.pid })
  }
  if (server !== undefined) {
    if (owner === undefined) throw new DataFolderInUse({ dataDir, pid: server })
    await endServer(dataDir, server)
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true })
  mkdirSync(dataDir, { recursive: true })
  const mark: ProcessMark = { pid: process.pid, startedAt: startTime(process.pid) ?? '' }
  writeFileSync(join(dataDir, OWNER_FILE), JSON.stringify(mark))
}

/** Gives the folder back after its server has ended. */
export function releaseDataFolder(dataDir: string): void {
  rmSync(join(dataDir, OWNER_FILE), { force: true })
}

/** The pid of the PostgreSQL that runs on this folder; undefined when none does. */
export function postmasterPid(dataDir: string): number | undefined {
  const lines = readIfThere(join(dataDir, 'postmaster.pid'))?.split('\n')
  const pid = Number(lines?.[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  const commandLine = readIfThere(`/proc/${pid}/cmdline`)
  // Without /proc (macOS) a living process of that number is taken for the server.
  if (commandLine === undefined) return pid
  return commandLine.split('\0').includes(dataDir) ? pid : undefined
}

async function endServer(dataDir: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isAlive(pid)) return
    signalIfThere(pid, signal)
    const ended = await poll(() => (isAlive(pid) ? undefined : true), {
      timeoutMs: STOP_TIMEOUT_MS,
    })
    if (ended === true) return
  }
  throw new DataFolderInUse({ dataDir, pid })
}

function readOwner(dataDir: string): ProcessMark | undefined {
  const text = readIfThere(join(dataDir, OWNER_FILE))
  if (text === undefined) return undefined
  try {
    const { pid, startedAt } = JSON.parse(text)
    return { pid: Number(pid), startedAt: String(startedAt) }
  } catch {
    return { pid: 0, startedAt: '' }
  }
}

function isSameProcess(mark: ProcessMark): boolean {
  return mark.pid > 0 && isAlive(mark.pid) && (startTime(mark.pid) ?? '') === mark.startedAt
}

function isAlive(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat !== undefined) return !['Z', 'X'].includes(statFields(stat)[0] ?? 'X')
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function startTime(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`)
  return stat === undefined ? undefined : statFields(stat)[19]
}

/** Fields of /proc/PID/stat after the program's name, which may itself hold blanks. */
function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
