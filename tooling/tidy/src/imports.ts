import { posix } from 'node:path'
import type { TreeFile } from './tree.ts'

/** One import or re-export of a file. */
export interface ImportEdge {
  readonly from: string
  readonly line: number
  /** As written. */
  readonly specifier: string
  /** Path from the root of the project; undefined for a package. */
  readonly target: string | undefined
  readonly isTypeOnly: boolean
}

const STATEMENT =
  /^[ \t]*(?:import|export)\b(?<what>[^'";]*?)\bfrom\s*'(?<from>[^']+)'|^[ \t]*import\s*'(?<bare>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'\s*\)/gm

/** Lists the imports of a file: static, re-exported, for side effects, and dynamic with a literal. */
export function importsOf({ path, text }: TreeFile): readonly ImportEdge[] {
  return [...text.matchAll(STATEMENT)].map((match) => {
    const { what, from, bare, dynamic } = match.groups ?? {}
    const specifier = from ?? bare ?? dynamic ?? ''
    return {
      from: path,
      line: text.slice(0, match.index).split('\n').length,
      specifier,
      target: specifier.startsWith('.')
        ? posix.normalize(posix.join(posix.dirname(path), specifier))
        : undefined,
      isTypeOnly: isTypeOnly(what),
    }
  })
}

function isTypeOnly(what: string | undefined): boolean {
  if (what === undefined) return false
  if (/^\s*type\b/.test(what)) return true
  const names = /^\s*\{(?<names>[^}]*)\}\s*$/.exec(what)?.groups?.['names']
  if (names === undefined) return false
  const listed = names.split(',').map((name) => name.trim())
  return listed.filter((name) => name !== '').every((name) => name.startsWith('type '))
}
