/**
 * Writes the first migration anew from the table definitions: `pnpm --filter @gramkit/core migrations`.
 *
 * Only for the time before the first release. Afterwards a released migration is frozen and a
 * change of tables is a migration of its own (`drizzle-kit generate`). The hand-written rules in
 * `0001_rules.sql` (triggers, grants) are kept as they are.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const folder = new URL('../migrations/', import.meta.url)
const rules = readFileSync(new URL('0001_rules.sql', folder), 'utf8')

const kit = (...args: string[]): void => {
  execFileSync('drizzle-kit', ['generate', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
}

rmSync(folder, { recursive: true })
kit('--name', 'tables')
kit('--custom', '--name', 'rules')
writeFileSync(new URL('0001_rules.sql', folder), rules)
