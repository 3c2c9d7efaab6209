/**
 * Writes the first migration anew from the table definitions: `pnpm --filter @gramkit/core migrations`.
 *
 * Only for the time before the first release. Afterwards a released migration is frozen and a
 * change of tables is a migration of its own (`drizzle-kit generate`). The hand-written rules in
 * `0001_rules.sql` (triggers, grants) are kept as they are. Where the tables are the same as
 * before, nothing is written: the generator gives every run ids and times of its own.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const rules = readFileSync('migrations/0001_rules.sql', 'utf8')

const kit = (...args: string[]): void => {
  execFileSync('drizzle-kit', ['generate', ...args], {
    env: { ...process.env, MIGRATIONS_OUT: 'migrations.new' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

rmSync('migrations.new', { recursive: true, force: true })
kit('--name', 'tables')
kit('--custom', '--name', 'rules')
const tables = (folder: string): string => readFileSync(`${folder}/0000_tables.sql`, 'utf8')
if (tables('migrations.new') === tables('migrations')) {
  rmSync('migrations.new', { recursive: true })
} else {
  writeFileSync('migrations.new/0001_rules.sql', rules)
  rmSync('migrations', { recursive: true })
  renameSync('migrations.new', 'migrations')
}
