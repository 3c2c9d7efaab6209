import type { Check, Problem, TreeFile } from '../tree.ts'

/** What a set of names in the code and a page about them say about each other. */
interface Parity {
  readonly what: string
  readonly page: string
  readonly inCode: ReadonlyMap<string, string>
  /** Finds a name in the page. */
  readonly inPage: RegExp
}

/** Error codes of the code and of `docs/reference/errors.md` are the same. */
export const checkErrorPage: Check = (files) =>
  compare(files, {
    what: 'error code',
    page: 'docs/reference/errors.md',
    inCode: namesIn(files, /\.errors\.ts$/, /^\s+(?:override )?readonly code = '([^']+)'/gm),
    inPage: /^\|\s*`([a-z_]+\.[a-z0-9_]+)`/gm,
  })

/** Events of the code and of `docs/reference/events.md` are the same. */
export const checkEventPage: Check = (files) =>
  compare(files, {
    what: 'event',
    page: 'docs/reference/events.md',
    inCode: namesIn(files, /^(core|apps)\/.*\.events\.ts$/, /\bdefineEvent\(\s*'([^']+)'/g),
    inPage: /^\|\s*`([a-z_]+\.[a-z0-9_]+)`/gm,
  })

/** Variables of the configuration's schema and of `.env.example` are the same. */
export const checkEnvironmentFile: Check = (files) =>
  compare(files, {
    what: 'variable',
    page: '.env.example',
    inCode: namesIn(
      files,
      /^core\/src\/platform\/config\/variables\.ts$/,
      /^ {2}([A-Z][A-Z0-9_]+):/gm,
    ),
    inPage: /^#?\s?([A-Z][A-Z0-9_]{2,})=/gm,
  })

/** Subpaths of core's package and of `docs/reference/exports.md` are the same. */
export const checkExportsPage: Check = (files) =>
  compare(files, {
    what: 'subpath',
    page: 'docs/reference/exports.md',
    inCode: namesIn(
      files,
      /^core\/package\.json$/,
      /^ {4}"\.((?:\/[a-z][a-z./-]*)?)": /gm,
      '@gramkit/core',
    ),
    inPage: /^\|\s*`([^`]+)`/gm,
  })

/** Packages of the catalog and of `docs/explanation/dependencies.md` are the same. */
export const checkDependenciesPage: Check = (files) =>
  compare(files, {
    what: 'package',
    page: 'docs/explanation/dependencies.md',
    inCode: namesIn(files, /^pnpm-workspace\.yaml$/, /^ {2}'?([@\w/.-]+)'?: (?:npm:\S+@)?\d/gm),
    inPage: /^\|\s*`([^`]+)`/gm,
  })

/** Relative links of Markdown pages lead to files that exist. */
export const checkLinks: Check = (files) => {
  const paths = new Set(files.map(({ path }) => path))
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  return files
    .filter(({ path }) => path.endsWith('.md') && !path.startsWith('.changeset/'))
    .flatMap(({ path, text }) =>
      linksOf(text).flatMap(({ href, line }): readonly Problem[] => {
        const target = resolveLink(path, href)
        const isThere = candidates(target).some((name) => paths.has(name) || folders.has(name))
        // Pictures are no text, so the tree does not hold them: Git's list of names does not either.
        const isPicture = /\.(png|svg|jpe?g|gif|webp|ico)$/.test(target)
        return isThere || isPicture ? [] : [{ path, line, message: `${href} leads nowhere` }]
      }),
    )
}

function namesIn(
  files: readonly TreeFile[],
  where: RegExp,
  pattern: RegExp,
  prefix = '',
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { path, text } of files) {
    if (!where.test(path)) continue
    for (const match of text.matchAll(pattern)) found.set(prefix + (match[1] ?? ''), path)
  }
  return found
}

function compare(files: readonly TreeFile[], parity: Parity): readonly Problem[] {
  const page = files.find(({ path }) => path === parity.page)
  if (page === undefined) {
    return parity.inCode.size === 0
      ? []
      : [{ path: parity.page, message: `is missing: ${parity.inCode.size} names belong there` }]
  }
  const listed = new Set([...page.text.matchAll(parity.inPage)].map((match) => match[1] ?? ''))
  const unlisted = [...parity.inCode].flatMap(([name, path]): readonly Problem[] =>
    listed.has(name) ? [] : [{ path, message: `${parity.what} ${name} is not in ${parity.page}` }],
  )
  const unknown = [...listed].flatMap((name): readonly Problem[] =>
    parity.inCode.has(name)
      ? []
      : [{ path: parity.page, message: `${parity.what} ${name} is not in the code` }],
  )
  return [...unlisted, ...unknown]
}

function linksOf(text: string): readonly { readonly href: string; readonly line: number }[] {
  const withoutFences = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (fence) =>
    fence.replace(/[^\n]/g, ''),
  )
  return [...withoutFences.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)]
    .map((match) => ({
      href: match[1] ?? '',
      line: withoutFences.slice(0, match.index).split('\n').length,
    }))
    .filter(({ href }) => !/^([a-z][a-z+.-]*:|#|\/\/)/i.test(href))
}

/** Pages of the site may write a link from the root of `docs/`. */
function resolveLink(from: string, href: string): string {
  const path = href.replace(/[#?].*$/, '')
  const base =
    path.startsWith('/') && from.startsWith('docs/') ? 'docs' : from.replace(/[^/]*$/, '')
  const parts: string[] = []
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function candidates(target: string): readonly string[] {
  const page = target.replace(/\.html$/, '')
  return [target, `${page}.md`, `${page}/index.md`, `docs/public/${target.replace(/^docs\//, '')}`]
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
