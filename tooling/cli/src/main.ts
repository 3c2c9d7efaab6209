/**
 * The command line of gramkit.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { runDev } from './dev/dev.ts'

const HELP = `Usage: gramkit <command>

Commands:
  dev     Run the whole product here: PostgreSQL, the sandbox and every app on one address.

Environment of dev:
  PORT           Port to listen on. [8080]
  GRAMKIT_HOME   Folder that keeps all data. [.gramkit]
`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' } },
})
const [command] = positionals

if (command === 'dev' && !values.help) {
  process.exitCode = await runDev(process.env)
} else {
  const isAsked = values.help === true || command === undefined
  if (!isAsked) process.stderr.write(`There is no command ${command}.\n\n`)
  process.stdout.write(HELP)
  process.exitCode = isAsked ? 0 : 2
}
