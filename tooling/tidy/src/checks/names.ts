import { type Check, findInCode, isTest, type Problem, sourcesIn } from '../tree.ts'

const ROLES = [
  ...['table', 'repository', 'service', 'scope', 'errors', 'events', 'jobs', 'http', 'bot'],
  ...['fulfilment', 'contract', 'config', 'generated'],
  ...['test', 'db.test', 'redis.test', 'browser.test', 'proof.test', 'http.test', 'test-d'],
]
const BANNED = /(^|[-.])(managers?|helpers?|utils?|commons?|misc|stuff)([-.]|$)/
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** File names are kebab-case nouns with a known role after the dot, and never a drawer for anything. */
export const checkFileNames: Check = (files) =>
  sourcesIn(files).flatMap(({ path }): readonly Problem[] => {
    const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.tsx?$/, '')
    if (BANNED.test(file)) return [{ path, message: 'name what the file holds, not that it helps' }]
    const folders = path.split('/').slice(0, -1)
    const oddFolder = folders.find((name) => !KEBAB.test(name.replace(/^\./, '')))
    if (oddFolder !== undefined) return [{ path, message: `folder ${oddFolder} is not kebab-case` }]
    const [noun = '', ...roles] = file.split('.')
    // A component's file is named like the component in JSX.
    const isNoun = KEBAB.test(noun) || (path.endsWith('.tsx') && /^[A-Z][A-Za-z0-9]*$/.test(noun))
    if (!isNoun) return [{ path, message: `${noun} is not kebab-case` }]
    const role = roles.join('.')
    const isKnown =
      role === '' ||
      ROLES.includes(role) ||
      ROLES.some((a) => ROLES.some((b) => role === `${a}.${b}`))
    return isKnown ? [] : [{ path, message: `.${role} is not a role of the house` }]
  })

/** No class, function or type is called a manager, helper or util. */
export const checkBannedNames: Check = (files) =>
  findInCode(
    sourcesIn(files).filter(({ path }) => !path.startsWith('tooling/tidy/')),
    /\b(?:class|function|interface|type|const)\s+\w*(?:Manager|Helper|Utils?|Misc)(?![a-z])/,
    'call it by what it does: manager, helper and util say nothing',
  )

/** Files of one feature folder that stand for a role carry the feature's noun before the dot. */
export const checkFeatureIndexes: Check = (files) => {
  const folders = new Set(
    sourcesIn(files).flatMap(({ path }) => /^core\/src\/features\/[^/]+/.exec(path)?.[0] ?? []),
  )
  const paths = new Set(files.map(({ path }) => path))
  return [...folders].flatMap((folder): readonly Problem[] =>
    paths.has(`${folder}/index.ts`)
      ? []
      : [{ path: folder, message: 'a feature has an index.ts: what others may import' }],
  )
}

/** Tests are run by a project of their own suffix; anything else would silently never run. */
export const checkTestNames: Check = (files) =>
  sourcesIn(files).flatMap(({ path, text }): readonly Problem[] => {
    const looksLikeTest = /^(test|describe)\(/m.test(text) && !/\.contract\.ts$/.test(path)
    return looksLikeTest && !isTest(path)
      ? [{ path, message: 'has tests, but its name does not end in .test.ts' }]
      : []
  })

/**
 * Schemas of OpenAPI documents have names of their own in the whole tree: a process that serves two
 * apps keeps them in one registry, where a later schema would take the place of an earlier one.
 */
export const checkSchemaNames: Check = (files) => {
  const first = new Map<string, string>()
  const sources = sourcesIn(files).filter(({ path }) => !isTest(path))
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\.meta\(\{ id: '([^']+)' \}\)/g)].flatMap(([, name = '']) => {
      const other = first.get(name)
      if (other === undefined) first.set(name, path)
      return other === undefined ? [] : [{ path, message: `${name} is a schema of ${other}` }]
    }),
  )
}
