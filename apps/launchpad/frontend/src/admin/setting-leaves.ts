/** A value as JSON has them. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** A value that is edited by itself. */
export interface Leaf {
  readonly path: readonly string[]
  readonly value: string | number | boolean | null
}

/** Everything in a setting that can be edited, in its order. */
export function leavesOf(value: Json, path: readonly string[] = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]))
}

/** The setting with one leaf replaced. */
export function withLeaf(value: Json, path: readonly string[], leaf: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return leaf
  if (isList(value)) {
    return value.map((part, index) => (String(index) === key ? withLeaf(part, rest, leaf) : part))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === key ? withLeaf(part, rest, leaf) : part,
    ]),
  )
}

/** The name of a leaf whatever its place in a list: `tiers.#.codes`. */
export function nameOf(path: readonly string[]): string {
  return path.map((key) => (/^\d+$/.test(key) ? '#' : key)).join('.')
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
