import type { Check, Problem } from '../tree.ts'

/** The lock file holds versions and checksums only, so that any registry serves it. */
export const checkLockFile: Check = (files) =>
  linesWith(files, /^(pnpm-lock\.yaml|package-lock\.json|.*\.npmrc)$/, /https?:\/\//, 'an address')

/** No file knows the machine it was written on. */
export const checkMachinePaths: Check = (files) =>
  linesWith(
    files.filter(({ path }) => !path.startsWith('tooling/tidy/')),
    /./,
    /(?:^|[\s'"`(=:])\/(?:home|Users|root|work)\/[\w.-]+/,
    'a path of one machine',
  )

/** drizzle's migrator goes by time: a migration older than the last applied one would be left out. */
export const checkMigrationOrder: Check = (files) =>
  files
    .filter(({ path }) => path.endsWith('migrations/meta/_journal.json'))
    .flatMap(({ path, text }): readonly Problem[] => {
      const times = [...text.matchAll(/"when":\s*(\d+)/g)].map((match) => Number(match[1]))
      return times.flatMap((time, index) =>
        index > 0 && time <= (times[index - 1] ?? 0)
          ? [{ path, message: `entry ${index} is not later than the one before it` }]
          : [],
      )
    })

/** Each migration of a journal has its file, and each file its entry. */
export const checkMigrationFiles: Check = (files) => {
  const paths = files.map(({ path }) => path)
  return files
    .filter(({ path }) => path.endsWith('migrations/meta/_journal.json'))
    .flatMap(({ path, text }): readonly Problem[] => {
      const folder = path.replace(/meta\/_journal\.json$/, '')
      const tags = [...text.matchAll(/"tag":\s*"([^"]+)"/g)].map(
        (match) => `${folder}${match[1]}.sql`,
      )
      const there = paths.filter((name) => name.startsWith(folder) && /\/\d+_\w+\.sql$/.test(name))
      return [
        ...tags.filter((tag) => !there.includes(tag)).map((tag) => missing(tag, 'has no file')),
        ...there
          .filter((name) => !tags.includes(name))
          .map((name) => missing(name, 'is not listed')),
      ]
    })
}

function missing(path: string, what: string): Problem {
  return { path, message: `${what}: journal and migrations differ` }
}

function linesWith(
  files: Parameters<Check>[0],
  where: RegExp,
  pattern: RegExp,
  what: string,
): readonly Problem[] {
  return files
    .filter(({ path }) => where.test(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) ? [{ path, line: index + 1, message: `holds ${what}` }] : [],
        ),
    )
}
