import { resolve } from 'node:path'
import type { Call, Command, ExitCode } from '../command.ts'
import { OWNER_ENVIRONMENT, ownerUrl } from '../owner.ts'
import { count, counted, mark, size } from '../screen.ts'
import { backUp } from './backup.ts'
import type { BackupTable } from './manifest.ts'

/** `gramkit backup` */
export const backupCommand: Command = {
  name: 'backup',
  summary: 'Copies the database into a folder, as of one instant.',
  argument: { name: 'folder', about: 'Where the copy goes; it must not exist yet.' },
  environment: OWNER_ENVIRONMENT,
  notes: [
    'Copies the schema gramkit and every other schema that gramkit migrated, while everybody works',
    'on. A backup that was stopped leaves a folder that ends in .partial, which no restore takes.',
  ],
  run: runBackup,
}

async function runBackup(call: Call): Promise<ExitCode> {
  const url = ownerUrl(call)
  const folder = resolve(call.argument ?? '')
  const startedAt = performance.now()
  call.tell(`Copying into ${folder} …`)
  const manifest = await backUp({
    ownerUrl: url,
    folder,
    onTable: (table) => tellTable(table, call),
  })
  call.say(`${mark('ok')} Backed up ${totals(manifest.tables)} in ${seconds(startedAt)}: ${folder}`)
  return 0
}

/** Tells of a table that was copied, unless it is empty. */
export function tellTable({ schema, name, rows, bytes }: BackupTable, call: Call): void {
  if (rows === 0) return
  call.tell(
    `  ${`${schema}.${name}`.padEnd(36)} ${count(rows).padStart(12)}  ${size(bytes).padStart(10)}`,
  )
}

/** What was copied altogether. */
export function totals(tables: readonly BackupTable[]): string {
  const sum = (of: (table: BackupTable) => number): number =>
    tables.reduce((total, table) => total + of(table), 0)
  const rows = counted(
    sum(({ rows }) => rows),
    'row',
  )
  return `${counted(tables.length, 'table')}, ${rows}, ${size(sum(({ bytes }) => bytes))}`
}

/** How long something took. */
export function seconds(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
}
