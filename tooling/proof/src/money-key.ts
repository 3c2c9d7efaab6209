/** One thing that money depends on, how to take it away, and which tests should notice. */
export interface MoneyKey {
  readonly name: string
  /** What goes wrong without it. */
  readonly guards: string
  readonly edits: readonly Edit[]
  /** Test files, from the root of the workspace. */
  readonly tests: readonly string[]
}

/** Replaces a text that occurs exactly once after `after`, or once in the file. */
export interface Edit {
  readonly file: string
  readonly after?: string
  readonly find: string
  readonly replace: string
}

/** Sources of core, from the root of the workspace. */
export const CORE = 'core/src'
/** The migration that makes core's tables. */
export const TABLES = 'core/migrations/0000_tables.sql'
/** The migration with what tables alone cannot express. */
export const RULES = 'core/migrations/0001_rules.sql'

/** Takes the uniqueness of an index away. */
export function unique(name: string, guards: string, tests: readonly string[]): MoneyKey {
  const find = `CREATE UNIQUE INDEX "${name}"`
  const replace = `CREATE INDEX "${name}"`
  return { name, guards, edits: [{ file: TABLES, find, replace }], tests }
}
