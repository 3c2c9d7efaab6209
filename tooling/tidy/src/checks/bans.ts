import { type Check, findInCode, isTest, sourcesIn, type TreeFile } from '../tree.ts'

const ENVIRONMENT_READERS =
  /^(core\/src\/platform\/config\/|tooling\/|core\/scripts\/|.*\.config\.ts$|vitest\.config\.ts$)/

/** Types are proved, not asserted: where a border must be crossed, a schema parses it. */
const ASSERTION_PLACES: readonly RegExp[] = [
  /^core\/src\/platform\//,
  /\/gateways\//,
  /^core\/src\/(repositories|services|bot)\.ts$/,
  /^core\/src\/kernel\/money\.ts$/,
]

const own = (files: readonly TreeFile[]): readonly TreeFile[] =>
  sourcesIn(files).filter(({ path }) => !path.startsWith('tooling/tidy/'))

const features = (files: readonly TreeFile[]): readonly TreeFile[] =>
  own(files).filter(
    ({ path }) =>
      /^(core\/src\/features|apps\/[^/]+\/backend\/src\/[^/]+)\//.test(path) && !isTest(path),
  )

/** The same files with the contents of one-line texts blanked. */
const withoutTexts = (files: readonly TreeFile[]): readonly TreeFile[] =>
  files.map(({ path, text }) => ({
    path,
    text: text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`/g, "''"),
  }))

/** Only the configuration reads the environment. */
export const checkEnvironment: Check = (files) =>
  findInCode(
    own(files).filter(({ path }) => !ENVIRONMENT_READERS.test(path) && !isTest(path)),
    /\bprocess\.env\b/,
    'take it from the configuration; only platform/config reads process.env',
  )

/** Features take the time from the clock of their scope. */
export const checkClock: Check = (files) =>
  findInCode(
    features(files),
    /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/,
    'take the time from scope.clock.now()',
  )

/** Failures are typed: a caller can only act on a code. */
export const checkThrownErrors: Check = (files) =>
  findInCode(features(files), /\bthrow new Error\(/, 'throw a typed error of the feature')

/** Exports have names. */
export const checkDefaultExports: Check = (files) =>
  findInCode(
    own(files).filter(
      ({ path }) => !/\.config\.ts$|\/vitest-[a-z-]+-setup\.ts$|^docs\/\.vitepress\//.test(path),
    ),
    /^export default\b/,
    'export it by name',
  )

/** Work that is left is written down where work is planned, not in the code. */
export const checkTodo: Check = (files) =>
  files
    .filter(({ path }) => !path.startsWith('tooling/tidy/') && path !== 'pnpm-lock.yaml')
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          /\b(TODO|FIXME|XXX|HACK)\b/.test(line)
            ? [{ path, line: index + 1, message: 'do it now or leave it out' }]
            : [],
        ),
    )

/** Nothing is cast, silenced or skipped. */
export const checkEscapes: Check = (files) => [
  ...own(files).flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        /@ts-(?:ignore|nocheck)/.test(line)
          ? [{ path, line: index + 1, message: 'say it in types' }]
          : [],
      ),
  ),
  ...findInCode(
    withoutTexts(own(files)).filter(
      ({ path }) => !isTest(path) && !ASSERTION_PLACES.some((place) => place.test(path)),
    ),
    /^(?!\s*(?:import|export)\b)(?!\s*(?:type )?\w+ as \w+,?$).*[\w)\]}>'"] as (?!const\b)(?:unknown\b|never\b|\{|\[|[A-Z])/,
    'parse it or narrow it: `as` is for adapters',
  ),
  ...findInCode(own(files), /\.(skip|only|todo)\(|\b(xit|xtest|fit)\(/, 'no skipped tests'),
]
