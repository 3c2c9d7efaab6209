import { writeFile } from 'node:fs/promises'
import { APP_ENVIRONMENT, withApp } from './app.ts'
import { APP_OPTION, type Call, type Command, type ExitCode, readId } from './command.ts'
import { mark } from './screen.ts'

const options = { app: APP_OPTION }

/** `gramkit people export` */
export const peopleExportCommand: Command = {
  name: 'people export',
  summary: 'Writes all that is kept of a person into a zip archive.',
  argument: { name: 'user', about: 'The id of the person.' },
  options,
  environment: APP_ENVIRONMENT,
  notes: ['The archive is <user>.zip, in this folder.'],
  run: runExport,
}

/** `gramkit people erase` */
export const peopleEraseCommand: Command = {
  name: 'people erase',
  summary: 'Forgets a person for good: what tells who they are is removed, the ledger stays.',
  argument: { name: 'user', about: 'The id of the person.' },
  options,
  environment: APP_ENVIRONMENT,
  notes: [
    'Renewals end first, at the provider too. Refused while money is under way, with the reasons.',
  ],
  run: runErase,
}

async function runExport(call: Call): Promise<ExitCode> {
  const userId = readId(call.argument)
  const archive = await withApp(call, ({ platform }) => platform.core.accounts.export(userId))
  const file = `${userId}.zip`
  await writeFile(file, archive, { mode: 0o600 })
  call.say(`${mark('ok')} ${file}`)
  return 0
}

async function runErase(call: Call): Promise<ExitCode> {
  const userId = readId(call.argument)
  await withApp(call, ({ platform }) => platform.core.accounts.erase(userId))
  call.say(`${mark('ok')} ${userId} is forgotten.`)
  return 0
}
