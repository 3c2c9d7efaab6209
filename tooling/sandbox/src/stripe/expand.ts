/** Finds an object by its id. */
export type Find = (id: string) => object | undefined

const PATHS_MAX = 20
const DEPTH_MAX = 4

/** Puts objects in the place of their ids, along paths such as `data.source.payment_intent`. */
export function expand(body: unknown, paths: readonly string[], find: Find): unknown {
  return paths
    .slice(0, PATHS_MAX)
    .reduce((expanded, path) => walk(expanded, path.split('.').slice(0, DEPTH_MAX), find), body)
}

function walk(value: unknown, path: readonly string[], find: Find): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, path, find))
  const found = typeof value === 'string' ? find(value) : value
  const [name, ...rest] = path
  if (name === undefined) return found ?? value
  if (typeof found !== 'object' || found === null || !(name in found)) return found ?? value
  const fields = new Map<string, unknown>(Object.entries(found))
  return { ...found, [name]: walk(fields.get(name), rest, find) }
}
