import { type MigrationState, migrate, readMigrationStates } from '@gramkit/core/database'
import { migrateQueue } from '@gramkit/core/jobs/bullmq'
import { migrationSets } from './app.ts'
import { APP_IF_ANY_OPTION, type Call, type Command, type ExitCode } from './command.ts'
import { OWNER_ENVIRONMENT, ownerUrl } from './owner.ts'
import { mark } from './screen.ts'

/** `gramkit migrate` */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Brings the tables of core, of the app and of the queue up to date.',
  options: {
    app: APP_IF_ANY_OPTION,
    status: { about: 'Only list what is applied and what is pending; 1 when they differ.' },
  },
  environment: OWNER_ENVIRONMENT,
  notes: [
    'Several may run at once: one migrates, the others wait and find nothing to do. A migration',
    'that fails is rolled back together with all that came before it in this run of its schema.',
  ],
  run: async (call) => (call.flags.has('status') ? showStatus(call) : runMigrate(call)),
}

async function runMigrate(call: Call): Promise<ExitCode> {
  const url = ownerUrl(call)
  const sets = await migrationSets(call)
  call.tell(`Migrating ${sets.map(({ schema }) => schema).join(', ')} …`)
  const applied = await migrate(url, sets)
  for (const { schema, name } of applied) call.say(`${mark('ok')} ${schema}  ${name}`)
  call.tell('Migrating the queue …')
  await migrateQueue(url)
  call.say(
    applied.length === 0
      ? 'Nothing was pending; the database is up to date.'
      : `Applied ${applied.length}; the database is up to date.`,
  )
  return 0
}

const MARKS = { applied: 'ok', pending: 'warning', unknown: 'problem' } as const

async function showStatus(call: Call): Promise<ExitCode> {
  const states = await readMigrationStates(ownerUrl(call), await migrationSets(call))
  const width = Math.max(...states.map(({ schema }) => schema.length))
  for (const { schema, name, state } of states) {
    call.say(`${mark(MARKS[state])} ${schema.padEnd(width)}  ${name}  ${state}`)
  }
  const count = (wanted: MigrationState['state']): number =>
    states.filter(({ state }) => state === wanted).length
  const [pending, unknown] = [count('pending'), count('unknown')]
  call.say(
    unknown > 0
      ? `${unknown} unknown to this version: the database is newer than the program.`
      : pending > 0
        ? `${pending} pending: run gramkit migrate.`
        : 'Nothing is pending.',
  )
  return pending + unknown === 0 ? 0 : 1
}
