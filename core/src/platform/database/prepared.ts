import type pg from 'pg'

/** Statements that one pool keeps prepared. */
const STATEMENTS_MAX = 256
/** Parameters of a statement that is worth keeping: batches differ from call to call. */
const PARAMETERS_MAX = 32

/**
 * Makes connections keep their statements prepared, so that PostgreSQL reads and plans each once
 * for a connection: most of the work of a short one. Give it each new connection of one pool.
 *
 * Not for connections through a pooler, where the next statement may meet another session.
 */
export function keepPrepared(): (client: pg.ClientBase) => void {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known || names.size >= STATEMENTS_MAX) return known
    const name = `gramkit_${names.size}`
    names.set(text, name)
    return name
  }
  return (client) => {
    const { query } = client
    const named = (first: unknown, second: unknown, ...rest: unknown[]): unknown => {
      const text: unknown = Reflect.get(Object(first), 'text')
      const isWorthIt =
        typeof text === 'string' &&
        Array.isArray(second) &&
        second.length > 0 &&
        second.length <= PARAMETERS_MAX
      const config = isWorthIt ? { ...Object(first), name: nameOf(text) } : first
      return Reflect.apply(query, client, [config, second, ...rest])
    }
    Reflect.set(client, 'query', named)
  }
}
