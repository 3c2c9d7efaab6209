import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One file of the project, with its path from the root. */
export interface TreeFile {
  readonly path: string
  readonly text: string
}

/** Something that breaks a rule: where, and what to do instead. */
export interface Problem {
  readonly path: string
  /** Line, counted from 1, where one line is to blame. */
  readonly line?: number
  readonly message: string
}

/** A rule over the whole tree. It reads nothing by itself, so that a bad sample can test it. */
export type Check = (files: readonly TreeFile[]) => readonly Problem[]

const ROOT = join(import.meta.dirname, '..', '..', '..')
const TEXT = /\.(ts|tsx|cts|mts|js|cjs|mjs|json|jsonc|ya?ml|md|sql|html|css|sh)$|\/run$|\.example$/

/** Reads every text file that Git knows or would take in. */
export function readTree(root = ROOT): readonly TreeFile[] {
  const list = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  )
  return [...new Set(list.split('\0'))]
    .filter((path) => TEXT.test(path) && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Sources of the project's own code. */
export function sourcesIn(files: readonly TreeFile[]): readonly TreeFile[] {
  return files.filter(
    ({ path }) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !isGenerated(path),
  )
}

/** True for files that a tool writes. */
export function isGenerated(path: string): boolean {
  return /\/api\/schema\.ts$|\.generated\.ts$|^docs\/reference\/api\//.test(path)
}

/** True for tests and what only tests load. */
export function isTest(path: string): boolean {
  return /\.(test|test-d|contract)\.tsx?$|\/testing\/|\/e2e\/|^tooling\/tidy\//.test(path)
}

/** Lines with comments blanked, so that a word in prose is no finding. */
export function codeLines(text: string): readonly string[] {
  return text.split('\n').map((line) => {
    if (/^\s*(\/\/|\/?\*)/.test(line)) return ''
    return line.replace(/\s\/\/ .*$/, '').replace(/\/\*.*?\*\//g, '')
  })
}

/** Reports each line of code in which the pattern is found. */
export function findInCode(
  files: readonly TreeFile[],
  pattern: RegExp,
  message: string,
): readonly Problem[] {
  return files.flatMap(({ path, text }) =>
    codeLines(text).flatMap((line, index) =>
      pattern.test(line) ? [{ path, line: index + 1, message }] : [],
    ),
  )
}

/** A problem as one line of text. */
export function show(problem: Problem): string {
  const place = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`
  return `${place} ${problem.message}`
}
