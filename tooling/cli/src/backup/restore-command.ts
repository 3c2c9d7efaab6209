import { resolve } from 'node:path'
import { migrationSets } from '../app.ts'
import { APP_IF_ANY_OPTION, type Call, type Command, type ExitCode } from '../command.ts'
import { openCore } from '../core.ts'
import { countOf, findingLines } from '../findings.ts'
import { OWNER_ENVIRONMENT, ownerUrl } from '../owner.ts'
import { mark } from '../screen.ts'
import { verifyBooks } from '../verify-books.ts'
import { seconds, tellTable, totals } from './backup-command.ts'
import { restore } from './restore.ts'

/** `gramkit restore` */
export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Puts a backup into an empty database, all of it or nothing, and proves its books.',
  argument: { name: 'folder', about: 'What gramkit backup made.' },
  options: { app: APP_IF_ANY_OPTION },
  environment: OWNER_ENVIRONMENT,
  notes: [
    'Refuses a database with tables in it, a backup of migrations that this version does not know,',
    'and files that are not what was backed up. Afterwards run gramkit migrate, which also makes the',
    'queue, then start the app and run gramkit reconcile.',
  ],
  run: runRestore,
}

async function runRestore(call: Call): Promise<ExitCode> {
  const url = ownerUrl(call)
  const sets = await migrationSets(call)
  const folder = resolve(call.argument ?? '')
  const startedAt = performance.now()
  call.tell(`Restoring ${folder} …`)
  const { tables, takenAt } = await restore({
    ownerUrl: url,
    folder,
    sets,
    onTable: (table) => tellTable(table, call),
  })
  call.say(`${mark('ok')} Restored ${totals(tables)} in ${seconds(startedAt)}, as of ${takenAt}`)
  await using opened = await openCore(url)
  const findings = await verifyBooks(opened.core)
  for (const line of findings.flatMap(findingLines)) call.say(line)
  call.tell('Next: gramkit migrate, start the app, gramkit reconcile.')
  return countOf(findings, 'problem') === 0 ? 0 : 1
}
